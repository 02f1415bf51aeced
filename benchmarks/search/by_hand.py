"""How a person who knows the tables writes a search in SQL, on either engine.

A page is 50 ids by `last_seen`, newest first, and comes with a count up to 10,001. There are two
good ways: to gather all matches and sort them (few match), or to walk the index of `last_seen`
and test row by row (many match). Where both are plausible a question gives both, and the faster
one on the loaded database is what Muster is compared with.
"""

from dataclasses import dataclass

from facts import Facts

PAGE = 50
MOST = 10_001


@dataclass(frozen=True, slots=True)
class Answer:
    """Two statements: ids of a page, and the count; "" where the page's rows tell it, too."""

    way: str
    page: str
    count: str = ""


@dataclass(frozen=True, slots=True)
class Hand:
    """Writes statements for the rows of one inventory."""

    facts: Facts
    inventory: str = "assets"

    @property
    def rows(self) -> str:
        """The table of the inventory's rows."""
        return {
            "assets": "inventory_asset",
            "users": "inventory_directoryuser",
            "groups": "inventory_directorygroup",
        }[self.inventory]

    @property
    def organization(self) -> int:
        """The organization's number."""
        return self.facts.organization_id

    def gather(self, ids: str, *, order: str = "t.last_seen DESC, t.id DESC") -> Answer:
        """Gather the ids, each once, sort them, and count them on the way."""
        page = (
            f"WITH m AS MATERIALIZED ({ids}) SELECT t.id, (SELECT COUNT(*) FROM m)"
            f" FROM m JOIN {self.rows} t ON t.id = m.id ORDER BY {order} LIMIT {PAGE}"
        )
        return Answer("gather", page)

    def gather_and_count(self, ids: str) -> Answer:
        """Gather the ids for the page, but count only as far as one looks."""
        gathered = self.gather(ids).page.replace(", (SELECT COUNT(*) FROM m)", "")
        return Answer("gather, count apart", gathered, self.capped(ids))

    def walk(self, test: str, *, ids: str = "", first: str = "") -> Answer:
        """Walk from the newest on; count the `ids`, or by the same test. `first` is a WITH."""
        where = f"{self.rows} t WHERE t.organization_id = {self.organization} AND {test}"
        page = f"{first}SELECT t.id FROM {where} ORDER BY t.last_seen DESC, t.id DESC LIMIT {PAGE}"
        # Without a word on it SQLite reads rows by an index that scatters them.
        is_scattered = self.inventory == "assets" and "t.last_seen" not in test
        is_scattered = is_scattered and not self.facts.is_postgresql
        steady = where.replace(" t WHERE", " t INDEXED BY asset_by_site WHERE", 1)
        counted = f"SELECT t.id FROM {steady if is_scattered else where}"
        count = self.capped(ids) if ids else first + self.capped(counted)
        return Answer("walk", page, count)

    def capped(self, ids: str) -> str:
        """Return the statement that counts ids up to the most that is shown."""
        return f"SELECT COUNT(*) FROM (SELECT 1 FROM ({ids}) found LIMIT {MOST}) counted"

    def slice(self, key: str, test: str, *, inventory: str = "assets") -> str:
        """Return whoever has a value of one attribute that passes; twice if two values do."""
        owner = {"assets": "asset_id", "users": "user_id", "groups": "group_id"}[inventory]
        return (
            f"SELECT {owner} AS id FROM {inventory.removesuffix('s')}_attribute"
            f" WHERE organization_id = {self.organization}"
            f" AND key_id = {self.facts.keys[inventory, key]} AND {test}"
        )

    def has(self, key: str, test: str) -> str:
        """Return the test that row `t` has exactly such a value: one look into the index."""
        return (
            f"EXISTS (SELECT 1 FROM asset_attribute a WHERE a.organization_id = {self.organization}"
            f" AND a.key_id = {self.facts.keys['assets', key]} AND {test} AND a.asset_id = t.id)"
        )

    def values(self, key: str, test: str) -> str:
        """Return a WITH of the few values of an attribute that pass, `passing(value)`.

        Each is found by one look into the index, so that a million rows cost as much as ten.
        """
        start = (
            f"FROM asset_attribute WHERE organization_id = {self.organization}"
            f" AND key_id = {self.facts.keys['assets', key]}"
        )
        return (
            f"WITH RECURSIVE known(value) AS (SELECT * FROM (SELECT value {start}"
            " ORDER BY value LIMIT 1) smallest UNION ALL"
            f" SELECT (SELECT value {start} AND value > known.value ORDER BY value LIMIT 1)"
            " FROM known WHERE known.value IS NOT NULL),"
            f" passing AS MATERIALIZED (SELECT value FROM known WHERE value IS NOT NULL AND {test})"
        )

    def few(self, key: str, test: str) -> list[Answer]:
        """Return the ways to ask an attribute that has few values: find those that pass first."""
        values = self.values(key, test)
        passing = self.slice(key, "value IN (SELECT value FROM passing)")
        ids = f"{values} {passing}"
        test = self.has(key, "a.value IN (SELECT value FROM passing)")
        return [self.gather(ids), self.walk(test, ids=ids, first=f"{values} ")]
