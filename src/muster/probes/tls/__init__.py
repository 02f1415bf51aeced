"""TLS: the certificate, and which versions are spoken."""
