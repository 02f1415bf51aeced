"""SSH: banner, algorithms, host key."""
