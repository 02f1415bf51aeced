"""How much memory this process took at most."""

import resource


def peak_megabytes() -> int:
    """Return the peak of resident memory since the process began."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
