"""The process that collects: started with an order, read by its lines, ended for sure."""

import contextlib
import subprocess
import sys
from typing import IO

import msgspec

from muster.core.source import Context
from muster.runner import wire

_STOP_SECONDS = 5


Process = subprocess.Popen[bytes]


def started(order: bytes) -> Process:
    """Return a child that carries out an order, given as JSON; `end` must follow.

    The order holds secrets: it goes through a pipe.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "muster.runner.child"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin is not None
    _widen(lines_of(process))
    with process.stdin:
        process.stdin.write(order)
    return process


def lines_of(process: Process) -> IO[bytes]:
    """Return what it says, for `wire.whole_lines`."""
    assert process.stdout is not None
    return process.stdout


def end(process: Process) -> None:
    """Stop it if it runs, and wait until it has."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def how_it_was_lost(process: Process) -> wire.LostProcessError:
    """Wait for an end that was not announced, and return how that was."""
    code = process.wait()
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return wire.LostProcessError(
        f"the collecting process ended before it was done ({how})",
        hint="Run it again: it goes on from the last whole page. If the system ended it, there "
        "may be too little memory.",
        code=how,
    )


def _widen(pipe: IO[bytes]) -> None:
    """Let a pipe hold a megabyte: each time it is read, ingest has to stand aside."""
    if sys.platform == "linux":  # the others have no name for it
        import fcntl

        with contextlib.suppress(OSError):  # an unprivileged user's pipes may have enough already
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, wire.CHUNK_BYTES)


def order_of(source: str, context: Context) -> bytes:
    """Return what a collecting process is to do."""
    order = wire.Order(
        source=source,
        options=dict(context.options),
        secret=dict(context.secret),
        endpoints=dict(context.endpoints),
        now=context.now,
        state=None if context.state is None else dict(context.state),
        checkpoints=None
        if context.checkpoints is None
        else {part: dict(state) for part, state in context.checkpoints.items()},
    )
    return msgspec.json.encode(order)
