"""The web server: its processes, and what holds for every answer whichever face gives it."""
