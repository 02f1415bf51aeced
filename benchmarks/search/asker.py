"""Asking one question of Muster, or in SQL by hand, on the same connection."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import machines
from asking import Question
from by_hand import MOST, PAGE, Answer
from django.db import connection
from facts import Facts
from questions import questions

from muster.inventory.search import facets, search
from muster.organizations.scope import Scope, scope_by_name
from muster.query.values.versions import version_key

Found = tuple[list[Any], int]
"""Ids of the page, and how many match, up to 10,001 (0 where it is not asked).

Of a facet it is values with their numbers, and how many match in all.
"""

_NOW = datetime.fromtimestamp(machines.NOW, UTC)


@dataclass(frozen=True, slots=True)
class Behind:
    """Where a second page starts: our key, and the same in SQL."""

    key: str = ""
    last_seen: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks within one organization."""

    scope: Scope
    facts: Facts

    @classmethod
    def ready(cls) -> "Asker":
        """Return one whose connection has the settings that a person would give it once."""
        scope = scope_by_name("")
        facts = Facts.read(scope.organization_id)
        if facts.is_postgresql:
            with connection.cursor() as cursor:
                cursor.execute("SET work_mem = '64MB'; SET jit = off")
        else:
            raw: sqlite3.Connection = connection.connection
            raw.create_function("muster_version_key", 1, version_key, deterministic=True)
        return cls(scope, facts)

    def questions(self, only: str) -> list[Question]:
        """Return the questions whose name contains this."""
        return [each for each in questions(self.facts) if only in each.name]

    def prepare(self, question: Question) -> Behind:
        """Return where the question's page starts."""
        if not question.is_second_page:
            return Behind()
        page = self._page(question, Behind())
        with connection.cursor() as cursor:
            cursor.execute("SELECT last_seen FROM inventory_asset WHERE id = %s", [page.ids[-1]])
            return Behind(page.next_key, cursor.fetchone()[0], page.ids[-1])

    def ours(self, question: Question, behind: Behind) -> tuple[list[Any], int, float]:
        """Return what Muster finds, and the milliseconds that it took."""
        at = time.perf_counter()
        if question.by:
            facet = facets(self.scope, question.text, now=_NOW, by=question.by)
            values = [(each.value.casefold(), each.number) for each in facet.values]
            return values, facet.total, (time.perf_counter() - at) * 1000
        found = self._page(question, behind)
        taken = (time.perf_counter() - at) * 1000
        number = found.count.number + found.count.is_capped if found.count else 0
        return list(found.ids), number, taken

    def by_hand(self, question: Question, answer: Answer, behind: Behind) -> Callable[[], Found]:
        """Return a call that finds the same with a hand-written answer."""
        page = answer.page.replace(":last_seen", str(behind.last_seen))
        page = page.replace(":number", str(behind.number))

        def found() -> Found:
            rows = _rows(page)
            if question.by:
                values = [(str(value).casefold(), int(number)) for value, number in rows]
                return values, _rows(answer.count)[0][0]
            if answer.count:
                number = _rows(answer.count)[0][0]
            else:
                number = rows[0][1] if rows and len(rows[0]) > 1 else 0
            return [row[0] for row in rows[:PAGE]], min(number, MOST)

        return found

    def matched(self, found: tuple[list[Any], int, float]) -> str:
        """Return how many matched, as people read it."""
        number = found[1] or len(found[0])
        return "10,000+" if number == MOST else f"{number:,}"

    def print_sql(self, question: Question) -> None:
        """Print the statements that Muster sends for a question."""

        def tell(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's own signature
            print(f"    {sql}\n      {parameters}")
            return execute(sql, parameters, many, context)

        with connection.execute_wrapper(tell):
            self.ours(question, self.prepare(question))

    def _page(self, question: Question, behind: Behind) -> Any:
        return search(
            self.scope,
            question.text,
            now=_NOW,
            inventory=question.inventory,
            sort=question.sort,
            page_size=PAGE,
            after=behind.key,
            is_counted=not question.is_second_page,
        )


def _rows(sql: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
