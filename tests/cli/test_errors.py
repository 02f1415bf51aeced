"""What an installation can meet, and the sentence it becomes."""

import errno
import sqlite3

import pytest
from django.db import OperationalError

from muster.cli.errors import told


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OperationalError("database or disk is full"), "the disk is full"),
        (OperationalError("disk I/O error"), "the disk is full"),
        (OperationalError("attempt to write a readonly database"), "read-only"),
        (OperationalError("unable to open database file"), "cannot be opened"),
        (OperationalError("database is locked"), "busy"),
        (sqlite3.DatabaseError("file is not a database"), "damaged"),
        (OperationalError("connection to server failed: refused"), "cannot be reached"),
        (OSError(errno.ENOSPC, "No space left on device", "/x"), "/x: the disk is full"),
        (OSError(errno.EFBIG, "File too large"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "/x: Permission denied"),
        (
            UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"),
            "the database holds text that cannot be read",
        ),
    ],
)
def test_what_a_machine_can_do_to_us_is_a_sentence(error, said):
    foreseen = told(error)

    assert foreseen is not None
    assert said in foreseen.message


@pytest.mark.parametrize(
    "error", [TypeError("x"), KeyError("x"), OperationalError("no such column: nonsense")]
)
def test_a_bug_is_not_explained_away(error):
    assert told(error) is None
