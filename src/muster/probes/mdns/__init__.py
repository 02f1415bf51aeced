"""What a machine announces of itself by multicast DNS (Bonjour, Avahi)."""
