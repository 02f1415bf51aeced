"""Which engine a scan gets: the one asked for, or the best that this process may use."""

from muster.core.errors import ConfigError
from muster.scan.engines import connecting
from muster.scan.engines.connecting import connect_engine
from muster.scan.engines.engine import Engine
from muster.scan.engines.raw import engine as raw
from muster.scan.pace import Pace

AUTO = "auto"
ENGINES = (AUTO, raw.NAME, connecting.NAME)


def choose(name: str, pace: Pace) -> Engine:
    """Return an engine. Raises ConfigError where one is demanded that is not allowed."""
    if name not in ENGINES:
        raise ConfigError(
            f"there is no engine named {name[:40]!r}", hint=f"There are {', '.join(ENGINES)}."
        )
    if name == connecting.NAME:
        return connect_engine(pace)
    if raw.is_allowed():
        return raw.raw_engine(pace)
    if name == raw.NAME:
        raise ConfigError(
            "the raw engine may not open packet sockets here",
            hint="Give the process CAP_NET_RAW (systemd: AmbientCapabilities=CAP_NET_RAW, "
            "container: --cap-add NET_RAW), or use --engine connect.",
        )
    return connect_engine(pace)
