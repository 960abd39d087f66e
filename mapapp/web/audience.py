"""Who asks: a machine, which gets JSON and problems, or a person, who gets pages."""

from __future__ import annotations

from typing import Final

HEALTH_PATHS: Final = ("/healthz", "/readyz", "/metrics")
API_ROOT: Final = "/api"
STAFF_ROOT: Final = "/staff"
STAFF_ROOTS: Final = (
    STAFF_ROOT,
    "/planner/",
    "/planner/ask",
    "/planner/runs",
    "/planner/sites",
    "/planner/scenarios",
    "/planner/demand",
    "/planner/unmet",
    "/planner/report",
    "/planner/method",
)
"""Below these everything is for people who are signed in; "/planner/" is the start page alone."""
REFERENCE_PATH: Final = "/api/v1/reference"
"""The one page for people below the root of the interface."""


def is_api(path: str) -> bool:
    """Whether the path belongs to the public interface, which any site may read."""
    return path == API_ROOT or (path.startswith(API_ROOT + "/") and path.rstrip("/") != REFERENCE_PATH)


def is_for_machines(path: str) -> bool:
    """Whether an error on this path is a problem document rather than a page."""
    return is_api(path) or path in HEALTH_PATHS


def is_staff_path(path: str) -> bool:
    """Whether the path belongs to the pages of people who are signed in."""
    return any(path == root or path.startswith(root + "/") for root in STAFF_ROOTS)
