"""The engine that makes its own packets: ARP, neighbour discovery and SYNs (CAP_NET_RAW)."""
