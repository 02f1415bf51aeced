"""What questions and their hand-written SQL need to know of a loaded database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import machines

from muster.inventory import engine
from muster.inventory.models.feeds import Inventory


@dataclass(frozen=True, slots=True)
class Facts:
    """The organization, numbers of attribute names, and one machine that is really there."""

    organization_id: int
    is_postgresql: bool
    keys: dict[tuple[str, str], int]
    name: str
    code: str
    device_id: str
    mac: str
    uid: str
    names: Sequence[str]

    @classmethod
    def read(cls, organization_id: int) -> "Facts":
        """Read them; the machine is the first laptop that both feeds know."""
        where = "organization_id = %s AND source_count = 2 AND name LIKE 'laptop-%%'"
        found = _rows(
            f"SELECT id, name, uid FROM inventory_asset WHERE {where} ORDER BY id LIMIT 200",
            organization_id,
        )
        number, name, uid = found[0]
        keys = {
            (Inventory(inventory).name.casefold(), key): each
            for each, inventory, key in _rows(
                "SELECT id, inventory, name FROM inventory_attributekey WHERE organization_id = %s",
                organization_id,
            )
        }
        told = {
            key: _rows(
                "SELECT value FROM asset_attribute WHERE organization_id = %s AND key_id = %s"
                " AND asset_id = %s",
                *(organization_id, keys["assets", key], number),
            )[0][0]
            for key in ("_asset.mac", "@azuread.dev.deviceId")
        }
        return cls(
            organization_id=organization_id,
            is_postgresql=engine.is_postgresql(),
            keys=keys,
            name=name,
            code=name.casefold().removeprefix("laptop-"),
            device_id=told["@azuread.dev.deviceId"],
            mac=told["_asset.mac"],
            uid=str(uid),
            names=[row[1] for row in found[::8]],
        )

    def before(self, days: int) -> int:
        """Return the Unix seconds of so many days before the data set's now."""
        return machines.NOW - days * machines.DAY

    def packed(self, address: str) -> str:
        """Return an IPv4 address as a literal of the packed column."""
        digits = "00" * 10 + "ffff" + "".join(f"{int(each):02x}" for each in address.split("."))
        return rf"'\x{digits}'::bytea" if self.is_postgresql else f"x'{digits}'"


def _rows(sql: str, *parameters: object) -> list[Any]:
    return engine.rows(sql, parameters)
