"""What events tell of: a word for each, and what a person reads."""

from enum import StrEnum

from muster.core.errors import ConfigError


class Action(StrEnum):
    """What happened. The words are for programs too, and never change."""

    TASK_COMPLETED = "task-completed"
    TASK_FAILED = "task-failed"
    TASK_RECOVERED = "task-recovered"
    TASK_STOPPED = "task-stopped"
    TASK_REPLAYED = "task-replayed"
    NEW_ASSETS_FOUND = "new-assets-found"
    CREDENTIAL_CREATED = "credential-created"
    CREDENTIAL_VERIFIED = "credential-verified"
    CREDENTIAL_REFUSED = "credential-refused"
    CREDENTIAL_DELETED = "credential-deleted"
    CREDENTIAL_EXPIRING = "credential-expiring"
    EXPLORER_OFFLINE = "explorer-offline"
    EXPLORER_ONLINE = "explorer-online"
    CHANNEL_CREATED = "channel-created"
    CHANNEL_VERIFIED = "channel-verified"
    CHANNEL_FAILED = "channel-failed"
    CHANNEL_DELETED = "channel-deleted"
    RULE_CREATED = "rule-created"
    RULE_DELETED = "rule-deleted"
    TOKEN_CREATED = "token-created"  # noqa: S105 - a word, not a secret
    TOKEN_ROTATED = "token-rotated"  # noqa: S105 - a word, not a secret
    TOKEN_DELETED = "token-deleted"  # noqa: S105 - a word, not a secret
    CLIENT_CREATED = "client-created"
    CLIENT_ROTATED = "client-rotated"
    CLIENT_DELETED = "client-deleted"

    @property
    def sentence(self) -> str:
        """The word as the beginning of a sentence: `Task failed`."""
        return self.value.replace("-", " ").capitalize()


def read_action(text: str) -> Action:
    """Return the action of that name, in any case.

    Raises ConfigError if there is none.
    """
    try:
        return Action(text.strip().casefold())
    except ValueError as error:
        raise ConfigError(
            f"there is no event '{text[:60]}'", hint=f"Events are: {', '.join(Action)}."
        ) from error
