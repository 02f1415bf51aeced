"""The machine behind a device: one may have registered twice and so be two devices."""

from dataclasses import dataclass
from typing import Literal

from muster.simulator.directory.draws import Draws, Weighted
from muster.simulator.directory.objects.company import (
    DEPARTMENT_CYCLE,
    GUEST_REMAINDER,
    OFFICES,
    Office,
)
from muster.simulator.directory.objects.hardware import (
    SORTS,
    Model,
    Sort,
    System,
    model_of,
    system_of,
)
from muster.simulator.directory.objects.users import UserMaker
from muster.simulator.directory.objects.world import World

Join = Literal["azure", "hybrid", "pending", "registered"]

_TWIN_EVERY = 23
_TWIN_BACK = 11
_SERVER_EVERY = 25
_SERVER_AT = 7
_SHARED_EVERY = 211
_SHARED_AT = 5
_SERVER_ROLES = ("SQL", "DC", "FS", "APP", "WEB", "PRN", "BKP", "ERP", "MAIL", "RDS")
_NAME_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CLIENT_JOINS: Weighted[Join] = Weighted(
    (55, "azure"), (34, "hybrid"), (3, "pending"), (8, "registered")
)
_SERVER_JOINS: Weighted[Join] = Weighted((80, "hybrid"), (20, "pending"))
_CLIENT_SCHEMES: Weighted[Literal["usual", "long", "old", "setup"]] = Weighted(
    (66, "usual"), (4, "long"), (10, "old"), (20, "setup")
)
_APPLE_SCHEMES: Weighted[Literal["bare", "counted", "curly", "straight"]] = Weighted(
    (10, "bare"), (10, "counted"), (40, "curly"), (40, "straight")
)
_OF_SOMEBODY = {"de": "von", "fr": "de", "es": "de"}
_MAC_JOINS: Weighted[Join] = Weighted((30, "azure"), (70, "registered"))


@dataclass(frozen=True, slots=True)
class Machine:
    """A physical or virtual machine, whoever may know of it; `owner` is a user's index."""

    index: int
    sort: Sort
    name: str
    office: Office
    owner: int | None
    model: Model
    system: System
    join: Join
    is_personal: bool
    is_shared: bool


