"""The demonstration: an invented company, its simulated tenant and a scan of its network."""
