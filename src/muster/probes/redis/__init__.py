"""Redis: version and system of a server that asks for no password."""
