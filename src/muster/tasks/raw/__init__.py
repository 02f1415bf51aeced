"""The raw data of runs: kept as it is stored, to be downloaded, and to be told again.

`packing.py` is the form (NDJSON, the seam between collecting and storing), `taping.py` keeps what
a run stores, `shelf.py` bounds how much is kept, `reading.py` gives it back, `replaying.py` tells
it again.
"""
