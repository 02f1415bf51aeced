"""Master keys: from the environment, or from a file that only its owner may read."""

import base64
import binascii
import contextlib
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings

from muster.core.errors import ConfigError
from muster.credentials.vault import KEY_BYTES, Vault

_VARIABLE = "MUSTER_MASTER_KEY"
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def vault() -> Vault:
    """Return the vault of this installation; the first call makes the key file if there is none.

    Raises ConfigError if a key is malformed, or its file is readable by others.
    """
    return Vault(master_keys())


def master_keys() -> list[bytes]:
    """Return the master keys, the current one first. Raises ConfigError as `vault` does."""
    if given := settings.MASTER_KEY.strip():
        return _parsed(given.split(","), where=_VARIABLE)
    path = Path(settings.MASTER_KEY_FILE)
    if not path.exists():
        _create(path)
    return _parsed(_read(path).split(), where=str(path))


def is_from_environment() -> bool:
    """True if a person, not Muster, changes the keys."""
    return bool(settings.MASTER_KEY.strip())


def put_new_key_first() -> None:
    """Write a new key before those in the file; the old ones still open."""
    new = secrets.token_bytes(KEY_BYTES)
    _replace(Path(settings.MASTER_KEY_FILE), [new, *master_keys()])


def keep_first_key() -> None:
    """Drop every key of the file but the first."""
    _replace(Path(settings.MASTER_KEY_FILE), master_keys()[:1])


def _parsed(texts: Sequence[str], *, where: str) -> list[bytes]:
    keys = [_key(text.strip(), where=where) for text in texts if text.strip()]
    if not keys:
        raise _malformed(where)
    return keys


def _key(text: str, *, where: str) -> bytes:
    standard = text.replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _malformed(where) from error
    if len(key) != KEY_BYTES:
        raise _malformed(where)
    return key


def _malformed(where: str) -> ConfigError:
    return ConfigError(
        f"{where} holds no master key: it must be {KEY_BYTES} bytes in base64",
        hint="Make one with: openssl rand -base64 32. Without the key that sealed them, stored "
        "secrets cannot be read again.",
    )


def _read(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if mode & _OPEN_TO_OTHERS:
            raise ConfigError(
                f"the master key {path} can be read by others (mode {stat.S_IMODE(mode):04o})",
                hint=f"Run: chmod 600 {path}",
            )
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError as error:
        raise _malformed(str(path)) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _create(path: Path) -> None:
    """Make the file whole or not at all: of two first starts, one key wins and both use it."""
    key = secrets.token_bytes(KEY_BYTES)
    with _written_aside(path, [key]) as aside, contextlib.suppress(FileExistsError):
        os.link(aside, path)


def _replace(path: Path, keys: Sequence[bytes]) -> None:
    with _written_aside(path, keys) as aside:
        aside.replace(path)


@contextlib.contextmanager
def _written_aside(path: Path, keys: Sequence[bytes]) -> Iterator[Path]:
    aside = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    text = "".join(base64.b64encode(key).decode() + "\n" for key in keys)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        yield aside
    except OSError as error:
        raise _unreadable(path, error) from error
    finally:
        aside.unlink(missing_ok=True)


def _unreadable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"the master key {path} cannot be read or written: {error.strerror or error}",
        hint=f"Give the user that runs Muster access to it, or set {_VARIABLE}.",
    )
