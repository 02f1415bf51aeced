"""The key by which the next page starts where one ended: the order, and the last row's place."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TypeVar

import orjson

from muster.core.errors import QueryError

_LONGEST_KEY = 4000
_TOO_LARGE = 2**63
_Value = TypeVar("_Value")
_Identity = TypeVar("_Identity")


@dataclass(frozen=True, slots=True)
class PageKeys:
    """Keys of the pages of one order."""

    column: str
    is_descending: bool

    def key(self, value: object, identity: object) -> str:
        """Return the key of a page whose last row has this value in the order, and this id."""
        packed = orjson.dumps([self.column, self.is_descending, value, identity])
        return urlsafe_b64encode(packed).decode().rstrip("=")

    def read(
        self, key: str, *, value: type[_Value], identity: type[_Identity]
    ) -> tuple[_Value, _Identity]:
        """Return the value and the id that a key was made of, each of the kind given.

        Raises QueryError if the key is none of this order.
        """
        padded = key[:_LONGEST_KEY] + "=" * (-len(key[:_LONGEST_KEY]) % 4)
        try:
            match orjson.loads(urlsafe_b64decode(padded.encode("ascii"))):
                case [self.column, self.is_descending, last, who] if _is_stored(
                    last, value
                ) and _is_stored(who, identity):
                    return last, who
        except (binascii.Error, orjson.JSONDecodeError, UnicodeError):
            pass
        raise QueryError(
            "this page key is not one of this search and order",
            hint="Start again from the first page.",
        )


def _is_stored(value: object, kind: type) -> bool:
    """True if a value is of the kind, and such as a database holds."""
    if type(value) is not kind or "\0" in str(value):
        return False
    return not isinstance(value, int | float) or abs(value) < _TOO_LARGE
