"""Pages and counts of what a query matches: see docs/decisions/0014-few-things-first.md."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from muster.inventory.search import limits
from muster.inventory.search.compiling import dialects
from muster.inventory.search.compiling.reading import CANDIDATES, Reading
from muster.inventory.search.compiling.sql import FALSE, TRUE, Sql, all_of, sql
from muster.inventory.search.finding.asked import Asked
from muster.inventory.search.finding.paging import Order, order
from muster.inventory.search.finding.sets import ALL, Few, Leader, Sets

_SAMPLE = 50
_SHARES = (1.2, 4)
"""So many rows of the wanted number are read to see whether enough of them differ."""

Rows = list[Any]
"""Ids and order values."""


class Finding:
    """Finds what one query matches.

    If any part of it matches few things, those are found first, and the rest is only asked of
    them. If not, many things match most likely: then the order's index is walked a little way,
    and a count stops at its limit.
    """

    def __init__(self, asked: Asked) -> None:
        """Know nothing yet."""
        self._asked = asked
        self._sets = Sets(asked)
        self._number: int | None = None
        """How many match, once that is known."""
        self._is_begun = False
        """True once a page was found that starts with the first row."""
        self._is_complete = False
        """True once all rows of the order were looked at for a page."""
        self._seen: tuple[Sql, Order, Rows] | None = None
        """Behind what a page was found, in which order, and what was found."""

    def page(self, wanted: Order, behind: Sql, size: int, *, is_counted: bool = False) -> Rows:
        """Return ids and order values of a page. With `is_counted` a count will follow."""
        self._is_begun = self._is_begun or behind == TRUE
        if self._asked.test in {TRUE, FALSE}:
            return [] if self._asked.test == FALSE else self._walk(wanted, behind, size)
        few = self._sets.few() or self._sets.few_related(is_counted=is_counted)
        if few is None and wanted.is_indexed:
            found = self._first(wanted, behind, size, is_counted=is_counted)
            if len(found) == size or self._is_complete:
                return found
        few = few or self._sets.few(ALL)
        if few is not None:
            return self._page_of_few(few, wanted, behind, size)
        if wanted.is_indexed and self._sets.is_large:
            return self._walk(wanted, behind, size)  # there is one among a hundred rows or so
        return self._gathered(wanted, behind, size)

    def count(self, *, most: int | None) -> int:
        """Return how many match, or `most` if it is more."""
        if self._number is not None:
            return self._number if most is None else min(self._number, most)
        if self._asked.test == FALSE:
            return 0
        if not self._is_begun:  # what a page costs is little, and tells how many to expect
            latest = order(self._asked.inventory, "-last_seen")
            self.page(latest, TRUE, _SAMPLE, is_counted=most is not None)
        return self._counted(most)

    def _counted(self, most: int | None) -> int:
        """Return the count after a page was found, from which much is known."""
        if self._number is not None:
            return self._number if most is None else min(self._number, most)
        is_capped = most is not None and most <= limits.FEW + 1
        if is_capped and self._sets.is_many:
            return most or 0
        few = self._sets.few()
        if few is not None:
            return self._count_of_few(few)
        if is_capped and self._is_certainly_many():
            return most or 0
        return self._streamed_count(most)

    def ids_behind(self, last: int, size: int) -> list[int]:
        """Return the next ids behind one, ascending."""
        few = self._sets.few(ALL)
        asked = self._asked
        if few is not None:
            later = [each for each in few.ids if each > last]
            tested = asked.tested(self._rest(few), Sql("t.id"))
            found = self._near(tested + sql(" ORDER BY t.id LIMIT %s", size), later)
        else:
            where = all_of([asked.scope, sql("t.id > %s", last), asked.read(Reading.STREAMED).test])
            start = Sql(f"SELECT t.id FROM {asked.rows} t WHERE ")
            found = asked.fetch(
                start + where + sql(" ORDER BY t.id LIMIT %s", size), Reading.STREAMED
            )
        return [row[0] for row in found]

    def _near(self, statement: Sql, ids: Sequence[int]) -> Rows:
        return self._asked.fetch(
            statement, Reading.NEAR, named={f"{CANDIDATES}(id)": dialects.listed(ids)}
        )

    def _rest(self, few: Few) -> Sql:
        """Return what they have yet to pass."""
        near = self._asked.read(Reading.NEAR).parts
        rest = (part for number, part in enumerate(near) if number != few.part)
        return all_of([self._asked.tables.shown, *rest])

    def _page_of_few(self, few: Few, wanted: Order, behind: Sql, size: int) -> Rows:
        """Return a page; from the first one, how many match follows too."""
        rest = self._rest(few)
        if rest == TRUE:
            self._number = len(few.ids)
        is_all = behind == TRUE and self._number is None
        most = limits.FEW if is_all else size
        found = self._sorted(few.ids, all_of([rest, behind]), wanted, most)
        if is_all:
            self._number = len(found)
        return found[:size]

    def _count_of_few(self, few: Few) -> int:
        rest = self._rest(few)
        if rest == TRUE:
            return len(few.ids)
        counted = self._asked.tested(rest, Sql("COUNT(*)"))
        return int(self._near(counted, few.ids)[0][0])

    def _first(self, wanted: Order, behind: Sql, size: int, *, is_counted: bool) -> Rows:
        """Return the page, or less of it, from the first rows of the order."""
        if self._asked.read(Reading.STREAMED).test.is_dear:
            return self._first_at_once(wanted, behind, size, is_counted=is_counted)
        asked = self._asked
        looks = asked.read(Reading.STREAMED).test.looks
        most = max(limits.FIRST_ROWS, limits.MOST_LOOKS // (1 + looks))
        start = Sql(f"SELECT {wanted.expression}, t.id FROM {asked.rows} t WHERE ")
        within = all_of([asked.scope, self._range(wanted, behind=behind)])
        last = asked.fetch(start + within + sql(f" {wanted.clause()} LIMIT 1 OFFSET %s", most))
        until = wanted.until(*last[0]) if last else TRUE
        found = self._walk(wanted, behind, size, until=until)
        self._is_complete = len(found) < size and not last
        if self._is_complete and behind == TRUE:
            self._number = len(found)
        elif found:
            self._seen = behind, wanted, found
        return found

    def _range(self, wanted: Order, *, behind: Sql = TRUE, until: Sql = TRUE) -> Sql:
        bounds = self._asked.bounds(wanted.by.figure)
        return wanted.between(bounds, behind=behind, until=until)

    def _first_at_once(self, wanted: Order, behind: Sql, size: int, *, is_counted: bool) -> Rows:
        """Return the same, asking as many rows as are worth to read whole sets for."""
        is_certain = is_counted and behind == TRUE and self._is_led_badly()
        rows, most = (
            (limits.LATEST_ROWS, limits.FEW + 1) if is_certain else (limits.FIRST_ROWS, size)
        )
        found = self._latest(wanted, behind, Sql(f"t.id, {wanted.expression}"), rows, most)
        if is_certain and len(found) > limits.FEW:
            self._sets.is_many = True
        return found[:size]

    def _is_certainly_many(self) -> bool:
        """True if more than few match among the latest already, asked where no set leads well."""
        asked = self._asked
        if not asked.read(Reading.STREAMED).test.is_dear or not self._is_led_badly():
            return False
        latest = order(asked.inventory, "-last_seen")
        return (
            len(self._latest(latest, TRUE, Sql("t.id"), limits.LATEST_ROWS, limits.FEW + 1))
            > limits.FEW
        )

    def _latest(self, wanted: Order, behind: Sql, columns: Sql, rows: int, most: int) -> Rows:
        asked = self._asked
        first = Sql(f"SELECT t.id FROM {asked.rows} t WHERE ") + all_of(
            [asked.scope, self._range(wanted, behind=behind)]
        )
        tested = asked.tested(asked.read(Reading.NEAR).test, columns)
        named = {f"{CANDIDATES}(id)": first + sql(f" {wanted.clause()} LIMIT %s", rows)}
        return asked.fetch(
            tested + sql(f" {wanted.clause()} LIMIT %s", most), Reading.NEAR, named=named
        )

    def _is_led_badly(self) -> bool:
        """True if there is no set to start from, or the rest must be read as whole sets, too."""
        leader = self._sets.leader(expected=limits.FEW + 1)
        if leader is None:
            return True
        tests = self._asked.read(Reading.STREAMED).parts
        return any(each.is_dear for n, each in enumerate(tests) if n not in leader.passed)

    def _walk(self, wanted: Order, behind: Sql, size: int, *, until: Sql = TRUE) -> Rows:
        """Return the page from the order's index, until a row if one is named."""
        asked = self._asked
        within = self._range(wanted, behind=behind, until=until)
        where = all_of([asked.scope, within, asked.read(Reading.STREAMED).test])
        return asked.fetch(
            Sql(f"SELECT t.id, {wanted.expression} FROM {asked.rows} t WHERE ")
            + where
            + sql(f" {wanted.clause()} LIMIT %s", size),
            Reading.STREAMED,
        )

    def _gathered(self, wanted: Order, behind: Sql, size: int) -> Rows:
        """Return the page from all that matches, which also tells how many that are."""
        leader = self._sets.leader(expected=0)
        if leader is None:
            return self._walk(wanted, behind, size)
        asked = self._asked
        led = self._led(leader)
        named = leader.named
        matched = asked.fetch(
            led + sql(" LIMIT %s", limits.FEW + 1), Reading.WHOLE, Reading.STREAMED, named=named
        )
        if len(matched) <= limits.FEW:
            self._number = len(matched)
            return self._sorted([row[0] for row in matched], behind, wanted, size)
        self._sets.is_many = True
        statement = (
            Sql(f"SELECT t.id, {wanted.expression} FROM (")
            + led
            + Sql(f") matched {dialects.leading_join()} {asked.rows} t ON t.id = matched.id WHERE ")
            + all_of([asked.own, behind])
            + sql(f" {wanted.clause()} LIMIT %s", size)
        )
        return asked.fetch(statement, Reading.WHOLE, Reading.STREAMED, named=named)

    def _sorted(self, ids: Sequence[int], rest: Sql, wanted: Order, size: int) -> Rows:
        if not ids:
            return []
        tested = self._asked.tested(rest, Sql(f"t.id, {wanted.expression}"))
        return self._near(tested + sql(f" {wanted.clause()} LIMIT %s", size), ids)

    def _streamed_count(self, most: int | None) -> int:
        asked = self._asked
        limit = Sql("") if most is None else sql(" LIMIT %s", most)
        expected = self._expected() if most is not None else 0
        if self._sets.is_to_choose and expected <= limits.FEW and dialects.joins_sets():
            counted = Sql("SELECT COUNT(*) FROM (") + asked.matched(most=most) + Sql(") counted")
            return int(asked.fetch(counted, Reading.WHOLE)[0][0])
        leader = self._sets.leader(expected=expected)
        if leader is None:
            found = self._every()
        else:
            if most is not None and self._has_soon(leader, most):
                return most
            found = self._led(leader)
        named = leader.named if leader else None
        counted = Sql("SELECT COUNT(*) FROM (") + found + limit + Sql(") counted")
        return int(asked.fetch(counted, Reading.WHOLE, Reading.STREAMED, named=named)[0][0])

    def _has_soon(self, leader: Leader, most: int) -> bool:
        """True if so many are among the first, where else all are read to know each once."""
        if leader.is_unique or dialects.knows_each_at_once():
            return False
        led = self._led(replace(leader, is_unique=True))
        for share in _SHARES:
            first = led + sql(" LIMIT %s", int(share * most))
            counted = Sql("SELECT COUNT(DISTINCT id) FROM (") + first + Sql(") first_of_it")
            found = self._asked.fetch(
                counted, Reading.WHOLE, Reading.STREAMED, named=leader.named, is_begun_only=True
            )
            if found[0][0] >= most:
                return True
        return False

    def _every(self) -> Sql:
        """Return the ids that match, asked of all rows one after the other."""
        asked = self._asked
        latest = order(asked.inventory, "-last_seen")
        within = self._range(latest) if latest.is_indexed else TRUE
        rows = dialects.all_rows(asked.tables) if within == TRUE else f"{asked.rows} t"
        where = all_of([asked.scope, within, asked.read(Reading.STREAMED).test])
        return Sql(f"SELECT t.id FROM {rows} WHERE ") + where

    def _led(self, leader: Leader) -> Sql:
        """Return the ids that match among those of a leader, once each."""
        asked = self._asked
        tests = asked.read(Reading.STREAMED).parts
        rest = [each for number, each in enumerate(tests) if number not in leader.passed]
        of_id = all_of([each for each in rest if each.is_of_id])
        of_row = all_of([asked.tables.shown, *(each for each in rest if not each.is_of_id)])
        select = "SELECT" if leader.is_unique else "SELECT DISTINCT"
        if of_row == TRUE:
            return Sql(f"{select} t.id FROM {leader.ids} t WHERE ") + of_id
        return (
            Sql(f"{select} t.id FROM (SELECT t.id FROM {leader.ids} t WHERE ")
            + of_id
            + Sql(f") led {dialects.leading_join()} {asked.rows} t ON t.id = led.id WHERE ")
            + all_of([asked.own, of_row])
        )

    def _expected(self) -> float:
        """Return about how many match, judging by the rows where the page was found."""
        if self._seen is None or not self._sets.is_to_choose:
            return 0
        asked = self._asked
        behind, wanted, found = self._seen
        until = wanted.until(found[-1][1], found[-1][0])
        start = Sql(f"SELECT COUNT(*) FROM (SELECT 1 FROM {asked.rows} t WHERE ")
        seen = all_of([asked.scope, self._range(wanted, behind=behind, until=until)])
        number = asked.fetch(start + seen + Sql(") seen"))[0][0]
        every = asked.fetch(Sql(f"SELECT MAX(id) FROM {asked.rows}"))[0][0]
        if self._range(wanted) != TRUE:
            within = all_of([asked.scope, self._range(wanted)])
            limit = sql(" LIMIT %s) rows_of_it", limits.MOST_CROSSED)
            every = min(every, asked.fetch(start + within + limit)[0][0])
        return float(len(found) / number * every)
