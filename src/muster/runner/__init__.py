"""Runs plans: the same steps in a server's worker, an Explorer and the command line."""

from muster.runner.plan import Plan, Step, StepReport
from muster.runner.run import Begin, run

__all__ = ["Begin", "Plan", "Step", "StepReport", "run"]
