"""Finding custom integrations, and reading their pictures."""

import base64
import binascii

from muster.api.problems import Problem, not_found
from muster.api.telling import uid_of
from muster.custom.models import CustomIntegration
from muster.custom.services import integration


def named_integration(reference: str) -> CustomIntegration:
    """Return the integration of that id. Raises Problem if there is none such."""
    uid = uid_of(reference, "custom integration")
    if not uid.int:
        raise Problem(400, "customIntegrationId UUID cannot be all zeroes")
    found = integration(uid)
    if found is None:
        raise not_found("custom integration", reference)
    return found


def icon_of(text: str | None) -> bytes | None:
    """Return a picture out of base64; None for null. Raises Problem if it is none."""
    if text is None:
        return None
    try:
        return base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeError) as error:
        raise Problem(
            400, "the icon is no base64; it is a PNG of at most 256 x 256 pixels"
        ) from error
