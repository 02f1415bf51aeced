"""The bytes of an upload, in pieces beside its run: a worker may be on another machine."""

import contextlib
import tempfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from muster.organizations.scope import Scope
from muster.tasks.models import Run, UploadPart

PIECE = 512 * 1024
_IN_MEMORY = 8 * 1024 * 1024


def keep(run: Run, file: BinaryIO) -> int:
    """Write all of a file beside its run, and return how many bytes that was."""
    total = number = 0
    while piece := file.read(PIECE):
        UploadPart.objects.create(organization=run.organization, run=run, number=number, body=piece)
        number, total = number + 1, total + len(piece)
    return total


def kept_pieces(scope: Scope, run: Run) -> Iterator[bytes]:
    """Yield what is kept of a run's upload, piece by piece; nothing where nothing is."""
    parts = UploadPart.objects.filter(organization=scope.organization, run=run).order_by("number")
    for number in list(parts.values_list("number", flat=True)):
        body = parts.filter(number=number).values_list("body", flat=True).first()
        if body is not None:
            yield bytes(body)


def kept_name(run: Run) -> str:
    """Return what a program may call the file."""
    return f"{run.uid}.{'gz' if run.options.get('packed') == 'true' else 'data'}"


@contextlib.contextmanager
def kept_file(scope: Scope, run: Run) -> Iterator[BinaryIO]:
    """Give a run's upload as a file that can be read again and again."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        for piece in kept_pieces(scope, run):
            file.write(piece)
        file.seek(0)
        yield cast("BinaryIO", file)
