"""The numbers by which a search is planned; measured at a million assets."""

FEW = 10_000
"""So many ids are found at once and then asked everything else."""
RELATED = 1_000
"""So many ids of a set that joins tables are read before anything else is tried."""
MOST_LOOKS = 30_000
"""So many looks into indexes are spent on the first rows of an order, before sets are tried."""
FIRST_ROWS = 2_000
"""So many of the first rows are looked at in any case."""
LATEST_ROWS = 40_000
"""So many rows are asked at once where each set that they are asked for is read as a whole."""
SMALL = 30_000
"""Sets of no more ids are told apart by their size where many things match."""
MOST_CROSSED = 150_000
"""Sets of no more ids are crossed where few match, instead of looking up each row."""
MOST_VALUES = 256
"""A key with more different values than these is not read from one value to the next."""
