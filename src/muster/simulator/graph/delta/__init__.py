"""Delta queries: what has changed since a token was given out."""
