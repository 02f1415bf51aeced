"""What all makers of one tenant share: its seed, its clock, its company and its identifiers."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from muster.simulator.directory.changes import KINDS, Kind, TenantSize
from muster.simulator.directory.draws import Draws, key_of
from muster.simulator.directory.identifiers import GuidCodec
from muster.simulator.directory.objects.company import COMPANIES, Company

DAY_SECONDS = 86_400
_CLOUD = ".onmicrosoft.com"
EXTENSION_ATTRIBUTES = tuple(f"extensionAttribute{number}" for number in range(1, 16))

_MINUTES = tuple(f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(24 * 60))
_SECONDS = tuple(f"{second:02d}Z" for second in range(60))


@dataclass(frozen=True, slots=True)
class World:
    """The fixed facts of a tenant."""

    seed: int
    size: TenantSize
    epoch: int
    tenant_id: str
    domain: str
    company: Company
    cloud_domain: str
    ad_domain: str
    domain_sid: str
    codecs: Mapping[Kind, GuidCodec]
    device_ids: GuidCodec

    @classmethod
    def found(
        cls,
        *,
        seed: int,
        size: TenantSize,
        tenant_id: str | None,
        domain: str | None,
        now: datetime,
    ) -> "World":
        """Return the world of a tenant; its id and domain follow from the seed if not given."""
        company = COMPANIES[seed % len(COMPANIES)]
        name = domain or f"{company.stem}.example"
        return cls(
            seed=seed,
            size=size,
            epoch=int(now.timestamp()),
            tenant_id=tenant_id or GuidCodec(seed, "tenant").encode(0),
            domain=name,
            # Every tenant is born with the one, and its Active Directory has the other.
            cloud_domain=f"{name.split('.', 1)[0]}{_CLOUD}",
            ad_domain=f"ad.{f'{company.stem}.example' if name.endswith(_CLOUD) else name}",
            company=company,
            domain_sid=_domain_sid(seed),
            codecs={kind: GuidCodec(seed, kind) for kind in KINDS},
            device_ids=GuidCodec(seed, "deviceId"),
        )

    @property
    def netbios_domain(self) -> str:
        """The short name of the Active Directory domain."""
        return self.domain.split(".", 1)[0].upper()[:15]

    def draws(self, purpose: str) -> bytes:
        """Return the key of one purpose's draws."""
        return key_of(self.seed, purpose)

    def ago(self, seconds: int) -> str:
        """Return the instant that many seconds before the tenant's now, as Graph writes it."""
        return stamp(self.epoch - seconds)

    def sid(self, relative_id: int) -> str:
        """Return the on-premises security identifier of an account."""
        return f"{self.domain_sid}-{relative_id}"


def stamp(seconds: int) -> str:
    """Return Unix seconds as `2026-11-20T08:14:22Z`."""
    days, rest = divmod(seconds, DAY_SECONDS)
    minutes, rest = divmod(rest, 60)
    return _day(days) + _MINUTES[minutes] + _SECONDS[rest]


@lru_cache(maxsize=16_384)
def _day(days: int) -> str:
    return time.strftime("%Y-%m-%dT", time.gmtime(days * DAY_SECONDS))


def cloud_sid(object_id: str) -> str:
    """Return the cloud's security identifier, which spells the object id in four numbers."""
    number = int(object_id.replace("-", ""), 16)
    first, second = number >> 96, (number >> 64) & 0xFFFFFFFF
    tail = (number & 0xFFFFFFFFFFFFFFFF).to_bytes(8, "big")
    third, fourth = (int.from_bytes(tail[at : at + 4], "little") for at in (0, 4))
    return f"S-1-12-1-{first}-{second >> 16 | (second & 0xFFFF) << 16}-{third}-{fourth}"


def _domain_sid(seed: int) -> str:
    draws = Draws(key_of(seed, "domain sid"), 0)
    return "S-1-5-21-" + "-".join(str(draws.below(1 << 32)) for _ in range(3))
