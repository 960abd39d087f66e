"""The pages for planners: who is covered, and who is not; where workers are.

Routes are thin; the services compute, and what they found is worded here. Importing a module of routes hangs them
on the blueprint; whom each address is for stands in ``mapapp.web.access``.
"""

from mapapp.planner import demand_routes, demand_week  # noqa: F401 - see above
from mapapp.planner.routes import planner

__all__ = ["planner"]
