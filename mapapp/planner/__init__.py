"""The pages for planners: who is covered, and who is not; where workers are.

Routes are thin; the services compute, and what they found is worded here. Importing a module of routes hangs them
on the blueprint; whom each address is for stands in ``mapapp.web.access``.
"""

from mapapp.planner import (  # noqa: F401 - see above
    ask_routes,
    demand_routes,
    demand_week,
    report_routes,
    run_routes,
    scenario_compare,
    scenario_keep,
    scenario_routes,
    sites_map,
    sites_routes,
    unmet_routes,
)
from mapapp.planner.routes import planner

__all__ = ["planner"]
