"""Tasks and their runs: what is collected, when, and what came of it."""
