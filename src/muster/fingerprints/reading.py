"""Reading a database from a file in recog's XML format, which a stranger may have written.

Only text is taken from it: no entity is resolved, no other file is opened (an example that names
one is left out), and nothing in it is run.
"""

import base64
import binascii
import re
from pathlib import Path
from typing import Never
from xml.etree.ElementTree import Element, ParseError  # types only: defusedxml does the parsing

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from muster.core.errors import ConfigError, DataError
from muster.fingerprints.database import (
    DEFAULT_CERTAINTY,
    DEFAULT_PREFERENCE,
    Database,
    Example,
    Fingerprint,
    Param,
)

LARGEST_FILE = 8 * 1024 * 1024
MOST_FINGERPRINTS = 50_000
MOST_PARAMS = 100

_ROOT = re.compile(rb"<fingerprints\b[^<>]{0,2000}>")
_MATCHES = re.compile(rb"""\bmatches\s*=\s*["']([^"'<>]{1,100})["']""")
_HEAD = 64 * 1024


def read_file(path: Path) -> Database:
    """Return the database in a file.

    Raises ConfigError if it cannot be opened, and DataError naming it if it holds no database.
    """
    return read(content(path), name=path.name)


def content(path: Path) -> bytes:
    """Return the bytes of a file. Raises ConfigError if it cannot be read, or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > LARGEST_FILE:
        raise ConfigError(f"{path} is larger than {LARGEST_FILE} bytes")
    return data


def subject_of(path: Path) -> str:
    """Return which kind of text a file is for, without reading all of it."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from error
    root = _ROOT.search(head)
    named = _MATCHES.search(root.group()) if root else None
    return named[1].decode("utf-8", "replace") if named else path.stem


def read(data: bytes, *, name: str) -> Database:
    """Return the database in the bytes of a file. Raises DataError naming it if there is none."""
    root = _root(data, name)
    elements = root.findall("fingerprint")
    if not elements or len(elements) > MOST_FINGERPRINTS:
        raise DataError(f"{name} holds {len(elements)} fingerprints")
    protocol = root.get("protocol", "")
    return Database(
        subject=root.get("matches") or Path(name).stem,
        fingerprints=tuple(_fingerprint(each, protocol, name) for each in elements),
        protocol=protocol,
        preference=_number(root, "preference", DEFAULT_PREFERENCE, name),
        origin=name,
    )


def _root(data: bytes, name: str) -> Element:
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise DataError(f"{name} declares entities or a document type: not read") from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise DataError(f"{name} is no XML: {error}") from error
    if root.tag != "fingerprints":
        raise DataError(
            f"{name} is no database of fingerprints",
            hint="Its outermost element must be <fingerprints>, as in recog's files.",
        )
    return root


def _fingerprint(element: Element, protocol: str, name: str) -> Fingerprint:
    pattern = element.get("pattern")
    if not pattern:
        _refuse(element, name, "has no pattern")
    params = element.findall("param")
    if len(params) > MOST_PARAMS:
        _refuse(element, name, f"has {len(params)} params")
    return Fingerprint(
        pattern=pattern,
        description=" ".join((element.findtext("description") or "").split()),
        params=tuple(_param(each, element, name) for each in params),
        flags=element.get("flags", ""),
        certainty=_number(element, "certainty", DEFAULT_CERTAINTY, name),
        examples=tuple(
            _example(each, element, name)
            for each in element.findall("example")
            if "_filename" not in each.attrib
        ),
    )


def _param(element: Element, parent: Element, name: str) -> Param:
    position, key = element.get("pos", ""), element.get("name")
    if not key or not position.isascii() or not position.isdigit() or len(position) > 2:  # noqa: PLR2004
        _refuse(parent, name, "has a param without a name and a position from 0 to 99")
    return Param(int(position), key, element.get("value", ""))


def _example(element: Element, parent: Element, name: str) -> Example:
    text = element.text or ""
    if element.get("_encoding") == "base64":
        try:
            # One byte, one character: a pattern writes such a byte as \xNN.
            text = base64.b64decode(text).decode("latin-1")
        except (binascii.Error, ValueError):
            _refuse(parent, name, "has an example that is no base64")
    wanted = {key: value for key, value in element.attrib.items() if not key.startswith("_")}
    return Example(text, wanted)


def _number(element: Element, key: str, default: float, name: str) -> float:
    try:
        value = float(element.get(key, default))
    except ValueError:
        _refuse(element, name, f"has a {key} that is no number")
    if not 0 <= value <= 1:
        _refuse(element, name, f"has a {key} that is not between 0 and 1")
    return value


def _refuse(element: Element, name: str, what: str) -> Never:
    said = element.findtext("description") or element.get("pattern") or element.tag
    raise DataError(f"{name}: the fingerprint {' '.join(said.split())[:80]!r} {what}")
