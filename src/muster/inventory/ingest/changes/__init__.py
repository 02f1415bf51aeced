"""What a batch tells the history: found in what ingest has computed anyway, and written with it."""
