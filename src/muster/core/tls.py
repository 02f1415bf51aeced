"""TLS as a scan needs it: old versions and any certificate accepted, for nothing is entrusted."""

import ssl
import warnings

from muster.core.probe import Tls

VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_BY_NAME = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}


def client_context(tls: Tls) -> ssl.SSLContext:
    """Return a context that talks to the oldest printer and believes no one.

    Give it `server_hostname=tls.server_name or None`.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # Security level 0: keys and ciphers of ten years ago are just what a scan is to find.
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of TLS 1.0 and 1.1, meant here
        context.minimum_version = _BY_NAME.get(tls.version, ssl.TLSVersion.TLSv1)
        context.maximum_version = _BY_NAME.get(tls.version, ssl.TLSVersion.TLSv1_3)
    return context
