"""Records out of files of other programs: nmap's XML and lists in CSV; no I/O but reading them."""
