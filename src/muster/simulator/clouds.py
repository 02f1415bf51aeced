"""Microsoft's clouds: which hosts sign in, and which host is Graph."""

from dataclasses import dataclass

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"


@dataclass(frozen=True, slots=True)
class Cloud:
    """One national cloud.

    Source: https://learn.microsoft.com/graph/deployments (read 2026-11).
    """

    name: str
    instance: str
    login_hosts: tuple[str, ...]
    graph_host: str

    @property
    def graph_audience(self) -> str:
        """Graph's application ID URI here."""
        return f"https://{self.graph_host}"


CLOUDS = {
    cloud.name: cloud
    for cloud in (
        Cloud(
            "global",
            "microsoftonline.com",
            ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com"),
            "graph.microsoft.com",
        ),
        Cloud("usgov", "microsoftonline.us", ("login.microsoftonline.us",), "graph.microsoft.us"),
        Cloud("dod", "microsoftonline.us", ("login.microsoftonline.us",), "dod-graph.microsoft.us"),
        Cloud(
            "china",
            "partner.microsoftonline.cn",
            ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn"),
            "microsoftgraph.chinacloudapi.cn",
        ),
    )
}
LOGIN_HOSTS = frozenset(host for cloud in CLOUDS.values() for host in cloud.login_hosts)
GRAPH_HOSTS = frozenset(cloud.graph_host for cloud in CLOUDS.values())
# Resources of other Microsoft services: Entra gives tokens for them, Graph refuses those tokens.
OTHER_RESOURCES = (
    "https://management.azure.com",
    "https://management.core.windows.net",
    "https://graph.windows.net",
    "https://vault.azure.net",
)
