"""What must be in place before the first process serves: told in one sentence if it is not."""

import socket

from django.conf import settings

from muster.core.errors import ConfigError
from muster.serving.web import Place


def prepare(place: Place) -> None:
    """Make the signing key, and see that the port is free and the pages' files are built.

    Raises ConfigError for whatever a person must mend.
    """
    if (place.certificate is None) != (place.key is None):
        raise ConfigError("TLS needs both a certificate and its key", hint="Give both, or neither.")
    str(settings.SECRET_KEY)
    _check_free(place)
    _check_built()


def _check_free(place: Place) -> None:
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, place.port))
        except OSError as error:
            raise ConfigError(
                f"{place.host}:{place.port} cannot be listened on: {error.strerror or error}",
                hint="Choose another with --port, or see which program uses it.",
            ) from error


def _check_built() -> None:
    if settings.WHITENOISE_USE_FINDERS or (settings.STATIC_ROOT / "staticfiles.json").exists():
        return
    raise ConfigError(
        "the pages' style sheets and scripts are not built",
        hint="Run: make assets. While working on them, set MUSTER_DEVELOPMENT=yes instead.",
    )
