"""Moving a credential's values between a person's text and its row."""

from collections import UserDict
from collections.abc import Mapping
from typing import Any, Protocol
from uuid import UUID

from muster.core.redact import HIDDEN
from muster.core.source import CredentialType
from muster.credentials.vault import Place, Vault
from muster.organizations.models import Organization


class Sealed(Protocol):
    """A row that holds secrets: a credential, or a channel of notices."""

    organization: Organization
    uid: UUID
    public: Any
    sealed: Any


class Secret(UserDict[str, str]):
    """The values of an opened credential. Prints as names only."""

    def __repr__(self) -> str:
        """The names of the fields."""
        return f"Secret({', '.join(f'{name}={HIDDEN}' for name in sorted(self.data))})"

    __str__ = __repr__


def store(
    credential: Sealed, kind: CredentialType, values: Mapping[str, str], *, vault: Vault
) -> None:
    """Put the values into the row, unsaved: secret ones sealed, the others readable."""
    hidden = kind.secret_names()
    credential.public = {name: text for name, text in values.items() if name not in hidden}
    credential.sealed = {
        name: vault.seal(text, place(credential, name))
        for name, text in values.items()
        if name in hidden
    }


def opened(credential: Sealed, *, vault: Vault) -> Secret:
    """Return all values of a credential.

    Raises ConfigError if a secret's key is not here, or if it was changed or moved.
    """
    secrets = {
        name: vault.open(text, place(credential, name)) for name, text in credential.sealed.items()
    }
    return Secret({**credential.public, **secrets})


def place(credential: Sealed, field: str) -> Place:
    """Return where a field's ciphertext belongs."""
    return Place(
        organization=str(credential.organization.uid), credential=str(credential.uid), field=field
    )


def reseal(credential: Sealed, *, vault: Vault) -> bool:
    """Seal what other keys sealed with the current one, unsaved; return if anything was."""
    if all(vault.is_current(text) for text in credential.sealed.values()):
        return False
    secrets = {name: (text, place(credential, name)) for name, text in credential.sealed.items()}
    credential.sealed = {
        name: vault.seal(vault.open(text, where), where) for name, (text, where) in secrets.items()
    }
    return True
