"""From what services return to JSON, in the field names that existing clients know. Pure."""
