"""Demand: where workers of each group are, hour by hour of the week."""

from geodata.demand.points import HOURS_A_WEEK, DemandLayer

__all__ = ["HOURS_A_WEEK", "DemandLayer"]
