"""`muster explorer`: machines elsewhere that collect for this server.

`machine.py` is for the machine itself and needs no Django; the rest is for the server.
"""

from muster.cli.commands.explorer import explorers, groups, machine
from muster.cli.commands.explorer.group import app

__all__ = ["app", "explorers", "groups", "machine"]
