"""The integration to read first and to copy: an inventory in a JSON file."""
