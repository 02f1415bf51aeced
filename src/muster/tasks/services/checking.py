"""What a task must be before it is saved."""

from muster.core.errors import ConfigError
from muster.core.source import Source
from muster.credentials.models import Credential
from muster.organizations.scope import Scope
from muster.tasks.importing import IMPORT
from muster.tasks.models import Task

LONGEST_NAME = 200
LONGEST_DESCRIPTION = 10_000
MOST_GRACE_HOURS = 24 * 31


def checked_name(name: str) -> str:
    """Return the name without blanks around it; raise ConfigError if it is none."""
    stripped = name.strip()
    if not stripped:
        raise ConfigError("a task needs a name", hint="Give one, such as 'Nightly sync'.")
    if len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise ConfigError(
            f"the name of a task is at most {LONGEST_NAME} printable characters",
            hint="Shorten it; the rest fits into the description.",
        )
    return stripped


def checked_description(text: str) -> str:
    """Return the description; raise ConfigError if it cannot be kept."""
    if len(text) > LONGEST_DESCRIPTION or "\0" in text:
        raise ConfigError(
            f"a description is at most {LONGEST_DESCRIPTION:,} characters without NUL",
            hint="Shorten it.",
        )
    return text


def checked_grace(hours: int) -> int:
    """Return the grace period; raise ConfigError if it is out of range."""
    if not 0 <= hours <= MOST_GRACE_HOURS:
        raise ConfigError(
            f"the grace period is {hours} hours",
            hint=f"It is a whole number from 0 to {MOST_GRACE_HOURS}.",
        )
    return hours


def check_credential(source: Source, credential: Credential | None) -> None:
    """Raise ConfigError if the source cannot sign in with it."""
    types = [each.name for each in source.credential_types]
    if credential is None:
        raise ConfigError(
            f"{source.label} needs a credential", hint="Name one; see: muster credential list."
        )
    if credential.type not in types:
        raise ConfigError(
            f"{source.label} cannot sign in with '{credential.name}', a {credential.type}",
            hint=f"It takes: {', '.join(types)}.",
        )


def check_alone(scope: Scope, task: Task) -> None:
    """Raise ConfigError if another task that may run asks the same source with this credential."""
    if task.source == IMPORT or task.credential_id is None:
        return
    others = Task.objects.filter(
        organization=scope.organization,
        source=task.source,
        credential=task.credential_id,
        removed_at=None,
        paused_at=None,
    )
    if other := others.exclude(pk=task.pk).first():
        raise ConfigError(
            f"the task '{other.name}' asks {task.source} with this credential already, and two "
            "would take each other's records for vanished",
            hint="Pause or remove that one first, or choose another credential.",
        )
