"""What operations take and give, for reading bodies and for the description of the API."""
