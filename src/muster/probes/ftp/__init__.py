"""FTP: greeting and system."""
