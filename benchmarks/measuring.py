"""What every measured process prints about itself: one line of JSON."""

import json
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def measured() -> Iterator[dict[str, object]]:
    """Print wall and processor seconds, the peak of memory, and what the block put in."""
    found: dict[str, object] = {}
    wall, processor = time.perf_counter(), time.process_time()
    yield found
    found["seconds"] = round(time.perf_counter() - wall, 3)
    found["processor_seconds"] = round(time.process_time() - processor, 3)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    found["child_processor_seconds"] = round(children.ru_utime + children.ru_stime, 3)
    found["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    found["child_peak_megabytes"] = children.ru_maxrss // 1024
    print(json.dumps(found))
