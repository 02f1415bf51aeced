"""The simulator as a process of its own: `python -m muster.simulator`."""

import argparse
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from muster.simulator.config import ServerConfig
from muster.simulator.demo import DEMO, demo_tenant
from muster.simulator.server import Address, serve
from muster.simulator.web.faults import Fault


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve what the arguments say until told to stop.

    Raises msgspec.DecodeError or msgspec.ValidationError for JSON that says nothing usable.
    """
    options = _parser().parse_args(arguments)
    config = _config(options)
    _check_faults(config)
    if options.until_stdin_closes:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        serve(config, on_ready=lambda address: _announce(address, is_json=options.json))
    except OSError as error:
        place = f"{config.host}:{config.port}"
        raise SystemExit(f"cannot serve at {place}: {error.strerror or error}") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m muster.simulator", description=__doc__)
    parser.add_argument("--config", help="a whole ServerConfig in JSON; the rest is then ignored")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8765, help="0 takes any free port")
    for kind, number in (("devices", 2000), ("users", 1500), ("groups", 200), ("seed", 42)):
        parser.add_argument(f"--{kind}", type=int, default=number)
    parser.add_argument("--tls", metavar="FOLDER", default="", help="where ca.pem is or will be")
    parser.add_argument("--tls-name", action="append", default=[], help="a further name or address")
    parser.add_argument("--throttle", action="store_true", help="enforce Graph's resource units")
    parser.add_argument("--token-seconds", type=float, default=3599)
    parser.add_argument("--faults", default="[]", help="a JSON list of faults")
    parser.add_argument("--json", action="store_true", help="announce the address in JSON")
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end when whoever started this ends"
    )
    return parser


def _config(options: argparse.Namespace) -> ServerConfig:
    if options.config:
        return msgspec.json.decode(options.config, type=ServerConfig)
    tenant = demo_tenant(
        devices=options.devices, users=options.users, groups=options.groups, seed=options.seed
    )
    rest = {
        "host": options.host,
        "port": options.port,
        "tls_folder": options.tls,
        "tls_names": options.tls_name,
        "is_throttling": options.throttle,
        "faults": msgspec.json.decode(options.faults),
        "token_lifetime": options.token_seconds,
    }
    return replace(msgspec.convert(rest, ServerConfig, strict=False), tenants=(tenant,))


def _end_with_stdin() -> None:
    # Not sys.stdin: a thread that waits inside it breaks the interpreter's own end.
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _check_faults(config: ServerConfig) -> None:
    for row in config.faults:
        try:
            Fault.from_json(row)
        except ValueError as error:
            raise msgspec.ValidationError(str(error)) from error


def _announce(address: Address, *, is_json: bool) -> None:
    if is_json:
        sys.stdout.write(msgspec.json.encode(address).decode() + "\n")
    else:
        lines = [
            f"Microsoft Entra ID and Graph, simulated: {address.url}",
            f"  tenant {DEMO.tenant_id}",
            f"  client {DEMO.client_id}",
            f"  secret {DEMO.client_secret}",
            f"  person {DEMO.user_name}, password {DEMO.password}",
            *([f"  trust  {address.ca_file}"] if address.ca_file else []),
        ]
        sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
