"""The web application: one function puts it together, and reads as a list.

``create_app`` imports its parts when it is called, so that the commands, which share this package,
start without loading Flask and Folium.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher
    from flask import Flask

    from mapapp.services.container import Clock
    from mapapp.settings import Settings

__all__ = ["create_app"]


def create_app(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    start_refresher: bool = True,
    hasher: PasswordHasher | None = None,
) -> Flask:
    """The application for these settings, by default those of the environment.

    Parameters
    ----------
    clock
        Answers aware instants; by default the present.
    start_refresher
        Whether to follow new data revisions in a thread; without it the snapshot stays the first one
        until ``keeper.refresh()``.
    hasher
        What passwords are hashed with; by default Argon2 with the library's parameters.

    Raises
    ------
    StartupError
        The place is unknown or the database is not migrated; the message says what to do.
    AccessIncomplete
        An address has no line in the table of ``mapapp.web.access``, or a line no address.
    """
    from mapapp.api import api, health, metrics, reference
    from mapapp.maps.basemaps import tile_hosts
    from mapapp.planner import planner
    from mapapp.public import public
    from mapapp.services.container import build_services
    from mapapp.settings import Settings
    from mapapp.staff import staff
    from mapapp.web import EXTENSION_KEY
    from mapapp.web.access_log import install_access_log
    from mapapp.web.assets import install_assets
    from mapapp.web.away import install_away
    from mapapp.web.bodies import install_bodies
    from mapapp.web.doorkeeper import install_access
    from mapapp.web.failure_log import DiscreetFlask, install_logging
    from mapapp.web.headers import install_headers, install_https_memory
    from mapapp.web.hosts import install_hosts
    from mapapp.web.language import install_language
    from mapapp.web.limiter import install_limiter
    from mapapp.web.metrics import install_metrics
    from mapapp.web.problems import install_problems
    from mapapp.web.proxies import install_proxies
    from mapapp.web.release import install_release
    from mapapp.web.requests import install_request_limits

    settings = settings or Settings.from_environment(os.environ)
    services = build_services(settings, clock, start_refresher=start_refresher, hasher=hasher)

    app = DiscreetFlask("mapapp", template_folder="../templates")
    app.extensions[EXTENSION_KEY] = services

    install_logging(app, settings.log_level, settings.log_format)
    install_hosts(app, settings)
    install_limiter(app, settings, services.secret)
    install_request_limits(app, settings.max_body_bytes)  # after the limiter: what is refused is counted too
    install_bodies(app)
    install_headers(app, tile_hosts(settings))
    install_release(app)
    install_language(app, services.place.timezone.key)
    install_problems(app)
    install_away(app)

    for blueprint in (public, planner, staff, api, health, metrics, reference):
        app.register_blueprint(blueprint)

    install_access(app)
    install_assets(app)
    install_https_memory(app)
    install_proxies(app, settings.trusted_proxies)
    install_access_log(app)
    install_metrics(app, services)
    return app
