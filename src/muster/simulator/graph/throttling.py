"""Resource units: what a request costs, and a bucket of them for each app in each tenant."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from muster.simulator.graph.errors import GraphError, throttled
from muster.simulator.tenants import Tenant

_WINDOW_SECONDS = 10
_SMALL_USERS, _MEDIUM_USERS = 50, 500
_LIMITS = {"S": 3500, "M": 5000, "L": 8000}
_WARNING_SHARE, _GREATEST_SHARE = 0.8, 1.8
# Source: https://learn.microsoft.com/graph/throttling-limits (read 2026-11).
_COLLECTIONS = {"users": 2}
_RELATIONS = {
    ("groups", "members"): 3,
    ("groups", "transitiveMembers"): 5,
    ("users", "memberOf"): 2,
    ("users", "transitiveMemberOf"): 2,
}


def cost(segments: list[str], parameters: dict[str, str]) -> int:
    """The resource units of a request, never less than one."""
    units = 1
    if segments:
        units = _COLLECTIONS.get(segments[0], 1) if len(segments) == 1 else 1
    if len(segments) > 2:  # noqa: PLR2004 - collection, id, relationship
        units = _RELATIONS.get((segments[0], segments[2]), 1)
    top = parameters.get("$top", "")
    units -= "$select" in parameters
    units += "$expand" in parameters
    units -= re.fullmatch(r"1?[0-9]", top) is not None
    return max(1, units)


@dataclass(slots=True)
class Bucket:
    """Units used and not yet flown back."""

    used: float = 0.0
    at: float = 0.0


class Throttle:
    """The limits of all apps in all tenants."""

    def __init__(
        self, *, clock: Callable[[], datetime], is_on: bool = False, limit: int = 0
    ) -> None:
        """Count always, refuse only when switched on; `limit` 0 takes the tenant's own."""
        self._clock = clock
        self.is_on = is_on
        self.limit = limit
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def limit_of(self, tenant: Tenant) -> int:
        """The units per ten seconds of an app in that tenant."""
        if self.limit:
            return self.limit
        users = tenant.config.users
        size = "S" if users < _SMALL_USERS else "M" if users <= _MEDIUM_USERS else "L"
        return _LIMITS[size]

    def spend(self, units: int, *, tenant: Tenant, app_id: str) -> dict[str, str]:
        """Take the units; the headers that tell of it. Raises a 429 when nothing is left.

        A refused call counts as well, as the documentation says.
        """
        headers = {"x-ms-resource-unit": str(units)}
        if not self.is_on:
            return headers
        limit = self.limit_of(tenant)
        bucket = self._flown_back(tenant.id, app_id, limit)
        is_over = bucket.used + units > limit
        bucket.used = min(bucket.used + units, limit * _GREATEST_SHARE)
        if bucket.used / limit > _WARNING_SHARE:
            headers["x-ms-throttle-limit-percentage"] = f"{bucket.used / limit:.2f}"
        if is_over:
            raise self._refusal(bucket, limit, headers, f"{app_id}/{tenant.id}")
        return headers

    def _flown_back(self, tenant_id: str, app_id: str, limit: int) -> Bucket:
        now = self._clock().timestamp()
        bucket = self._buckets.setdefault((tenant_id, app_id), Bucket(at=now))
        bucket.used = max(0.0, bucket.used - (now - bucket.at) * limit / _WINDOW_SECONDS)
        bucket.at = now
        return bucket

    def _refusal(
        self, bucket: Bucket, limit: int, headers: dict[str, str], scope: str
    ) -> GraphError:
        seconds = max(0.1, (bucket.used - limit * _WARNING_SHARE) * _WINDOW_SECONDS / limit)
        shown = {
            **headers,
            "x-ms-throttle-scope": f"Tenant_Application/ReadWrite/{scope}",
            "x-ms-throttle-information": "ResourceUnitLimitExceeded",
        }
        return throttled(f"{seconds:.3f}", shown)
