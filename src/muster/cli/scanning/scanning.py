"""Running a scan for a person: until it ends, or until they stop it."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from muster.cli.scanning.live import Sight
from muster.core.database_url import home_folder
from muster.core.scanfile import ScanEnd
from muster.fingerprints.library import FOLDER
from muster.scan.concluding import concluder
from muster.scan.file import ScanFile
from muster.scan.plan import ScanPlan
from muster.scan.run import Scan, Watch


def scan(plan: ScanPlan, file: ScanFile, sight: Sight) -> ScanEnd:
    """Scan, show, write; Ctrl-C and SIGTERM end it well. Raises ConfigError before it begins."""
    watch = Watch(progress=sight.progress, host=sight.host, error=sight.error)
    running = Scan(
        plan, file.write, watch=watch, conclude=concluder(home_folder(os.environ) / FOLDER)
    )
    with sight.drawn():
        return asyncio.run(_run(running))


async def _run(running: Scan) -> ScanEnd:
    with _stopping(running):
        return await running.run()


@contextmanager
def _stopping(running: Scan) -> Iterator[None]:
    """Stop at the first signal; a second one ends the process as signals do."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)

    def stop() -> None:
        running.stop()
        for each in signals:
            loop.remove_signal_handler(each)
            signal.signal(each, signal.default_int_handler)

    for each in signals:
        loop.add_signal_handler(each, stop)
    try:
        yield
    finally:
        for each in signals:
            loop.remove_signal_handler(each)