class MachineMaker:
    """Makes the machines of one tenant by index."""

    def __init__(self, world: World, users: UserMaker) -> None:
        """Draw from the world's seed; owners come from the users."""
        self._world = world
        self._users = users
        self._key = world.draws("machines")

    def index_of(self, device: int) -> int:
        """Return the machine of a device: its own, or that of an earlier registration."""
        is_twin = device % _TWIN_EVERY == _TWIN_EVERY - 1 and device < self._world.size.devices
        return device - _TWIN_BACK if is_twin else device

    def is_superseded(self, device: int) -> bool:
        """True if the same machine has registered again since."""
        later = device + _TWIN_BACK
        return later % _TWIN_EVERY == _TWIN_EVERY - 1 and later < self._world.size.devices

    def owner(self, device: int) -> int | None:
        """Return the index of the user who registered the machine of a device."""
        machine = self.index_of(device)
        return self._owner(machine, Draws(self._key, machine))

    def shared_with(self, device: int) -> list[int]:
        """Return the indexes of further users of the machine; many for a shared one."""
        machine, count = self.index_of(device), self._world.size.users
        if not is_shared(machine) or count == 0:
            return []
        draws = Draws(self._key, machine)
        start, number = draws.below(count), 3 + draws.below(60)
        return [(start + at * 7) % count for at in range(min(number, 1 + count // 7))]

    def of(self, device: int) -> Machine:
        """Return the machine of a device."""
        index = self.index_of(device)
        draws = Draws(self._key, index)
        owner = self._owner(index, draws)
        sort = _sort(index, draws)
        office = self._office(owner, draws)
        join = _join(sort, draws)
        is_personal = join == "registered" and draws.chance(15 if sort in ("mac", "linux") else 65)
        machine_name = self._name(index, sort, office, owner, draws, is_personal=is_personal)
        return Machine(
            index=index,
            sort=sort,
            name=machine_name,
            office=office,
            owner=owner,
            model=model_of(sort, draws),
            system=system_of(sort, draws),
            join=join,
            is_personal=is_personal,
            is_shared=is_shared(index),
        )

    def _owner(self, machine: int, draws: Draws) -> int | None:
        count = self._world.size.users
        drawn = draws.below(count or 1)
        has_owner = draws.chance(96) and count > 0
        if not has_owner or machine % _SERVER_EVERY == _SERVER_AT or is_shared(machine):
            return None
        is_special = drawn % DEPARTMENT_CYCLE >= GUEST_REMAINDER
        return drawn - 2 if is_special else drawn

    def _office(self, owner: int | None, draws: Draws) -> Office:
        return draws.among(OFFICES) if owner is None else self._users.office(owner)

    def _name(
        self,
        index: int,
        sort: Sort,
        office: Office,
        owner: int | None,
        draws: Draws,
        *,
        is_personal: bool,
    ) -> str:
        prefix = self._world.company.prefix
        if sort == "server":
            ordinal = index // _SERVER_EVERY
            role = _SERVER_ROLES[ordinal % len(_SERVER_ROLES)]
            return f"{prefix}SRV-{role}{ordinal // len(_SERVER_ROLES) + 1:02d}"
        if sort in ("laptop", "desktop"):
            return _client_name(index, sort, office, prefix, draws, is_personal=is_personal)
        if sort == "android":
            return self._android_name(owner, draws)
        given, language, sign_in = self._person(owner)
        if sort == "linux":
            return _linux_name(index, sign_in, draws)
        if sort == "mac" and (not given or draws.chance(45)):
            return f"{prefix}-{office.code}-M{index:04d}"
        return _apple_name(sort, given, language, draws)

    def _android_name(self, owner: int | None, draws: Draws) -> str:
        if owner is None or draws.chance(55):
            return f"android_{draws.below(1 << 64):016x}"
        local = self._person(owner)[2]
        month, day, hour = 1 + draws.below(12), 1 + draws.below(28), 1 + draws.below(12)
        return f"{local}_AndroidEnterprise_{month}/{day}/2025_{hour}:{draws.below(60):02d} AM"

    def _person(self, owner: int | None) -> tuple[str, str, str]:
        if owner is None:
            return "", "en", "dock"
        name = self._users.name(owner)
        return name.given, name.language, name.sign_in


def is_shared(machine: int) -> bool:
    """True for a kiosk or another machine that many people use."""
    return machine % _SHARED_EVERY == _SHARED_AT


def _sort(index: int, draws: Draws) -> Sort:
    if index % _SERVER_EVERY == _SERVER_AT:
        return "server"
    return "desktop" if is_shared(index) else SORTS.draw(draws)


def _join(sort: Sort, draws: Draws) -> Join:
    if sort in ("laptop", "desktop"):
        return _CLIENT_JOINS.draw(draws)
    if sort == "server":
        return _SERVER_JOINS.draw(draws)
    return _MAC_JOINS.draw(draws) if sort == "mac" else "registered"


def _client_name(
    index: int, sort: Sort, office: Office, prefix: str, draws: Draws, *, is_personal: bool
) -> str:
    letter = "L" if sort == "laptop" else "D"
    scheme = _CLIENT_SCHEMES.draw(draws)
    if is_personal or scheme == "setup":
        return f"{'LAPTOP' if sort == 'laptop' else 'DESKTOP'}-{_letters(index, draws)}"
    if scheme == "long":
        # Longer than the 15 characters of NetBIOS, and still unique when cut to them.
        return f"NB{index:05d}-{office.code}-{prefix}-Logistics"
    if scheme == "old":
        return f"{office.code.lower()}-nb-{index:05d}"
    return f"{prefix}-{office.code}-{letter}{index:04d}"


def _letters(index: int, draws: Draws) -> str:
    """Return the seven letters of a Windows default name; the last four keep it unique."""
    rest = index * 1_299_709 % 36**4 if index < 36**4 else draws.below(36**4)
    number = draws.below(36**3) * 36**4 + rest
    letters = ""
    for _ in range(7):
        number, digit = divmod(number, 36)
        letters = _NAME_DIGITS[digit] + letters
    return letters


def _linux_name(index: int, sign_in: str, draws: Draws) -> str:
    if draws.chance(50):
        return f"ubuntu-dev{index}"
    return f"{sign_in.replace('.', '-')}-thinkpad"


def _apple_name(sort: Sort, given: str, language: str, draws: Draws) -> str:
    product = {"mac": "MacBook-Pro", "iphone": "iPhone", "ipad": "iPad"}[sort]
    scheme = _APPLE_SCHEMES.draw(draws)
    if not given or scheme == "bare":
        return product
    if scheme == "counted":
        return f"{product} ({2 + draws.below(5)})"
    joint = _OF_SOMEBODY.get(language)
    if sort == "mac":
        return f"{product}-{joint}-{given}" if joint else f"{given}s-{product}"
    if joint:
        return f"{product} {joint} {given}"
    return f"{given}{'’' if scheme == 'curly' else chr(39)}s {product}"
