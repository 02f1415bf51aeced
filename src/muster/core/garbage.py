"""How often Python looks for cycles of objects in a process that handles records."""

import gc

_OBJECTS_BETWEEN = 100_000


def collect_rarely() -> None:
    """Look for cycles a hundred times less often than by default.

    Records and rows hold no cycles and are freed when nobody holds them; looking through a
    hundred thousand of them again and again costs a tenth of ingesting. Not for a process that
    talks HTTP: its connections do hold cycles, and its memory grows by half.
    """
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN, 20, 50)
