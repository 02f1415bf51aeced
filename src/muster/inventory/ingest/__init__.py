"""The only writer of assets, users and groups: batches of records in, a merged inventory out.

Every batch is one transaction of a dozen set-based statements. What the inventory looks like
afterwards follows from the records it was given, not from their order or repetition.
"""

from muster.inventory.ingest.context import never
from muster.inventory.ingest.ingestion import Ingestion
from muster.inventory.ingest.reach import READER
from muster.inventory.ingest.statistics import Notice, Statistics

__all__ = ["READER", "Ingestion", "Notice", "Statistics", "never"]
