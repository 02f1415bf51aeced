"""Questions across assets, users and groups, and the same asked in SQL by hand."""

from collections.abc import Iterator

from asking import Question, broad, selective
from by_hand import Hand
from facts import Facts

_WINDOWS = "lower(t.os) LIKE '%windows%'"


def questions(facts: Facts) -> Iterator[Question]:
    """Yield the questions."""
    yield from _of_assets(Hand(facts))
    yield from _of_users(Hand(facts, "users"))
    yield from _of_groups(Hand(facts, "groups"))


def _of_assets(hand: Hand) -> Iterator[Question]:
    owned = (
        f"FROM ownership o {_record(hand)} {_owner(hand)}"
        f" WHERE o.organization_id = {hand.organization}"
        " AND o.subject_kind = 1 AND o.owner_kind = 1"
    )
    finance = "lower(u.department) LIKE '%finance%'"
    ids = f"SELECT DISTINCT s.asset_id AS id {owned} AND s.asset_id IS NOT NULL AND {finance}"
    yield broad(
        "department of the user",
        "user.department:finance",
        hand.gather(ids),
        hand.gather(
            _devices_of(hand, f"SELECT u.id FROM inventory_directoryuser u WHERE {finance}")
        ),
        hand.walk(f"EXISTS (SELECT 1 {owned} AND s.asset_id = t.id AND {finance})", ids=ids),
    )
    in_group = f"u.id IN ({_members(hand, 'VPN users')})"
    ids = f"SELECT DISTINCT s.asset_id AS id {owned} AND s.asset_id IS NOT NULL AND {in_group}"
    yield broad(
        "group of the user, also through others",
        'user.group:"VPN users"',
        hand.gather(ids),
        hand.gather(_devices_of(hand, _members(hand, "VPN users"))),
    )
    yield broad(
        "group of the device",
        'group:"Kiosk devices"',
        hand.gather(_members(hand, "Kiosk devices", kind=3)),
    )
    ada = "lower(u.display_name) = 'ada lovelace'"
    ids = f"SELECT DISTINCT s.asset_id AS id {owned} AND o.relation = 1 AND {ada}"
    users = f"SELECT u.id FROM inventory_directoryuser u WHERE {ada}"
    yield selective(
        "owner by name",
        'owner.display_name:="Ada Lovelace"',
        hand.gather(ids),
        hand.gather(_devices_of(hand, users)),
    )


def _of_users(hand: Hand) -> Iterator[Question]:
    owned = (
        f"FROM ownership o {_record(hand)} WHERE o.organization_id = {hand.organization}"
        " AND o.subject_kind = 1 AND o.owner_kind = 1"
    )
    of_user = "o.feed_id = t.feed_id AND o.owner_ref = t.foreign_id"
    grouped = (
        f"SELECT u.id FROM (SELECT o.feed_id, o.owner_ref {owned} AND s.asset_id IS NOT NULL"
        " GROUP BY o.feed_id, o.owner_ref HAVING COUNT(DISTINCT s.asset_id) > 1) o"
        f" JOIN inventory_directoryuser u ON u.organization_id = {hand.organization}"
        f" AND u.feed_id = o.feed_id AND u.foreign_id = o.owner_ref{_as_in_models(hand)}"
    )
    yield broad(
        "users with devices",
        "device_count:>1",
        hand.gather(grouped),
        hand.walk(f"(SELECT COUNT(DISTINCT s.asset_id) {owned} AND {of_user}) > 1"),
        inventory="users",
    )
    windows = _WINDOWS.replace("t.os", "a.os")
    joined = owned.replace(" WHERE ", " JOIN inventory_asset a ON a.id = s.asset_id WHERE ")
    on_windows = hand.slice("_asset.os", "value LIKE '%windows%'")
    ids_by_set = (
        f"SELECT DISTINCT u.id FROM ({on_windows}) these CROSS JOIN inventory_assetsource s"
        " CROSS JOIN ownership o CROSS JOIN inventory_directoryuser u WHERE s.asset_id = these.id"
        f" AND o.organization_id = {hand.organization} AND o.subject_ref = s.foreign_id"
        " AND o.feed_id = s.feed_id AND o.subject_kind = 1 AND o.owner_kind = 1"
        f" AND u.organization_id = {hand.organization} AND u.feed_id = o.feed_id"
        f" AND u.foreign_id = o.owner_ref{_as_in_models(hand)}"
    )
    ids = (
        f"SELECT DISTINCT u.id {joined.replace(' WHERE ', f' {_owner(hand)} WHERE ')} AND {windows}"
    )
    yield broad(
        "users by their devices",
        "asset.os:windows",
        hand.gather(ids),
        hand.gather(ids_by_set),
        hand.walk(f"EXISTS (SELECT 1 {joined} AND {of_user} AND {windows})"),
        inventory="users",
    )
    yield broad(
        "users of a group, also through others",
        'group:"VPN users"',
        hand.gather(_members(hand, "VPN users")),
        inventory="users",
    )
    department, title = "lower(t.department) LIKE '%finance%'", "lower(t.title) LIKE '%manager%'"
    yield selective(
        "users by two columns",
        "department:finance title:manager",
        hand.walk(f"{department} AND {title}"),
        hand.gather(
            "SELECT id FROM inventory_directoryuser t"
            f" WHERE t.organization_id = {hand.organization} AND {department} AND {title}"
        ),
        inventory="users",
    )


