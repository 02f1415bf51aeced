"""One database of fingerprints: all patterns for one kind of text, and what they say of it."""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import regex

from muster.core.errors import DataError
from muster.fingerprints.patterns import LONGEST_TEXT, GivesUpError, compiled, search

SECONDS_PER_TEXT = 2.0
"""How long one database may look at one text, whatever its patterns are."""

DEFAULT_CERTAINTY = 0.85
DEFAULT_PREFERENCE = 0.10

_PLACE = re.compile(r"\{([^\s{}]+)\}")
_TEMPORARY = "_tmp."


@dataclass(frozen=True, slots=True)
class Param:
    """One attribute that a fingerprint gives: a group of the match, or at position 0 a value."""

    position: int
    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """A text that the fingerprint must match, and what it must say of it."""

    text: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """What one fingerprint says of a text, and all that a person needs to check it."""

    subject: str
    text: str
    description: str
    certainty: float
    attributes: Mapping[str, str]
    origin: str = ""


@dataclass(frozen=True)
class Fingerprint:
    """One pattern. It is compiled when it is first needed."""

    pattern: str
    description: str
    params: Sequence[Param]
    flags: str = ""
    certainty: float = DEFAULT_CERTAINTY
    examples: Sequence[Example] = ()

    @cached_property
    def compiled(self) -> "regex.Pattern[str]":
        """Return the compiled pattern. Raises DataError if it is none."""
        return compiled(self.pattern, self.flags)

    def attributes(self, found: "regex.Match[str]", *, protocol: str = "") -> dict[str, str]:
        """Return what the match says. A value made of one that is missing is left out."""
        values = {each.name: _value(each, found) for each in self.params}
        if protocol:
            values.setdefault("service.protocol", protocol)
        filled = {
            each.name: _filled(each.name, values[each.name], values)
            for each in self.params
            if each.position == 0
        }
        values.update(filled)
        return {name: value for name, value in values.items() if value and not _is_temporary(name)}


@dataclass(frozen=True)
class Database:
    """The fingerprints for one kind of text (`subject`), in the order in which they are tried."""

    subject: str
    fingerprints: Sequence[Fingerprint]
    protocol: str = ""
    preference: float = DEFAULT_PREFERENCE
    origin: str = ""
    given_up: set[int] = field(default_factory=set)

    def match(self, text: str) -> Match | None:
        """Return what the first fingerprint that matches says of the text, None if none does.

        A pattern that takes too long is not tried again, and a text that takes too long is
        given up: a scan does not hang on what a device chose to send.
        """
        text = text[:LONGEST_TEXT]
        until = time.monotonic() + SECONDS_PER_TEXT
        for index, each in enumerate(self.fingerprints):
            if index in self.given_up:
                continue
            try:
                found = search(each.compiled, text)
            except (GivesUpError, DataError):
                self.given_up.add(index)
                found = None
            if found is not None:
                return self._said(each, found, text)
            if time.monotonic() > until:
                break
        return None

    def _said(self, fingerprint: Fingerprint, found: "regex.Match[str]", text: str) -> Match:
        return Match(
            subject=self.subject,
            text=text,
            description=fingerprint.description,
            certainty=fingerprint.certainty,
            attributes=fingerprint.attributes(found, protocol=self.protocol),
            origin=self.origin,
        )


def _value(param: Param, found: "regex.Match[str]") -> str:
    if param.position == 0:
        return param.value
    try:
        return found.group(param.position) or ""
    except IndexError:
        return ""


def _filled(name: str, value: str, values: Mapping[str, str]) -> str:
    """Return the value with each {attribute} in its place; "" if one of them is missing.

    A CPE writes "-" for a version that is not known, as recog has it.
    """
    for place in _PLACE.findall(value):
        known = values.get(place, "")
        if not known and name.endswith(".cpe23") and "version" in place:
            known = "-"
        if not known:
            return ""
        value = value.replace(f"{{{place}}}", known)
    return value


def _is_temporary(name: str) -> bool:
    return name.startswith(_TEMPORARY)
