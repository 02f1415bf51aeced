"""The makers of a tenant's objects: one index in, one whole Graph object out."""
