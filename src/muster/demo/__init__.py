"""An invented company: a scan of its network and a simulated tenant, loaded as real ones are."""
