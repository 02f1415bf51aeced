"""Why the records of an asset are one machine, and why others are not part of it.

Nothing is stored for this but the reason of each record: the rest is worked out from the keys
that all records of the site have now, by the same functions that put them together.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from muster.core import ndjson
from muster.core.records import AssetRecord
from muster.correlate import (
    BY_HAND,
    MOST_LED,
    RULES,
    Key,
    Leaders,
    Machine,
    Node,
    Reading,
    can_link,
    dimension_of,
    find_leaders,
    readings,
    veto,
)
from muster.inventory import engine
from muster.inventory.ingest import asset_rows, match_keys
from muster.inventory.ingest.asset_rows import Row
from muster.inventory.ingest.match_keys import Block
from muster.inventory.models import MatchDecision
from muster.inventory.selectors.instants import instant
from muster.inventory.selectors.source_names import source_name
from muster.organizations.scope import Scope


class Outcome(StrEnum):
    """What came of one thing that a record says of its identity."""

    MATCHED = "matched"
    AGREES = "agrees"
    ALONE = "alone"
    AMBIGUOUS = "ambiguous"
    VETOED = "vetoed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class KeyDetail:
    """One thing that a record says of its identity, and what came of it.

    `rule` is the name of the dimension and `value` what the record says. `reason` is a sentence;
    `other` the record meant by it, "" if none is.
    """

    rule: str
    value: str
    outcome: Outcome
    reason: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one record is where it is.

    `rule`, `key` and `other` are the evidence by which it came to its asset, as `reason` tells in
    a sentence; a record that others joined has the rule `new`. `superseded_by` is the newer
    record of its source if the device was set up anew, else "".
    """

    source: str
    foreign_id: str
    rule: str
    key: str
    other: str
    reason: str
    matched_at: datetime | None
    superseded_by: str
    keys: list[KeyDetail]


def explanations(scope: Scope, asset: int) -> dict[int, Explanation]:
    """Return the explanation of every record of an asset, by the records' numbers."""
    rows = asset_rows.by_asset(scope, [asset])
    said = {number: readings(record) for number, record in _bodies(scope, rows).items()}
    site = _Site.around(scope, rows)
    return {
        number: _explanation(scope, row, site, said.get(number, []), rows)
        for number, row in sorted(rows.items(), key=lambda each: each[1].order)
    }


@dataclass(frozen=True, slots=True)
class _Site:
    """Who holds the keys of an asset's records, and all the records that this leads to."""

    held: Mapping[Key, list[Block]]
    rows: Mapping[int, Row]
    leaders: Leaders

    @classmethod
    def around(cls, scope: Scope, rows: Mapping[int, Row]) -> "_Site":
        """Read what is around the records of one asset."""
        keys = {key for row in rows.values() for key in row.keys}
        sites = {row.site for row in rows.values()}
        held = match_keys.blocks(scope, min(sites), keys) if keys else {}
        shared = [
            (key, block.source_id)
            for key, blocks in held.items()
            for block in blocks
            if 1 < block.count <= MOST_LED
        ]
        numbers = {block.record for blocks in held.values() for block in blocks}
        numbers |= match_keys.holders(scope, min(sites), shared)
        numbers |= {row.link.superseded_by for row in rows.values() if row.link.superseded_by}
        found = asset_rows.by_number(scope, numbers - rows.keys())
        others = {row.asset for row in found.values() if row.asset is not None}
        found.update(asset_rows.by_asset(scope, others))
        found.update(rows)
        counts = {key: {b.source_id: b.count for b in blocks} for key, blocks in held.items()}
        live = [row.node() for row in found.values() if not row.is_gone]
        return cls(held, found, find_leaders(live, counts))

    def machine(self, asset: int | None) -> Machine:
        """Return what the live records of an asset say together."""
        members = [row for row in self.rows.values() if row.asset == asset and not row.is_gone]
        whole, *rest = (row.node().machine() for row in members)
        for each in rest:
            whole.take(each)
        return whole


def _explanation(
    scope: Scope, row: Row, site: _Site, said: Iterable[Reading], rows: Mapping[int, Row]
) -> Explanation:
    partner = rows.get(row.link.with_record or 0)
    newer = site.rows.get(row.link.superseded_by or 0)
    return Explanation(
        source=source_name(row.source_id),
        foreign_id=row.foreign_id,
        rule=row.link.rule,
        key=row.link.key,
        other=_named(partner) if partner else "",
        reason=_reason(scope, row, partner, rows) + (_superseded(newer) if newer else ""),
        matched_at=instant(row.matched_at),
        superseded_by=newer.foreign_id if newer else "",
        keys=[] if row.is_gone else [_key_detail(row, site, each) for each in said],
    )


