"""SMTP: greeting, extensions, certificate."""
