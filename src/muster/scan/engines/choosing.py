"""Which engine a scan gets: the one asked for, or the best that this process may use."""

from muster.core.errors import ConfigError
from muster.scan.engines import connecting
from muster.scan.engines.connecting import connect_engine
from muster.scan.engines.engine import Engine
from muster.scan.engines.raw import engine as raw
from muster.scan.pace import Pace

AUTO = "auto"
ENGINES = (AUTO, raw.NAME, connecting.NAME)


def check(name: str) -> str:
    """Return the name of an engine. Raises ConfigError for one that is none, or is not allowed."""
    if name not in ENGINES:
        raise ConfigError(
            f"there is no engine named {name[:40]!r}", hint=f"There are {', '.join(ENGINES)}."
        )
    if name == raw.NAME and not raw.is_allowed():
        raise ConfigError(
            "the raw engine may not open packet sockets here",
            hint="Give the process CAP_NET_RAW (systemd: AmbientCapabilities=CAP_NET_RAW, "
            "container: --cap-add NET_RAW), or use --engine connect.",
        )
    return name


def choose(name: str, pace: Pace) -> Engine:
    """Return an engine. Raises ConfigError as `check` does."""
    if check(name) == connecting.NAME or not raw.is_allowed():
        return connect_engine(pace)
    return raw.raw_engine(pace)
