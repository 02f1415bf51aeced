"""Graph's query options: read, checked, applied."""
