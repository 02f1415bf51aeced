"""PostgreSQL: whether it has TLS, its certificate, and how it words an error."""
