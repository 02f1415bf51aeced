"""Asking one SNMP agent: gufo-snmp's session, within the limits of the scan."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from contextlib import aclosing, contextmanager

from gufo.snmp import SnmpError
from gufo.snmp.aio import SnmpSession
from gufo.snmp.policer import BasePolicer
from gufo.snmp.user import User
from gufo.snmp.version import SnmpVersion

from muster.core.errors import DataError, UnavailableError
from muster.core.probe import ProbeContext, Target

Value = None | str | bytes | int | float

TIMEOUT_SECONDS = 3.0
MOST_REQUESTS = 1000
"""How often one agent is asked in one scan: a full ARP cache of a large router takes less."""

ROWS_AT_ONCE = 20


class Pace(BasePolicer):
    """Lets gufo-snmp send when the scan's rates allow it, and no more often than is sensible."""

    def __init__(self, context: ProbeContext, target: Target) -> None:
        """Count from zero."""
        self._context = context
        self._target = target
        self._requests = 0

    def get_timeout(self, ts: int) -> int | None:
        """Say nothing: `wait` does the waiting."""
        return None

    async def wait(self) -> None:
        """Wait for the rates. Raises UnavailableError where the agent has been asked enough."""
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            raise UnavailableError(f"the agent has been asked {MOST_REQUESTS} times")
        await self._context.token(self._target, 2)


class Agent:
    """One agent, and how it is spoken to: by a community of version 1 or 2c, or as a user."""

    def __init__(
        self,
        context: ProbeContext,
        target: Target,
        *,
        community: str = "",
        is_first_version: bool = False,
        user: User | None = None,
    ) -> None:
        """Prepare; nothing is sent yet."""
        version = SnmpVersion.v1 if is_first_version else SnmpVersion.v2c
        self._version = SnmpVersion.v3 if user else version
        self.community = community
        with _told(target):
            self._session = SnmpSession(
                target.address,
                port=target.port,
                community=community,
                user=user,
                version=self._version,
                timeout=TIMEOUT_SECONDS,
                policer=Pace(context, target),
                max_repetitions=ROWS_AT_ONCE,
            )
        self._target = target

    @property
    def is_third_version(self) -> bool:
        """True if it is spoken to as a user."""
        return self._version == SnmpVersion.v3

    async def begin(self) -> None:
        """Learn the engine's time, as version 3 needs it. Raises UnavailableError if refused."""
        with _told(self._target):
            await self._session.refresh()

    async def values(self, oids: Iterable[str]) -> dict[str, Value]:
        """Return the values of single objects; those that the agent lacks are left out."""
        wanted = list(oids)
        if self._version != SnmpVersion.v1:
            with _told(self._target):
                return await self._session.get_many(wanted)
        found: dict[str, Value] = {}
        for each in wanted:
            # In version 1 one missing object spoils the whole answer, so each is asked alone.
            try:
                with _told(self._target):
                    found[each] = await self._session.get(each)
            except DataError:
                continue
        return found

    async def column(self, oid: str, *, most: int) -> dict[tuple[int, ...], Value]:
        """Return a column of a table by its index, at most so many rows.

        What the agent sends is held against the order that SNMP promises: some answer with the
        same rows for ever.
        """
        found: dict[tuple[int, ...], Value] = {}
        start = _numbers(oid)
        last = start
        with _told(self._target):
            async with aclosing(_rows(self._session.fetch(oid))) as rows:
                async for name, value in rows:
                    numbers = _numbers(name)
                    if numbers <= last or numbers[: len(start)] != start or len(found) >= most:
                        break
                    found[numbers[len(start) :]] = value
                    last = numbers
        return found


async def _rows(
    given: AsyncIterator[tuple[str, Value]],
) -> AsyncGenerator[tuple[str, Value], None]:
    async for each in given:
        yield each


def _numbers(oid: str) -> tuple[int, ...]:
    return tuple(int(part) for part in oid.split(".") if part)


@contextmanager
def _told(target: Target) -> Iterator[None]:
    """Translate what gufo-snmp raises."""
    try:
        yield
    except TimeoutError as error:
        raise UnavailableError(f"{target.address} does not answer SNMP") from error
    except (SnmpError, ValueError, RuntimeError) as error:
        raise DataError(f"{target.address} answers SNMP that cannot be read: {error}") from error
    except OSError as error:
        raise UnavailableError(f"{target.address} cannot be asked: {error.strerror}") from error
    except BaseException as error:
        # gufo-snmp 0.13 panics at some malformed answers. Rust's panic arrives as an exception of
        # a class that cannot be imported, outside of Exception, and would end the whole scan.
        if type(error).__name__ != "PanicException":
            raise
        raise DataError(f"{target.address} answers SNMP that cannot be read") from error
