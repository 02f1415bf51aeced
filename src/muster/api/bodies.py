"""Reading what clients send: JSON that a database can hold, and nothing else."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser
from ninja.types import DictStrAny

from muster.api.problems import Problem


class BodyParser(Parser):
    """Reads JSON bodies; text in them holds neither NUL nor halves of characters."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """Return the body. Raises Problem for one that cannot be read."""
        try:
            document = orjson.loads(request.body)
        except orjson.JSONDecodeError as error:
            raise Problem(400, f"the body is no JSON: {error}") from error
        if any("\0" in each for each in texts(document)):
            raise Problem(400, "text in the body holds a NUL character")
        found: DictStrAny = document
        return found

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> DictStrAny:
        """Return the fields of a form or an address. Raises Problem for what no text may hold."""
        found = super().parse_querydict(data, list_fields, request)
        if any("\0" in each for each in texts(found)):
            raise Problem(400, "text in the request holds a NUL character")
        return found


def texts(document: Any) -> Iterator[str]:
    """Yield every text in a JSON document, names included."""
    waiting = [document]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
        elif isinstance(each, dict):
            yield from each
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
