"""The Explorer: a process elsewhere that collects for a server. Installable without Django.

`messages.py`, `signing.py`, `sealing.py` and `chunks.py` are the protocol, which the server speaks
too; docs/decisions/0028 says why it is so. `agent.py` turns, `job.py` does one plan.
"""
