"""One call of a command: where it answers, and the inventory it works on."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, is_dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from muster.organizations.scope import Scope

ORGANIZATION_HELP = "Organization to work in, by name or id; the first one if not given."
HOME_HELP = "Folder of the database and the master key."


@dataclass(frozen=True, slots=True)
class Defaults:
    """What was given before the command's name; the command's own options go before it."""

    organization: str = ""
    home: str = ""
    is_json: bool = False


class Session:
    """One call. Answers go to stdout, everything else to stderr."""

    def __init__(self, defaults: Defaults) -> None:
        """Nothing is opened until it is asked for."""
        self.is_json = defaults.is_json
        self._organization = defaults.organization
        if defaults.home:
            # Without expanding ~ here: the settings do, and say what is wrong with it.
            os.environ["MUSTER_HOME"] = defaults.home

    @cached_property
    def scope(self) -> "Scope":
        """The organization to work in, after the database is opened and migrated."""
        self.open()
        from muster.organizations.scope import scope_by_name

        return scope_by_name(self._organization)

    def open(self) -> None:
        """Open the database; a new or older one is migrated first."""
        from muster.cli.database import open_database

        open_database(tell=self.tell)

    def connect(self) -> None:
        """Make the database known as it is, without migrating it."""
        from muster.cli.database import prepare

        prepare()

    @cached_property
    def messages(self) -> "Console":
        """Where progress and messages go."""
        from rich.console import Console

        return Console(stderr=True, highlight=False)

    def tell(self, sentence: str) -> None:
        """Say something that is not the answer; what it quotes cannot steer the terminal."""
        lines = (printable(each) for each in sentence.split("\n"))
        self.messages.print("\n".join(lines), markup=False, soft_wrap=True)

    def answer(self, document: Any) -> None:
        """Write a document as JSON."""
        write_line(as_json(document, indent=2))

    def say(self, sentence: str) -> None:
        """Write a sentence of the answer; what it quotes cannot steer the terminal."""
        write_line("\n".join(printable(each) for each in sentence.split("\n")))

    def table(self, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows as a table; `columns` maps a row's key to its heading."""
        from muster.cli.tables import write_table

        write_table(columns, rows)


def as_json(document: Any, *, indent: int | None = None) -> str:
    """Return a document as JSON; instants in ISO 8601, frozen values by their fields."""
    # Elsewhere than in UTF-8, only ASCII is sure to stay JSON on its way out.
    is_ascii = "utf" not in (sys.stdout.encoding or "").casefold()
    return json.dumps(document, ensure_ascii=is_ascii, indent=indent, default=_plain)


def printable(text: str) -> str:
    """Return the text with a blank for each control character, so that its length stays."""
    return "".join(each if each.isprintable() else " " for each in text)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def write_line(text: str) -> None:
    """Write one line of the answer."""
    sys.stdout.write(text + "\n")
