"""A plausible day in a directory: who comes, goes and moves, and what machines do."""

import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from muster.simulator.directory.changes import EvolutionSummary, Kind
from muster.simulator.directory.directory import Directory
from muster.simulator.directory.objects.company import DEPARTMENTS, OFFICES, TITLES
from muster.simulator.directory.objects.names import latin
from muster.simulator.directory.objects.world import stamp

_MARRIED_NAMES = ("Bergström", "Lindqvist", "Müller-Roth", "O’Hara", "Żak", "Étienne", "Castro")
_NEW_TOPICS = ("Zoll 2027", "Copilot Pilot", "Inventur", "Réorganisation", "Berth Planning")


Deed = Callable[[], str | None]


class _Day(ABC):
    """One kind's day; each deed touches one object and returns its name, or None."""

    kind: Kind

    def __init__(self, directory: Directory, rng: random.Random) -> None:
        self._directory = directory
        self._rng = rng
        self._seconds = int(directory.now.timestamp())

    @abstractmethod
    def deeds(self) -> list[tuple[Deed, int]]:
        """Return what can happen, and how often."""

    def run(self, share: float) -> Counter[str]:
        """Do as many deeds as the share of the kind asks for; count them by name."""
        deeds, weights = zip(*self.deeds(), strict=True)
        # An empty tenant gets its first objects too.
        number = max(1, round(self._directory.count(self.kind) * share)) if share > 0 else 0
        done: Counter[str] = Counter()
        for deed in self._rng.choices(deeds, weights, k=number):
            name = deed()
            if name is not None:
                done[f"{self.kind} {name}"] += 1
        return done

    def _any(self, kind: Kind) -> str | None:
        ids = self._directory.ids(kind)
        return ids[self._rng.randrange(len(ids))] if len(ids) else None

    def _chance(self, percent: int) -> bool:
        return self._rng.randrange(100) < percent

    def _stamp(self) -> str:
        return stamp(self._seconds - self._rng.randrange(36_000))


class _UserDay(_Day):
    """Joiners, leavers and movers."""

    kind: Kind = "users"

    def deeds(self) -> list[tuple[Deed, int]]:
        """Return what can happen, and how often."""
        return [
            (self._join_company, 25),
            (self._leave_company, 20),
            (self._move_department, 32),
            (self._marry, 13),
            (self._come_back, 10),
        ]

    def _join_company(self) -> str:
        self._directory.add_user(
            accountEnabled=True, createdDateTime=self._stamp(), signInActivity=None
        )
        return "joined"

    def _leave_company(self) -> str | None:
        user_id = self._any("users")
        if user_id is None:
            return None
        if self._chance(50):
            self._directory.update("users", user_id, accountEnabled=False, assignedLicenses=[])
            return "disabled"
        self._directory.delete("users", user_id, soft=self._chance(80))
        return "deleted"

    def _move_department(self) -> str | None:
        user_id = self._any("users")
        if user_id is None:
            return None
        department = self._rng.choice(DEPARTMENTS)[0]
        title = self._rng.choice(TITLES[department])
        self._directory.update("users", user_id, department=department, jobTitle=title)
        return "moved"

    def _marry(self) -> str | None:
        user_id = self._any("users")
        user = None if user_id is None else self._directory.get("users", user_id)
        if user_id is None or user is None or user["userType"] != "Member":
            return None
        if not user["givenName"]:
            return None
        surname, given = self._rng.choice(_MARRIED_NAMES), str(user["givenName"])
        local = f"{latin(given) or 'person'}.{latin(surname)}{self._rng.randrange(100, 100_000)}"
        principal = f"{local}@{self._directory.domain}"
        if self._directory.find_user(principal) is not None:
            return None
        self._directory.update(
            "users",
            user_id,
            surname=surname,
            displayName=f"{given} {surname}",
            userPrincipalName=principal,
            mail=principal,
        )
        return "renamed"

    def _come_back(self) -> str | None:
        gone = [c.id for c in self._directory.changes("users", 0) if c.what == "soft_deleted"]
        for user_id in gone[-20:]:
            if self._directory.is_restorable("users", user_id):
                self._directory.restore("users", user_id)
                return "restored"
        return None


