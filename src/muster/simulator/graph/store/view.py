"""One tenant as Graph's endpoints see it: its directory, rows and answers to queries."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from muster.simulator.directory.shelf import JSONObject
from muster.simulator.graph.kinds import KindInfo
from muster.simulator.graph.query.filters import filter_test, named_ids
from muster.simulator.graph.query.options import Options
from muster.simulator.graph.query.ordering import read_order
from muster.simulator.graph.query.search import search_test
from muster.simulator.graph.store.relations import Relations
from muster.simulator.graph.store.rows import Rows
from muster.simulator.tenants import Tenant

Test = Callable[[Mapping[str, object]], bool]
_KEPT_ANSWERS = 8
_SCAN_SIZE = 500


class View:
    """A tenant with what is remembered of it between requests."""

    def __init__(self, tenant: Tenant, *, megabytes: int) -> None:
        """Look at that tenant, keeping so many megabytes of rows."""
        self.tenant = tenant
        self.directory = tenant.directory
        self.rows = Rows(tenant.directory, megabytes=megabytes)
        self.relations = Relations(tenant.directory)
        self._answers: OrderedDict[tuple[Any, ...], Sequence[str]] = OrderedDict()

    def tests(self, options: Options, info: KindInfo) -> list[Test]:
        """The tests that an object must pass. Raises GraphError for what Graph refuses."""
        found: list[Test] = []
        if options.filter is not None:
            has_null_logic = self.tenant.config.has_null_logic
            test = filter_test(
                options.filter,
                info=info,
                is_advanced=options.is_advanced,
                has_null_logic=has_null_logic,
            )
            found.append(test)
        if options.search is not None:
            found.append(search_test(options.search, info=info))
        return found

    def matching(self, options: Options, info: KindInfo, *, version: int) -> Sequence[str]:
        """The ids that a query finds, in its order; the same list for every page of a listing."""
        tests = self.tests(options, info)
        key = (info.kind, options.filter, options.search, options.order_by, version)
        found = self._answers.get(key)
        if found is None:
            found = choose(self._candidates(options, info), tests=tests, options=options, info=info)
            self._answers[key] = found
            while len(self._answers) > _KEPT_ANSWERS:
                self._answers.popitem(last=False)
        return found

    def _candidates(self, options: Options, info: KindInfo) -> Iterable[JSONObject]:
        """Everything, or only what a filter names by id, as an index would find it."""
        ids = None if options.filter is None else named_ids(options.filter)
        if ids is None:
            return self._everything(info)
        found = (self.directory.get(info.kind, each) for each in ids)
        return (each for each in found if each is not None)

    def _everything(self, info: KindInfo) -> Iterable[JSONObject]:
        cursor: int | None = 0
        while cursor is not None:
            objects, cursor = self.directory.page_after(info.kind, cursor, _SCAN_SIZE)
            yield from objects


def choose(
    objects: Iterable[JSONObject], *, tests: list[Test], options: Options, info: KindInfo
) -> list[str]:
    """The ids of the objects that pass every test, in the order asked for."""
    passing = (row for row in objects if all(test(row) for test in tests))
    if options.order_by is None:
        return [str(row["id"]) for row in passing]
    order = read_order(options.order_by, info=info)
    keyed = sorted(
        ((order.key(row), str(row["id"])) for row in passing),
        key=lambda pair: pair[0],
        reverse=order.is_descending,
    )
    return [object_id for _, object_id in keyed]
