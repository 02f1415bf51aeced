"""`muster scan`: reading what is wanted, and showing what is found."""