class _DeviceDay(_Day):
    """New, renamed, re-registered, disabled and deleted devices."""

    kind: Kind = "devices"

    def deeds(self) -> list[tuple[Deed, int]]:
        """Return what can happen, and how often."""
        return [
            (self._update_system, 30),
            (self._rename_device, 12),
            (self._re_register, 14),
            (self._disable_device, 12),
            (self._delete_device, 12),
            (self._enrol_device, 20),
        ]

    def _update_system(self) -> str | None:
        device_id = self._any("devices")
        if device_id is None:
            return None
        device = self._directory.get("devices", device_id) or {}
        head, _, revision = str(device["operatingSystemVersion"]).rpartition(".")
        newer = f"{head}.{int(revision) + 1}" if head and revision.isdigit() else None
        changed: dict[str, object] = {"approximateLastSignInDateTime": self._stamp()}
        if newer is not None:
            changed["operatingSystemVersion"] = newer
        self._directory.update("devices", device_id, **changed)
        return "updated"

    def _rename_device(self) -> str | None:
        device_id = self._any("devices")
        if device_id is None:
            return None
        office = self._rng.choice(OFFICES).code
        prefix = self._directory.world.company.prefix
        name = f"{prefix}-{office}-R{self._rng.randrange(10_000):04d}"
        self._directory.update("devices", device_id, displayName=name)
        return "renamed"

    def _re_register(self) -> str | None:
        old_id = self._any("devices")
        old = None if old_id is None else self._directory.get("devices", old_id)
        if old_id is None or old is None:
            return None
        kept = {
            name: old[name]
            for name in (
                "displayName", "operatingSystem", "operatingSystemVersion", "manufacturer",
                "model", "trustType", "profileType", "deviceOwnership", "extensionAttributes",
                "onPremisesSyncEnabled", "onPremisesLastSyncDateTime",
                "onPremisesSecurityIdentifier",
            )
        }  # fmt: skip
        owners = self._directory.registered_owners(old_id)
        new_id = self._directory.add_device(**kept, **self._newly_registered())
        self._directory.set_registered_owner(new_id, owners[0] if owners else None)
        self._directory.update("devices", old_id, accountEnabled=False)
        return "re-registered"

    def _disable_device(self) -> str | None:
        device_id = self._any("devices")
        if device_id is None:
            return None
        self._directory.update("devices", device_id, accountEnabled=False, isCompliant=False)
        return "disabled"

    def _delete_device(self) -> str | None:
        device_id = self._any("devices")
        if device_id is None:
            return None
        self._directory.delete("devices", device_id)
        return "deleted"

    def _enrol_device(self) -> str:
        self._directory.add_device(**self._newly_registered())
        return "added"

    def _newly_registered(self) -> dict[str, object]:
        return {
            "accountEnabled": True,
            "createdDateTime": self._stamp(),
            "registrationDateTime": self._stamp(),
            "approximateLastSignInDateTime": self._stamp(),
        }


class _GroupDay(_Day):
    """Memberships, and groups that come and go."""

    kind: Kind = "groups"

    def deeds(self) -> list[tuple[Deed, int]]:
        """Return what can happen, and how often."""
        return [
            (self._change_members, 62),
            (self._rename_group, 10),
            (self._found_group, 14),
            (self._close_group, 14),
        ]

    def _change_members(self) -> str | None:
        group_id = self._any("groups")
        if group_id is None or self._is_kept_by_rule(group_id):
            return None
        members = self._directory.members(group_id)
        for kind, member_id in [members[0]] if members and self._chance(50) else []:
            self._directory.remove_member(group_id, kind, member_id)
        for _ in range(self._rng.randrange(1, 4)):
            user_id = self._any("users")
            if user_id is not None:
                self._directory.add_member(group_id, "users", user_id)
        return "members changed"

    def _rename_group(self) -> str | None:
        group_id = self._any("groups")
        if group_id is None or self._is_kept_by_rule(group_id):
            return None
        name = f"{self._rng.choice(_NEW_TOPICS)} {self._rng.randrange(100)}"
        self._directory.update("groups", group_id, displayName=name)
        return "renamed"

    def _found_group(self) -> str:
        name = f"SG {self._rng.choice(OFFICES).code} {self._rng.choice(_NEW_TOPICS)}"
        group_id = self._directory.add_group(displayName=name, createdDateTime=self._stamp())
        for _ in range(self._rng.randrange(12)):
            user_id = self._any("users")
            if user_id is not None:
                self._directory.add_member(group_id, "users", user_id)
        return "added"

    def _close_group(self) -> str | None:
        group_id = self._any("groups")
        if group_id is None or self._is_kept_by_rule(group_id):
            return None
        self._directory.delete("groups", group_id, soft=self._chance(70))
        return "deleted"

    def _is_kept_by_rule(self, group_id: str) -> bool:
        group = self._directory.get("groups", group_id) or {}
        return group["membershipRule"] is not None


def evolve(directory: Directory, *, seed: int, share: float) -> EvolutionSummary:
    """Live through one day: move the tenant's `now` on and touch about `share` of each kind.

    The same seed on the same tenant in the same state does the same. A share of 0 does nothing
    but pass the day. Dynamic groups keep to their rules.
    """
    directory.now += timedelta(days=1)
    rng = random.Random(f"{seed}:evolve")
    counts: Counter[str] = Counter()
    for day in (_UserDay(directory, rng), _DeviceDay(directory, rng), _GroupDay(directory, rng)):
        counts.update(day.run(share))
    return EvolutionSummary(version=directory.version, counts=dict(counts))
