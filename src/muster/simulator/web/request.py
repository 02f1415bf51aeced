"""One request as every endpoint reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote, unquote_plus

from muster.simulator.web.faults import Fault, FaultKind


@dataclass(frozen=True, slots=True)
class Request:
    """A request, decoded once. `base` is the scheme, host and port the client itself used."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base: str = "http://localhost"
    faults: tuple[Fault, ...] = ()
    in_batch: bool = False

    @property
    def host(self) -> str:
        """The host name alone, lower case."""
        return (
            self.base.partition("://")[2].rpartition(":")[0].lower()
            or self.base.partition("://")[2].lower()
        )

    @property
    def segments(self) -> list[str]:
        """The path's parts, each decoded on its own so that an encoded slash stays inside one."""
        return [unquote(part) for part in self.path.split("/") if part]

    def parameters(self) -> list[tuple[str, str]]:
        """The query's names and values in their order, decoded."""
        pairs = (part.partition("=") for part in self.query.split("&") if part)
        return [(unquote_plus(name), unquote_plus(value)) for name, _, value in pairs]

    def form(self) -> dict[str, str]:
        """The body of a posted form; a name given twice keeps its last value."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    def header(self, name: str) -> str:
        """A header's value, or an empty text."""
        return self.headers.get(name.lower(), "")

    def fault(self, kind: FaultKind) -> Fault | None:
        """The fault of that kind that this request was chosen for."""
        return next((fault for fault in self.faults if fault.kind is kind), None)

    def with_faults(self, faults: tuple[Fault, ...]) -> "Request":
        """This request, chosen for those faults."""
        return replace(self, faults=faults)
