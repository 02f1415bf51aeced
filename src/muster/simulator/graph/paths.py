"""What a path names: a collection, an object by one of its keys, or the caller."""

import re

from muster.simulator.graph.access import Caller
from muster.simulator.graph.call import Call
from muster.simulator.graph.errors import bad_request, denied, malformed, no_segment, not_found
from muster.simulator.graph.kinds import FORBIDDEN_SEGMENTS, KINDS, KindInfo

_KEYED = re.compile(r"(?P<name>\w+)\((?:(?P<key>\w+)=)?'(?P<value>.*)'\)")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def own_path(segments: list[str], caller: Caller) -> list[str]:
    """The path with `me` put as the user it means."""
    if not segments:
        return [""]
    if segments[0].lower() != "me":
        return segments
    if caller.user_id is None:
        raise malformed("/me request is only valid with delegated authentication flow.")
    return ["users", caller.user_id, *segments[1:]]


def named(first: str, rest: list[str]) -> tuple[str, list[str]]:
    """The name of a path's first segment and what follows, its key in brackets among it."""
    keyed = _KEYED.fullmatch(first)
    if not keyed:
        return first, rest
    value = keyed["value"].replace("''", "'")
    return keyed["name"], [f"{keyed['key']}={value}" if keyed["key"] else value, *rest]


def collection(name: str, rest: list[str]) -> tuple[KindInfo | None, list[str]]:
    """The collection of that name and what follows; None for the organization."""
    if name.lower() == "organization":
        return None, rest
    if name.lower() in KINDS:
        return KINDS[name.lower()], rest
    if name.lower() in {known.lower() for known in FORBIDDEN_SEGMENTS}:
        raise denied()
    raise no_segment(name)


def object_id_of(call: Call, info: KindInfo, key: str) -> str:
    """The id of the object that a key names: an id, a `deviceId=...` or a user name."""
    name, equals, value = key.partition("=")
    if equals and info.kind == "devices" and name.lower() == "deviceid":
        found = call.view.directory.find_device(value)
        if found is None:
            raise not_found(value)
        return str(found["id"])
    if _GUID.fullmatch(key):
        return key.lower()
    if info.kind != "users":
        raise bad_request(f"Invalid object identifier '{key}'.")
    user = call.view.directory.find_user(key.removeprefix("userPrincipalName="))
    if user is None:
        raise not_found(key)
    return str(user["id"])
