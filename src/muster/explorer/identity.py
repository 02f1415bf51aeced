"""Who an Explorer is: its keys and its server, in a folder that only its owner may read."""

import base64
import contextlib
import fcntl
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from muster.core import private_files
from muster.core.errors import ConfigError

_FILE = "explorer.json"
_SESSION = "session"
_LOCK = "lock"


class Kept(msgspec.Struct, frozen=True):
    """What the file holds; keys in base64."""

    server: str
    explorer: str
    name: str
    signing_key: str
    sealing_key: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The two private keys of an Explorer; they never leave its folder. Prints without them."""

    signing: Ed25519PrivateKey = field(repr=False)
    sealing: X25519PrivateKey = field(repr=False)

    def public(self) -> tuple[str, str]:
        """Return the other halves in base64: for signatures, and for sealing to."""
        halves = (self.signing.public_key(), self.sealing.public_key())
        signing, sealing = (_text(each.public_bytes_raw()) for each in halves)
        return signing, sealing


@dataclass(frozen=True, slots=True)
class Identity:
    """An Explorer as its server knows it."""

    server: str
    explorer: str
    name: str
    keys: Keys


def new_keys() -> Keys:
    """Return a new pair for each purpose."""
    return Keys(Ed25519PrivateKey.generate(), X25519PrivateKey.generate())


def new_session() -> str:
    """Return a name for one process's life that nobody can guess."""
    return secrets.token_hex(16)


def folder_of(given: str, environ: Mapping[str, str]) -> Path:
    """Return the folder that was given, or that the system keeps for this service or person."""
    state = environ.get("XDG_STATE_HOME") or "~/.local/state"
    chosen = given or environ.get("STATE_DIRECTORY") or f"{state}/muster-explorer"
    try:
        return Path(chosen).expanduser()
    except RuntimeError as error:
        raise ConfigError(
            f"the folder is {chosen}, and there is no home of that name",
            hint="Write the folder's whole path.",
        ) from error


def is_enrolled(folder: Path) -> bool:
    """True if an identity lies in a folder."""
    return (folder / _FILE).exists()


def save(folder: Path, identity: Identity) -> None:
    """Write an identity, readable by its owner only (0600)."""
    keys = identity.keys
    kept = Kept(
        server=identity.server,
        explorer=identity.explorer,
        name=identity.name,
        signing_key=_text(keys.signing.private_bytes_raw()),
        sealing_key=_text(keys.sealing.private_bytes_raw()),
    )
    with _told(folder):
        private_files.replace(folder / _FILE, msgspec.json.encode(kept).decode())


def load(folder: Path) -> Identity:
    """Return the identity of a folder.

    Raises ConfigError if there is none, others may read it, or it is damaged.
    """
    path = folder / _FILE
    with _told(folder):
        if not path.exists():
            raise ConfigError(
                f"there is no Explorer in {folder}: it has not enrolled yet",
                hint="Make a token on the server (muster explorer token), then here: "
                "muster explorer enrol URL --token TOKEN",
            )
        if (mode := private_files.mode_open_to_others(path)) is not None:
            raise ConfigError(
                f"the Explorer's keys in {path} can be read by others (mode {mode:04o})",
                hint=f"Run: chmod 600 {path}; if others may have read them, revoke and enrol anew.",
            )
        text = path.read_bytes()
    try:
        kept = msgspec.json.decode(text, type=Kept)
        keys = Keys(
            Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept.signing_key)),
            X25519PrivateKey.from_private_bytes(base64.b64decode(kept.sealing_key)),
        )
    except (msgspec.DecodeError, ValueError) as error:
        raise ConfigError(
            f"{path} is damaged", hint="Restore it, or remove it and enrol again with a new token."
        ) from error
    return Identity(kept.server, kept.explorer, kept.name, keys)


def last_session(folder: Path) -> str:
    """Return the session of the last process of this folder, "" where there was none."""
    try:
        return (folder / _SESSION).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""


def keep_session(folder: Path, session: str) -> None:
    """Remember the session of this process, so that the next one can say that it follows it."""
    with _told(folder):
        private_files.replace(folder / _SESSION, session)


@contextlib.contextmanager
def only_process(folder: Path) -> Iterator[None]:
    """Be the only process that works in a folder. Raises ConfigError if another one does."""
    with _told(folder):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("ab")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise ConfigError(
                f"another process works in {folder} already",
                hint="One Explorer is one process: stop the other, or enrol a second one with "
                "--folder and a token of its own.",
            ) from error
        yield


@contextlib.contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ConfigError(
            f"{error.filename or folder} cannot be used: {error.strerror or error}",
            hint="Choose another folder with --folder, or give this user the right to write it.",
        ) from error


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
