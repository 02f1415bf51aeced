"""From conditions to SQL, for both engines."""
