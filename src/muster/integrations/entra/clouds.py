"""National clouds: where to sign in, where Graph is, and what to ask a token for."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from muster.core.errors import ConfigError

LOGIN = "login"
GRAPH = "graph"


@dataclass(frozen=True, slots=True)
class Cloud:
    """One cloud. `authority` and `graph` are the real addresses, which MSAL insists on.

    `login_base` and `graph_base` are where requests go: the same, unless the server's settings
    replace them (a simulator, a private gateway).
    """

    label: str
    authority: str
    graph: str
    login_base: str = ""
    graph_base: str = ""

    @property
    def scope(self) -> str:
        """The scope of a token that Graph of this cloud accepts; those of others do not fit."""
        return f"{self.graph}/.default"


# Source: https://learn.microsoft.com/graph/deployments (read 2026-11). GCC shares the global cloud.
CLOUDS: Mapping[str, Cloud] = {
    "global": Cloud("Global", "https://login.microsoftonline.com", "https://graph.microsoft.com"),
    "gcc": Cloud(
        "US Government GCC", "https://login.microsoftonline.com", "https://graph.microsoft.com"
    ),
    "gcc_high": Cloud(
        "US Government GCC High", "https://login.microsoftonline.us", "https://graph.microsoft.us"
    ),
    "dod": Cloud(
        "US Government DoD", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us"
    ),
    "china": Cloud(
        "China (21Vianet)",
        "https://login.chinacloudapi.cn",
        "https://microsoftgraph.chinacloudapi.cn",
    ),
}


def cloud(name: str, endpoints: Mapping[str, str]) -> Cloud:
    """Return the cloud of that name, its base addresses replaced by `endpoints` where given.

    Raises ConfigError for an unknown cloud or an address that is none.
    """
    found = CLOUDS.get(name)
    if found is None:
        raise ConfigError(
            f"there is no cloud named {name!r}", hint=f"Choose one of {', '.join(CLOUDS)}."
        )
    return Cloud(
        found.label,
        found.authority,
        found.graph,
        login_base=_base(endpoints.get(LOGIN) or found.authority),
        graph_base=_base(endpoints.get(GRAPH) or found.graph),
    )


def _base(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError(
            f"{address!r} is no base address of a service",
            hint="The server's setting needs http(s)://host[:port].",
        )
    return address.rstrip("/")
