"""All databases at hand: Muster's own set, and what a person installed beside it."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from muster.core.errors import MusterError
from muster.fingerprints.database import Database, Match
from muster.fingerprints.reading import read_file, subject_of

OWN = Path(__file__).with_name("own")
FOLDER = "fingerprints"
"""The folder of Muster's home in which installed databases lie."""

REMEMBERED = 20_000
"""How many texts are not matched twice: an office has few banners, however many hosts."""


class Library:
    """Databases by the kind of text they are for; each file is read when it is first needed.

    A file that cannot be read is left out and named in `damaged`: a scan goes on without it.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        """Take the files. The databases of one kind are asked by their preference, then by name."""
        self.damaged: dict[str, str] = {}
        self._files: dict[str, list[Path]] = {}
        self._databases: dict[str, Sequence[Database]] = {}
        for path in files:
            self._take(path)
        self.match = lru_cache(maxsize=REMEMBERED)(self._match)

    def subjects(self) -> list[str]:
        """Return the kinds of text that there are databases for."""
        return sorted(self._files)

    def databases(self, subject: str) -> Sequence[Database]:
        """Return the databases for one kind of text, those to be preferred first."""
        if subject not in self._databases:
            read = [self._read(path) for path in self._files.get(subject, ())]
            found = [each for each in read if each is not None]
            found.sort(key=lambda each: (-each.preference, each.origin))
            self._databases[subject] = tuple(found)
        return self._databases[subject]

    def _match(self, subject: str, text: str) -> tuple[Match, ...]:
        """Return what each database says of a text, in the order of preference."""
        found = (each.match(text) for each in self.databases(subject))
        return tuple(each for each in found if each is not None)

    def _take(self, path: Path) -> None:
        try:
            self._files.setdefault(subject_of(path), []).append(path)
        except MusterError as error:
            self.damaged[path.name] = error.message

    def _read(self, path: Path) -> Database | None:
        try:
            return read_file(path)
        except MusterError as error:
            self.damaged[path.name] = error.message
            return None


def files_in(*folders: Path) -> list[Path]:
    """Return the databases in folders, in their order; a folder that is not there has none."""
    return [path for folder in folders for path in sorted(folder.glob("*.xml"))]


def library(*installed: Path) -> Library:
    """Return Muster's own set, with the databases installed in folders beside it."""
    return Library(files_in(OWN, *installed))
