"""The pages for planners: who is covered, and who is not.

Routes are thin; the services compute, and what they found is worded here.
"""

from mapapp.planner.routes import planner

__all__ = ["planner"]
