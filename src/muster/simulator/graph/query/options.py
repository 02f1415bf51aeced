"""The query options of one request, read and checked for what can be said without the data."""

from dataclasses import dataclass

from muster.simulator.graph.errors import GraphError, bad_request, malformed, unsupported
from muster.simulator.web.request import Request

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 999
_KNOWN = frozenset(
    {
        "$select", "$top", "$filter", "$count", "$orderby", "$search", "$expand", "$skiptoken",
        "$deltatoken", "$skip", "$format",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Options:
    """What a request asks of a collection. None means the option was not given."""

    select: tuple[str, ...] | None = None
    top: int | None = None
    filter: str | None = None
    is_counted: bool = False
    order_by: str | None = None
    search: str | None = None
    expand: str | None = None
    skip_token: str | None = None
    delta_token: str | None = None
    is_eventual: bool = False
    query: str = ""

    @property
    def is_advanced(self) -> bool:
        """True where the header and `$count=true` are both there."""
        return self.is_eventual and self.is_counted

    @property
    def page_size(self) -> int:
        """How many rows a page has."""
        return self.top or DEFAULT_PAGE_SIZE

    @property
    def is_plain(self) -> bool:
        """True if the rows are the collection itself, in its own order."""
        return self.filter is None and self.search is None and self.order_by is None


def read_options(request: Request) -> Options:
    """Read them. Raises GraphError for what Graph refuses at once.

    A name without its `$` is some parameter of the client's own: silently ignored.
    """
    given: dict[str, str] = {}
    for raw, value in request.parameters():
        name = raw.lower()
        if not name.startswith("$"):
            continue
        if name not in _KNOWN:
            raise malformed(f"The query parameter '{raw}' is not supported.")
        if name in given:
            raise malformed(
                f"Query option '{raw}' was specified more than once, but it must be specified at "
                "most once."
            )
        given[name] = value
    return _options(given, request)


def _options(given: dict[str, str], request: Request) -> Options:
    if "$skip" in given:
        raise bad_request("'$skip' is not supported by the service.")
    options = Options(
        select=_select(given.get("$select")),
        top=_top(given.get("$top")),
        filter=given.get("$filter"),
        is_counted=_count(given.get("$count")),
        order_by=given.get("$orderby") or None,
        search=given.get("$search"),
        expand=given.get("$expand") or None,
        skip_token=given.get("$skiptoken"),
        delta_token=given.get("$deltatoken"),
        is_eventual=request.header("consistencylevel").strip().lower() == "eventual",
        query=_without_token(request.query),
    )
    _check_together(options)
    return options


def _check_together(options: Options) -> None:
    if options.search is not None and not options.is_eventual:
        raise unsupported(
            "Request with $search query parameter only works through MSGraph with a special "
            "request header: 'ConsistencyLevel: eventual'"
        )
    if options.filter is not None and options.order_by and not options.is_advanced:
        raise unsupported("Sorting not supported for current query.")
    is_advanced_query = options.is_advanced or options.search is not None
    if options.expand and is_advanced_query:
        raise GraphError(
            400,
            "Request_UnsupportedQuery",
            "$expand is not supported together with advanced queries.",
        )


def _select(text: str | None) -> tuple[str, ...] | None:
    if text is None:
        return None
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    if not all(names):
        raise malformed("Parsing OData Select and Expand failed: Term is missing.")
    return names


def _top(text: str | None) -> int | None:
    if text is None:
        return None
    if not (text.isascii() and text.isdigit()):
        raise malformed(
            f"Invalid value '{text}' for $top query option found. The $top query option requires "
            "a non-negative integer value."
        )
    if len(text) > len(str(MAX_PAGE_SIZE)) or not 1 <= int(text) <= MAX_PAGE_SIZE:
        raise bad_request(
            f"Invalid page size specified: '{text}'. Must be between 1 and {MAX_PAGE_SIZE} "
            "inclusive."
        )
    return int(text)


def _count(text: str | None) -> bool:
    if text is None:
        return False
    if text.lower() not in {"true", "false"}:
        raise malformed(
            f"Invalid value '{text}' for $count query option found. Valid values are 'true' and "
            "'false'."
        )
    return text.lower() == "true"


def _without_token(query: str) -> str:
    tokens = ("$skiptoken=", "%24skiptoken=", "$deltatoken=", "%24deltatoken=")
    return "&".join(p for p in query.split("&") if p and not p.lower().startswith(tokens))
