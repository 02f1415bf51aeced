"""What people decided about matches, as it can be shown and taken back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from muster.inventory.models import MatchDecision
from muster.organizations.scope import Scope


@dataclass(frozen=True, slots=True)
class DecidedAct:
    """What one person did at once; `kind` is `merge`, `split` or `remove-source`.

    `records` are the records meant, as source and foreign id.
    """

    act: UUID
    kind: str
    made_by: str
    made_at: datetime
    note: str
    records: tuple[str, ...]


def decided_acts(scope: Scope) -> list[DecidedAct]:
    """Return what was decided in an organization and not taken back, newest first."""
    found: dict[UUID, list[MatchDecision]] = {}
    rows = MatchDecision.objects.filter(organization=scope.organization)
    for each in rows.select_related("one_feed", "other_feed").order_by("-pk"):
        found.setdefault(each.act, []).append(each)
    return [_act(decisions) for decisions in found.values()]


def _act(decisions: list[MatchDecision]) -> DecidedAct:
    first = decisions[0]
    records = {f"{each.one_feed.source} {each.one_foreign_id}" for each in decisions}
    records |= {f"{each.other_feed.source} {each.other_foreign_id}" for each in decisions}
    return DecidedAct(
        act=first.act,
        kind=first.kind,
        made_by=first.made_by,
        made_at=datetime.fromtimestamp(first.made_at, UTC),
        note=first.note,
        records=tuple(sorted(records)),
    )
