"""Workers: processes that see what is due, hand it out fairly, do it, and look after each other.

`loop.py` turns; `scheduling.py` makes runs of what is due, `dispatching.py` hands runs to the
engine, `executing.py` does one, `heartbeats.py` tells living workers from dead ones.
"""
