"""The tenants that are running: their directories, apps, people and lock-outs."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from muster.simulator.clouds import CLOUDS, Cloud
from muster.simulator.config import Application, SignInState, SignInUser, TenantConfig
from muster.simulator.directory import Directory, TenantSize

WRONG_PASSWORDS_ALLOWED = 10
LOCKOUT = timedelta(minutes=1)


@dataclass(slots=True)
class Attempts:
    """Wrong passwords of one person in a row."""

    wrong: int = 0
    locked_until: datetime | None = None


@dataclass(slots=True)
class Tenant:
    """A running tenant. Its `id` follows from the configuration; it is read at every request."""

    config: TenantConfig
    directory: Directory
    id: str = ""
    attempts: dict[str, Attempts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.id = self.config.id

    @property
    def cloud(self) -> Cloud:
        """The cloud it lives in."""
        return CLOUDS[self.config.cloud]

    @property
    def domains(self) -> list[str]:
        """Every verified domain, the initial one first."""
        names = (self.config.domain, *self.config.other_domains)
        return list(dict.fromkeys((*names, *self.config.federated_domains)))

    def application(self, client_id: str) -> Application | None:
        """The app registration with that id."""
        wanted = client_id.lower()
        apps = self.config.applications
        return next((app for app in apps if app.client_id.lower() == wanted), None)

    def sign_in_user(self, user_name: str) -> SignInUser | None:
        """The person with that user name; of a person of the directory nobody knows a password."""
        wanted = user_name.casefold()
        for user in self.config.sign_in_users:
            if user.user_name.casefold() == wanted:
                return user
        if self.directory.find_user(user_name) is None:
            return None
        return SignInUser(user_name=user_name, password="", state=SignInState.NO_PASSWORD)

    def is_locked(self, user_name: str, *, now: datetime) -> bool:
        """True while too many wrong passwords keep this person out."""
        attempts = self.attempts.get(user_name.casefold())
        until = attempts.locked_until if attempts else None
        return until is not None and now < until

    def note_wrong_password(self, user_name: str, *, now: datetime) -> None:
        """Count a wrong password; the tenth locks."""
        attempts = self.attempts.setdefault(user_name.casefold(), Attempts())
        attempts.wrong += 1
        if attempts.wrong >= WRONG_PASSWORDS_ALLOWED:
            attempts.locked_until = now + LOCKOUT

    def note_right_password(self, user_name: str) -> None:
        """Forget the wrong ones."""
        self.attempts.pop(user_name.casefold(), None)

    def object_id(self, user_name: str) -> str:
        """The object id of a person: of the directory, or made from the name."""
        found = self.directory.find_user(user_name)
        return str(found["id"] if found else uuid.uuid5(uuid.UUID(self.id), user_name.casefold()))


class Tenants:
    """All running tenants, by id and by domain."""

    def __init__(self, configs: Iterable[TenantConfig], *, now: datetime) -> None:
        """Start each one's directory; `now` is what its stamps count back from."""
        self.all = [Tenant(config, _directory(config, now)) for config in configs]
        self._by_name = {tenant.id.lower(): tenant for tenant in self.all}
        for tenant in self.all:
            self._by_name.update({name.lower(): tenant for name in tenant.domains})

    def find(self, name: str) -> Tenant | None:
        """The tenant with that id or domain."""
        return self._by_name.get(name.lower())


def _directory(config: TenantConfig, now: datetime) -> Directory:
    size = TenantSize(devices=config.devices, users=config.users, groups=config.groups)
    founded = config.founded_at or now.replace(hour=0, minute=0, second=0, microsecond=0)
    return Directory(
        seed=config.seed, size=size, tenant_id=config.id, domain=config.domain, now=founded
    )
