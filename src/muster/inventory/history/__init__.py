"""What changed, when and by whom: how it is written, what of it is kept, and for how long.

Ingest writes it, in the transaction of what it tells; `selectors` read it. Nothing is written
for what did not change, and of what is new only that it is: see
docs/decisions/0016-history-by-revision.md.
"""

from muster.inventory.history.retention import SETTING, expire, forget
from muster.inventory.history.telling import Change, Event, Subject

__all__ = ["SETTING", "Change", "Event", "Subject", "expire", "forget"]
