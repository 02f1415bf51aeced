"""What a typed value means: patterns, numbers, instants, addresses, versions, sources."""