def _reason(scope: Scope, row: Row, partner: Row | None, rows: Mapping[int, Row]) -> str:
    if partner is None:
        joined = any(each.link.with_record == row.record for each in rows.values())
        return "the others joined it" if joined else "nothing of another source matched it"
    if row.link.rule == BY_HAND:
        return _by_hand(scope, row, partner)
    dimension = dimension_of(row.link.rule)
    label = RULES[dimension].label if dimension is not None else row.link.rule
    key = (dimension, row.link.key)
    is_former = key not in row.keys or key not in partner.keys
    verb = "was" if is_former and not row.is_gone else "is"
    return f"{label} '{row.link.key}' {verb} unique here and in {_named(partner)}"


def _by_hand(scope: Scope, row: Row, partner: Row) -> str:
    act = UUID(row.link.key)
    made = MatchDecision.objects.filter(organization=scope.organization, act=act).first()
    by = f" by {made.made_by}" if made else ""
    note = f": {made.note}" if made and made.note else ""
    return f"merged{by} with {_named(partner)}{note}"


def _superseded(newer: Row) -> str:
    return f"; superseded by {_named(newer)}, as which it was set up anew"


def _key_detail(row: Row, site: _Site, said: Reading) -> KeyDetail:
    rule = RULES[said.dimension].name
    if said.key is None:
        return KeyDetail(rule, said.text, Outcome.REFUSED, said.refusal)
    outcome, reason, other = _outcome(row, site, said.key)
    return KeyDetail(rule, said.key[1], outcome, reason, _named(other) if other else "")


def _outcome(row: Row, site: _Site, key: Key) -> tuple[Outcome, str, Row | None]:
    holders = [each for each in site.rows.values() if key in each.keys and each is not row]
    partner = site.rows.get(row.link.with_record or 0)
    if partner and (RULES[key[0]].name, key[1]) == (row.link.rule, row.link.key):
        return Outcome.MATCHED, f"matched {_named(partner)}", partner
    own = [each for each in holders if each.asset == row.asset]
    if own:
        return Outcome.AGREES, f"{_named(own[0])} of this asset has it too", own[0]
    ambiguous = _ambiguity(row, site, key)
    if ambiguous:
        return Outcome.AMBIGUOUS, ambiguous, None
    other = next((each for each in holders if each.source_id != row.source_id), None)
    if other is None:
        return Outcome.ALONE, "no record of another source has it", None
    return Outcome.VETOED, _why_apart(row, other, site, key), other


def _ambiguity(row: Row, site: _Site, key: Key) -> str:
    for block in site.held.get(key, []):
        leader = site.leaders.get((key, block.source_id))
        is_led_here = leader is not None and block.source_id == row.source_id
        if block.count == 1 or (leader and not is_led_here) or _is(leader, row):
            continue
        held = f"{block.count} records of {source_name(block.source_id)} have it"
        return f"{held}, and a newer one leads" if leader else f"{held}, and none of them leads"
    return ""


def _is(node: Node | None, row: Row) -> bool:
    return node is not None and node.record == row.record


def _why_apart(row: Row, other: Row, site: _Site, key: Key) -> str:
    if not can_link(key, row.keys, other.keys):
        return f"{_named(other)} has it too, but its name is another"
    mine, theirs = site.machine(row.asset), site.machine(other.asset)
    found = veto(RULES[key[0]].strength, mine, theirs)
    why = found or "a person said that they are two machines"
    return f"{_named(other)} has it too, but {why}"


def _named(row: Row) -> str:
    return f"{source_name(row.source_id)} {row.foreign_id}"


def _bodies(scope: Scope, rows: Mapping[int, Row]) -> dict[int, AssetRecord]:
    found = engine.rows(
        "SELECT r.id, r.body FROM asset_source_record r"
        " JOIN inventory_assetsource s ON s.id = r.id"
        f" WHERE s.organization_id = %s AND {engine.among('s.id')}",
        (scope.organization_id, engine.listed(rows)),
    )
    decoded = ((number, ndjson.decode(bytes(body))) for number, body in found)
    return {number: record for number, record in decoded if isinstance(record, AssetRecord)}
