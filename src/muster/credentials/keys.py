"""Master keys: from the environment, or from a file that only its owner may read."""

import base64
import binascii
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings

from muster.core import private_files
from muster.core.errors import ConfigError
from muster.credentials.vault import KEY_BYTES, Vault

_VARIABLE = "MUSTER_MASTER_KEY"


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
        if (mode := private_files.mode_open_to_others(path)) is not None:
            raise ConfigError(
                f"the master key {path} can be read by others (mode {mode:04o})",
                hint=f"Run: chmod 600 {path}",
            )
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError as error:
        raise _malformed(str(path)) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _create(path: Path) -> None:
    _write(private_files.create, path, [secrets.token_bytes(KEY_BYTES)])


def _replace(path: Path, keys: Sequence[bytes]) -> None:
    _write(private_files.replace, path, keys)


def _write(how: Callable[[Path, str], None], path: Path, keys: Sequence[bytes]) -> None:
    try:
        how(path, "".join(base64.b64encode(key).decode() + "\n" for key in keys))
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> ConfigError:
    return ConfigError(
        f"the master key {path} cannot be read or written: {error.strerror or error}",
        hint=f"Give the user that runs Muster access to it, or set {_VARIABLE}.",
    )
