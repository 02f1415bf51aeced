"""MySQL and MariaDB: the version in their greeting."""
