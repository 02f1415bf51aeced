"""Runs plans: the same steps in a server's worker, an Explorer and the command line."""

from muster.runner.plan import Plan, Step, StepReport
from muster.runner.run import run

__all__ = ["Plan", "Step", "StepReport", "run"]
