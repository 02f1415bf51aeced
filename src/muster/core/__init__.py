"""What every layer speaks: records, the source protocol, errors, HTTP, NDJSON, normalisation."""
