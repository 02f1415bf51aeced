"""What must be in place before the first process serves: told in one sentence if it is not."""

import socket

from django.conf import settings
from django.db import connections

from muster.core.errors import ConfigError
from muster.serving.web import Place


def prepare(place: Place) -> None:
    """Make the signing key, see that the port is free, and leave the database to the children.

    Raises ConfigError for whatever a person must mend.
    """
    if (place.certificate is None) != (place.key is None):
        raise ConfigError("TLS needs both a certificate and its key", hint="Give both, or neither.")
    str(settings.SECRET_KEY)
    _check_free(place)
    connections.close_all()


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
