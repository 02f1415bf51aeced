"""The HTTP/1.1 protocol, with the connection in reach so that it can be cut."""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT = "muster.transport"  # mypy wants a TypedDict's key spelled out below


class CuttableProtocol(HttpToolsProtocol):
    """uvicorn's protocol; the transport lies in the scope under TRANSPORT."""

    def on_message_begin(self) -> None:
        """Start a scope as uvicorn does, and add the connection to it."""
        super().on_message_begin()
        self.scope["muster.transport"] = self.transport  # type: ignore[typeddict-unknown-key]
