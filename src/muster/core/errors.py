"""The tree of errors, grouped by what the catcher should do.

    MusterError
    ├── ConfigError        a person must act; `hint` says how; the task stops
    │   └── AuthError      ... and retrying could lock an account out
    ├── UnavailableError   try later; `retry_after`; the run is incomplete, nothing expires
    ├── StoppedError       a person wants it stopped; what was not finished was not written
    ├── DataError          this one record is unreadable; count it, log its id, go on
    └── QueryError         what a person typed cannot be read; carries its position

Anything else is a bug and rises with its traceback.
"""

from datetime import timedelta


class MusterError(Exception):
    """A failure that a person is told in one sentence. Never carries a secret."""

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        """Keep the sentence; `hint` says what to do, `code` is the other side's own name for it."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code


class ConfigError(MusterError):
    """A setting, permission or credential is wrong; trying again changes nothing."""


class AuthError(ConfigError):
    """The other side refused who we are; trying again could lock the account out."""


class UnavailableError(MusterError):
    """The other side cannot answer now, or did not answer whole."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        code: str = "",
        retry_after: timedelta | None = None,
    ) -> None:
        """Keep the sentence; `retry_after` is None where the other side named no time."""
        super().__init__(message, hint=hint, code=code)
        self.retry_after = retry_after


class StoppedError(MusterError):
    """Somebody wants it stopped, and what was not finished is not kept."""

    def __init__(self) -> None:
        """Say what every run says that was stopped."""
        super().__init__(
            "it was stopped before it ended",
            hint="Run it again: it goes on from the last whole page.",
            code="stopped",
        )


class DataError(MusterError):
    """One record or line cannot be read; the others can."""


class QueryError(MusterError):
    """A query or filter cannot be read or answered.

    `position` counts characters from 0 and `length` how many of them are meant;
    position None means the query as a whole.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        code: str = "",
        text: str = "",
        position: int | None = None,
        length: int = 1,
    ) -> None:
        """Keep the sentence and where in `text` it points."""
        super().__init__(message, hint=hint, code=code)
        self.text = text
        self.position = position
        self.length = max(1, length)

    def pointed(self) -> str:
        """The query with carets under the place meant, or just the query where there is none."""
        if self.position is None:
            return self.text
        carets = "^" * min(self.length, max(1, len(self.text) - self.position))
        return f"{self.text}\n{' ' * self.position}{carets}"
