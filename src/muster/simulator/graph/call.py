"""One authorised call of Graph, with everything an endpoint needs to answer it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from muster.simulator.graph.access import Caller
from muster.simulator.graph.lists.paging import Page, PageTokens
from muster.simulator.graph.query.options import Options
from muster.simulator.graph.store.view import View
from muster.simulator.web.faults import FaultKind
from muster.simulator.web.request import Request


@dataclass(frozen=True, slots=True)
class Call:
    """A request whose token is good and whose options are read."""

    request: Request
    options: Options
    caller: Caller
    view: View
    tokens: PageTokens
    clock: Callable[[], datetime]

    def context(self, fragment: str) -> str:
        """The `@odata.context` of an answer."""
        return f"{self.request.base}/v1.0/$metadata#{fragment}"

    def page(self) -> Page:
        """The page of its listing that is asked for. Raises GraphError for a bad token."""
        token = self.options.skip_token
        if token is None:
            return Page(version=self.view.directory.version)
        return self.tokens.page(
            self.request, query=self.options.query, tenant=self.caller.tenant.id, token=token
        )

    def link(self, page: Page) -> str:
        """The address of another page of its listing."""
        return self.tokens.link(
            self.request, query=self.options.query, tenant=self.caller.tenant.id, page=page
        )

    def has_fault(self, kind: FaultKind) -> bool:
        """True if that shall go wrong with this request."""
        return self.request.fault(kind) is not None
