"""Scanning a network: a scope in, hosts, services and facts out. Neither database nor Django."""
