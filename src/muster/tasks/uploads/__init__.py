"""Files that programs upload, kept with their run, and done by a worker as any run is."""

from muster.tasks.uploads.keeping import kept_name, kept_pieces
from muster.tasks.uploads.queueing import CUSTOM, RECORDS, NewUpload, queue_upload
from muster.tasks.uploads.working import work_on_upload

__all__ = [
    "CUSTOM",
    "RECORDS",
    "NewUpload",
    "kept_name",
    "kept_pieces",
    "queue_upload",
    "work_on_upload",
]