def _of_groups(hand: Hand) -> Iterator[Question]:
    members = (
        # CROSS JOIN is the order that SQLite keeps; to PostgreSQL it is any join.
        "FROM inventory_directoryuser u CROSS JOIN membership m WHERE m.feed_id = u.feed_id"
        f" AND m.organization_id = {hand.organization} AND u.organization_id = {hand.organization}"
        " AND m.member_ref = u.foreign_id AND m.member_kind = 1"
        " AND lower(u.display_name) = 'ada lovelace'"
    )
    around = (
        f"WITH RECURSIVE around(feed_id, ref) AS (SELECT m.feed_id, m.group_ref {members} UNION"
        " SELECT m.feed_id, m.group_ref FROM around JOIN membership m ON m.organization_id ="
        f" {hand.organization} AND m.member_ref = around.ref AND m.feed_id = around.feed_id"
        " WHERE m.member_kind = 2) SELECT g.id FROM around JOIN inventory_directorygroup g"
        f" ON g.organization_id = {hand.organization} AND g.feed_id = around.feed_id"
        f" AND g.foreign_id = around.ref{_as_in_models(hand)}"
    )
    yield selective(
        "groups of a member",
        'member.display_name:="Ada Lovelace"',
        hand.gather(around),
        inventory="groups",
    )


def _record(hand: Hand) -> str:
    return (
        "JOIN inventory_assetsource s ON s.organization_id = o.organization_id"
        f" AND s.feed_id = o.feed_id AND s.foreign_id = o.subject_ref{_as_in_models(hand)}"
    )


def _owner(hand: Hand) -> str:
    return (
        "JOIN inventory_directoryuser u ON u.organization_id = o.organization_id"
        f" AND u.feed_id = o.feed_id AND u.foreign_id = o.owner_ref{_as_in_models(hand)}"
    )


def _as_in_models(hand: Hand) -> str:
    """Return what lets PostgreSQL find a reference in an index of foreign ids."""
    return ' COLLATE "default"' if hand.facts.is_postgresql else ""


def _devices_of(hand: Hand, users: str) -> str:
    """Return what users own or use, starting from the users.

    CROSS JOIN is the order that SQLite keeps; to PostgreSQL it is any join.
    """
    return (
        f"SELECT DISTINCT s.asset_id AS id FROM ({users}) these"
        " CROSS JOIN inventory_directoryuser u CROSS JOIN ownership o"
        " CROSS JOIN inventory_assetsource s WHERE u.id = these.id"
        f" AND u.organization_id = {hand.organization} AND o.organization_id = {hand.organization}"
        " AND o.owner_ref = u.foreign_id AND o.feed_id = u.feed_id AND o.subject_kind = 1"
        f" AND o.owner_kind = 1 AND s.organization_id = {hand.organization}"
        f" AND s.feed_id = o.feed_id AND s.foreign_id = o.subject_ref{_as_in_models(hand)}"
        " AND s.asset_id IS NOT NULL"
    )


def _members(hand: Hand, name: str, *, kind: int = 1) -> str:
    """Return the users (1) or assets (3) of groups whose names contain this, or groups within."""
    table, column = {
        1: ("inventory_directoryuser", "id"),
        3: ("inventory_assetsource", "asset_id"),
    }[kind]
    like = f"LIKE '%{name.casefold()}%'"
    texts = " OR ".join(f"lower(g.{each}) {like}" for each in ("name", "display_name", "email"))
    organization = hand.organization
    is_postgresql = hand.facts.is_postgresql
    reference = 'g.foreign_id::text COLLATE "C"' if is_postgresql else "g.foreign_id"
    return (
        f"WITH RECURSIVE inside(feed_id, ref) AS (SELECT g.feed_id, {reference}"
        f" FROM inventory_directorygroup g WHERE g.organization_id = {organization} AND ({texts})"
        " UNION SELECT m.feed_id, m.member_ref FROM inside JOIN membership m ON m.organization_id ="
        f" {organization} AND m.group_ref = inside.ref AND m.feed_id = inside.feed_id"
        f" AND m.member_kind = 2) SELECT DISTINCT e.{column} AS id FROM inside JOIN membership m"
        f" ON m.organization_id = {organization} AND m.group_ref = inside.ref"
        f" AND m.feed_id = inside.feed_id AND m.member_kind = {kind} JOIN {table} e"
        f" ON e.organization_id = {organization} AND e.feed_id = m.feed_id"
        f" AND e.foreign_id = m.member_ref{_as_in_models(hand)} AND e.{column} IS NOT NULL"
    )
