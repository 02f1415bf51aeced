"""Reading a service's certificate, and trying which versions of TLS it speaks.

The names in a certificate are told as attributes, not as names of the machine: one certificate
serves a farm of machines, and many say `localhost`.
"""

from collections.abc import Sequence

from muster.core.errors import UnavailableError
from muster.core.probe import Fact, ProbeContext, Safety, Target, TcpProbe, Tls, TlsState, heard
from muster.core.source import Option, OptionKind
from muster.core.tls import VERSIONS
from muster.protocols import certificates, text


class TlsProbe(TcpProbe):
    """Certificate and versions; see the module."""

    name = "tls"
    label = "TLS"
    ports: tuple[int, ...] = (
        443, 465, 563, 636, 853, 989, 990, 992, 993, 995, 2376, 3269, 4443, 5061, 5986, 6443,
        8006, 8443, 8883, 9443, 10443,
    )  # fmt: skip
    protocols: tuple[str, ...] = ("tls",)
    safety = Safety.POLITE
    options: Sequence[Option] = (
        Option(
            "tls-versions",
            "Try every version",
            kind=OptionKind.BOOLEAN,
            default="true",
            help="One connection for each version; without, only the one agreed on is told.",
        ),
    )

    async def run(self, context: ProbeContext, target: Target) -> list[Fact]:
        """Return the certificate and the versions. Raises UnavailableError without TLS."""
        name = next((each for each in target.names if "." in each), "")
        async with context.connect(target, tls=Tls(server_name=name)) as stream:
            agreed = stream.tls
        if agreed is None:
            raise UnavailableError("no TLS is agreed on")
        told: dict[str, object] = {
            "tls.versionName": agreed.version,
            "tls.cipherName": agreed.cipher,
            "tls.supportedVersionNames": await _versions(context, target, agreed),
        }
        certificate = certificates.read(agreed.certificate)
        return [
            heard(
                self.name,
                context,
                target,
                protocols=("tls",),
                attributes=certificate.attributes | text.attributes(told),
                raw=agreed.certificate,
            )
        ]


async def _versions(context: ProbeContext, target: Target, agreed: TlsState) -> list[str]:
    if context.options.get("tls-versions") != "true":
        return [agreed.version]
    return [
        version
        for version in VERSIONS
        if version == agreed.version or await _speaks(context, target, version)
    ]


async def _speaks(context: ProbeContext, target: Target, version: str) -> bool:
    try:
        async with context.connect(target, tls=Tls(version=version)) as stream:
            return stream.tls is not None
    except UnavailableError:
        return False
