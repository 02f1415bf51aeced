"""What is kept of a tenant between requests: rows, relationships, answers."""
