"""The key that signs sessions and forms: from the environment, or from a file of its own."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from muster.core import private_files
from muster.core.errors import ConfigError

VARIABLE = "MUSTER_SECRET_KEY"
FILE = "secret.key"
_FEWEST_CHARACTERS = 32
_BYTES = 48


def signing_key(environ: Mapping[str, str], *, home: Path) -> str:
    """Return the key; the first call makes its file (0600) if neither is there.

    Raises ConfigError if it is too short to be secret, or its file is readable by others.
    """
    if given := environ.get(VARIABLE, "").strip():
        return _long_enough(given, where=VARIABLE)
    path = home / FILE
    try:
        if not path.exists():
            private_files.create(path, secrets.token_urlsafe(_BYTES) + "\n")
        mode = private_files.mode_open_to_others(path)
        text = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise ConfigError(
            f"the signing key {path} cannot be read or written: {error.strerror or error}",
            hint=f"Give the user that runs Muster access to it, or set {VARIABLE}.",
        ) from error
    if mode is not None:
        raise ConfigError(
            f"the signing key {path} can be read by others (mode {mode:04o})",
            hint=f"Run: chmod 600 {path}",
        )
    return _long_enough(text, where=str(path))


def _long_enough(key: str, *, where: str) -> str:
    if len(key) < _FEWEST_CHARACTERS:
        raise ConfigError(
            f"{where} holds no signing key: it has fewer than {_FEWEST_CHARACTERS} characters",
            hint="Make one with: openssl rand -base64 48. Whoever is signed in signs in again.",
        )
    return key
