"""Retention: what is no longer seen goes after the days that an organization says, and not before.

What is gone from its source, or not seen for so long, is planned first and then removed batch by
batch, so that a dry run lists what a run would remove.
"""

from muster.inventory.retention.carrying_out import carry_out, expire_history
from muster.inventory.retention.listing import Listed, listed
from muster.inventory.retention.planning import FirstRun, Plan, plan
from muster.inventory.retention.policy import (
    Policy,
    change,
    check_may_remove,
    claim_day,
    keep_outcome,
    policy,
)

__all__ = [
    "FirstRun",
    "Listed",
    "Plan",
    "Policy",
    "carry_out",
    "change",
    "check_may_remove",
    "claim_day",
    "expire_history",
    "keep_outcome",
    "listed",
    "plan",
    "policy",
]
