"""Asking a Redis server for what it says of itself (`INFO server`); it reads no data."""

from muster.core.errors import DataError
from muster.core.probe import Fact, ProbeContext, Target, TcpProbe, heard
from muster.protocols import streams, text

REQUEST = b"INFO server\r\n"
_MOST = 16 * 1024
_FIELDS = (
    "redis_version",
    "valkey_version",
    "server_name",
    "redis_mode",
    "os",
    "arch_bits",
    "gcc_version",
    "tcp_port",
    "uptime_in_seconds",
    "executable",
)


class RedisProbe(TcpProbe):
    """Version and system; see the module."""

    name = "redis"
    label = "Redis"
    ports: tuple[int, ...] = (6379,)
    protocols: tuple[str, ...] = ("redis",)

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return what the server says. Raises DataError if it speaks no Redis."""
        async with context.connect(target) as stream:
            await stream.write(REQUEST)
            answer = await streams.read_until(stream, b"\r\n\r\n", most=_MOST)
        told = read(answer)
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("redis",),
                product="Valkey" if "redis.valkeyVersion" in told else "Redis",
                version=told.get("redis.valkeyVersion", told.get("redis.version", "")),
                attributes=told,
                raw=answer,
            )
        ]


def read(answer: bytes) -> dict[str, str]:
    """Return an answer as attributes. Raises DataError if it is none of Redis."""
    if answer.startswith((b"-NOAUTH", b"-DENIED", b"-ERR", b"-NOPERM", b"-WRONGPASS")):
        return text.attributes(
            {"redis.access": "denied", "redis.error": answer[1:].split(b"\r")[0]}
        )
    if not answer.startswith(b"$"):
        raise DataError("the answer is no Redis")
    lines = (line.partition(b":") for line in answer.splitlines()[1:200])
    found = {text.clean(key): value for key, colon, value in lines if colon}
    if not found:
        raise DataError("the answer is no Redis")
    told: dict[str, object] = {"redis.access": "open"}
    told |= {f"redis.{_camel(key)}": found[key] for key in _FIELDS if key in found}
    return text.attributes(told)


def _camel(key: str) -> str:
    first, *more = key.removeprefix("redis_").split("_")
    return first + "".join(each.capitalize() for each in more)
