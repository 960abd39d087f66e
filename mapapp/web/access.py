"""Who may ask which address: one table, one line an endpoint.

The application does not start when an address has no line or a line has no address, so a new route is
closed until somebody has said whom it is for. Which stations a person may change is not said here: that
is the services' to judge (``mapapp.services.rights``), row by row. Every request that changes something
on a staff page must carry a token made for its sender; that needs no line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from flask import Flask

from mapapp.store.accounts import Role, Scope

STAFF: Final = "staff."
MAX_TYPED_BYTES: Final = 512 * 1024
"""The largest staff form without its files."""
MAX_FORM_PARTS: Final = 2000
MAX_PHOTO_FORM_BYTES: Final = 9 * 1024 * 1024
"""A photo of 8 MB and what stands around it."""


class Who(Enum):
    """What an address wants to know of its visitor."""

    ANYBODY = "anybody"
    NOT_SIGNED_IN = "not signed in"
    ROLES = "roles"
    TOKEN = "token"  # noqa: S105 - a kind of visitor
    ANYBODY_OR_TOKEN = "anybody or token"  # noqa: S105 - a kind of visitor


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom one address is for.

    Attributes
    ----------
    roles
        Who of the signed in may come; for ``Who.ROLES`` only.
    scope
        What a token must be good for. For ``ANYBODY_OR_TOKEN`` a request without a token is the public's,
        and one with a token must be a good one.
    needs_confirmation
        Whether the password must have been given within the last ten minutes.
    max_body_bytes
        How much a request may carry, where that is more than a staff form without files.
    """

    who: Who
    roles: frozenset[Role] = frozenset()
    scope: Scope | None = None
    needs_confirmation: bool = False
    max_body_bytes: int = MAX_TYPED_BYTES


def for_roles(*roles: Role, needs_confirmation: bool = False, max_body_bytes: int = MAX_TYPED_BYTES) -> Rule:
    """Only for people with one of these roles."""
    return Rule(Who.ROLES, frozenset(roles), None, needs_confirmation, max_body_bytes)


def with_token(scope: Scope) -> Rule:
    """Only for programs whose token is good for this."""
    return Rule(Who.TOKEN, scope=scope)


PUBLIC: Final = Rule(Who.ANYBODY)
SIGNED_OUT: Final = Rule(Who.NOT_SIGNED_IN)
"""Whoever is signed in already is sent home."""
ALL_STAFF: Final = for_roles(*Role)
EDITING: Final = for_roles(Role.KEEPER, Role.EDITOR, Role.ADMIN)
CREATING: Final = for_roles(Role.EDITOR, Role.ADMIN)
READING_REPORTS: Final = for_roles(Role.EDITOR, Role.PLANNER, Role.ADMIN)
ANSWERING_REPORTS: Final = for_roles(Role.EDITOR, Role.ADMIN)
ADMINS: Final = for_roles(Role.ADMIN)
ADMINS_CONFIRMED: Final = for_roles(Role.ADMIN, needs_confirmation=True)
PLANNING: Final = for_roles(Role.PLANNER, Role.ADMIN)
SHARING_PLANS: Final = for_roles(Role.EDITOR, Role.PLANNER, Role.ADMIN)
"""A planner's scenario is read by who may take it into the register."""
IMPORTING: Final = for_roles(Role.EDITOR, Role.ADMIN)
MAX_IMPORT_FORM_BYTES: Final = 21 * 1024 * 1024
"""A file of 20 MB and what stands around it."""
CONFIRMED: Final = replace(ALL_STAFF, needs_confirmation=True)

ACCESS: Final[Mapping[str, Rule]] = {
    "static": PUBLIC,
    # --- the public's pages
    "public.home": PUBLIC,
    "public.nearest": PUBLIC,
    "public.nearest_again": PUBLIC,
    "public.all_stations": PUBLIC,
    "public.compact_stations": PUBLIC,
    "public.cell_index": PUBLIC,
    "public.cell_stations": PUBLIC,
    "public.map_clusters": PUBLIC,
    "public.about": PUBLIC,
    "public.station": PUBLIC,
    "public.scanned_station": PUBLIC,
    "public.station_shell": PUBLIC,
    "public.station_qr": PUBLIC,
    "public.photo": PUBLIC,
    "public.map_fragment": PUBLIC,
    "public.service_worker": PUBLIC,
    "public.web_manifest": PUBLIC,
    "public.offline_notice": PUBLIC,
    "public.robots": PUBLIC,
    "public.sitemap_index": PUBLIC,
    "public.sitemap_page": PUBLIC,
    "public.report_form": PUBLIC,
    "public.suggest": PUBLIC,
    "public.report_shell": PUBLIC,
    "public.send_report": PUBLIC,
    "public.report_lookup": PUBLIC,
    "public.report_status": PUBLIC,
    "public.send_unmet": PUBLIC,
    # --- planners
    "planner.coverage": PUBLIC,
    "planner.map_data": PUBLIC,
    "planner.gaps_file": PUBLIC,
    "planner.areas_file": PUBLIC,
    "planner.cells_file": PUBLIC,
    "planner.start": PLANNING,
    "planner.ask": PLANNING,
    "planner.ask_map": PLANNING,
    "planner.ask_catchments": PLANNING,
    "planner.runs": PLANNING,
    "planner.keep_run": PLANNING,
    "planner.run": PLANNING,
    "planner.run_progress": PLANNING,
    "planner.run_map": PLANNING,
    "planner.run_catchments": PLANNING,
    "planner.run_isochrones": PLANNING,
    "planner.rename_run": PLANNING,
    "planner.run_again": PLANNING,
    "planner.cancel_run": PLANNING,
    "planner.delete_run": PLANNING,
    "planner.compare_runs": PLANNING,
    "planner.compare_map": PLANNING,
    "planner.demand_layers": PLANNING,
    "planner.choose_demand": PLANNING,
    "planner.send_demand": replace(PLANNING, max_body_bytes=MAX_IMPORT_FORM_BYTES),
    "planner.demand_file": PLANNING,
    "planner.read_demand_file": PLANNING,
    "planner.demand_job": PLANNING,
    "planner.demand_progress": PLANNING,
    "planner.refused_demand_rows": PLANNING,
    "planner.cancel_demand": PLANNING,
    "planner.save_demand": PLANNING,
    "planner.demand_layer": PLANNING,
    "planner.delete_demand": PLANNING,
    "planner.demand_week": PLANNING,
    "planner.save_demand_week": PLANNING,
    "planner.method": PLANNING,
    "planner.report": PLANNING,
    "planner.report_now": PLANNING,
    "planner.order_report": PLANNING,
    "planner.report_job": PLANNING,
    "planner.report_progress": PLANNING,
    "planner.cancel_report": PLANNING,
    "planner.made_report_file": PLANNING,
    "planner.sites": PLANNING,
    "planner.sites_map": PLANNING,
    "planner.send_premises": replace(PLANNING, max_body_bytes=MAX_IMPORT_FORM_BYTES),
    "planner.search_sites": PLANNING,
    "planner.sites_job": PLANNING,
    "planner.sites_progress": PLANNING,
    "planner.cancel_sites": PLANNING,
    "planner.scenarios": SHARING_PLANS,
    "planner.keep_scenario": PLANNING,
    "planner.scenario": SHARING_PLANS,
    "planner.scenario_map": PLANNING,
    "planner.evaluate_scenario": PLANNING,
    "planner.save_scenario_words": PLANNING,
    "planner.remove_scenario": PLANNING,
    "planner.take_scenario": CREATING,
    "planner.compare_scenarios": PLANNING,
    "planner.compare_scenarios_map": PLANNING,
    "planner.unmet": PLANNING,
    "planner.make_unmet_layer": PLANNING,
    # --- programs
    "api.coverage": PUBLIC,
    "api.stations": PUBLIC,
    "api.station": Rule(Who.ANYBODY_OR_TOKEN, scope=Scope.STATIONS_READ),
    "api.save_one": with_token(Scope.STATIONS_WRITE),
    "api.add_one": with_token(Scope.STATIONS_WRITE),
    "api.revisions": with_token(Scope.STATIONS_READ),
    "api.nearest": PUBLIC,
    "api.openapi": PUBLIC,
    "health.healthz": PUBLIC,
    "health.readyz": PUBLIC,
    "metrics.read": PUBLIC,  # for this machine or by a token of its own: see web/metrics.py
    "reference.page": PUBLIC,
    # --- staff: signing in, oneself
    "staff.sign_in": SIGNED_OUT,
    "staff.submit_sign_in": PUBLIC,
    "staff.sign_in_with_new_totp": PUBLIC,
    "staff.set_up": PUBLIC,
    "staff.submit_set_up": PUBLIC,
    "staff.sign_out": ALL_STAFF,
    "staff.confirm": ALL_STAFF,
    "staff.submit_confirm": ALL_STAFF,
    "staff.home": ALL_STAFF,
    "staff.account": ALL_STAFF,
    "staff.change_password": ALL_STAFF,
    "staff.sign_out_everywhere": ALL_STAFF,
    "staff.totp": CONFIRMED,
    "staff.confirm_totp": CONFIRMED,
    "staff.remove_totp": CONFIRMED,
    # --- staff: people and tokens
    "staff.people": ADMINS,
    "staff.account_events": ADMINS,
    "staff.new_person": ADMINS,
    "staff.invite": ADMINS_CONFIRMED,
    "staff.person": ADMINS,
    "staff.change_person": ADMINS_CONFIRMED,
    "staff.new_link": ADMINS_CONFIRMED,
    "staff.end_sessions": ADMINS_CONFIRMED,
    "staff.remove_persons_totp": ADMINS_CONFIRMED,
    "staff.tokens": ADMINS,
    "staff.new_token": ADMINS,
    "staff.create_token": ADMINS_CONFIRMED,
    "staff.revoke_token": ADMINS_CONFIRMED,
    # --- staff: stations
    "staff.stations": ALL_STAFF,
    "staff.station": ALL_STAFF,
    "staff.station_history": ALL_STAFF,
    "staff.station_photo": ALL_STAFF,
    "staff.new_station": CREATING,
    "staff.create_station": replace(CREATING, max_body_bytes=MAX_PHOTO_FORM_BYTES),
    "staff.save_station": replace(EDITING, max_body_bytes=MAX_PHOTO_FORM_BYTES),
    "staff.undo_revision": EDITING,
    "staff.restore_preview": EDITING,
    "staff.restore_revision": EDITING,
    "staff.where_is": EDITING,
    "staff.pin_map_script": EDITING,
    # --- staff: the holiday table
    "staff.holidays": ADMINS,
    "staff.check_holidays": ADMINS,
    "staff.save_holidays": ADMINS,
    # --- staff: the queue of unplaced stations
    "staff.unplaced": CREATING,
    "staff.next_unplaced": CREATING,
    "staff.unplaced_station": CREATING,
    "staff.place_station": CREATING,
    "staff.put_unplaced_aside": CREATING,
    "staff.ask_again_for_place": CREATING,
    # --- staff: posters
    "staff.posters": ALL_STAFF,
    "staff.print_posters": ALL_STAFF,
    "staff.posters_pdf": ALL_STAFF,
    "staff.posters_svg": ALL_STAFF,
    "staff.order_posters": ALL_STAFF,
    "staff.posters_job": ALL_STAFF,
    "staff.posters_file": ALL_STAFF,
    "staff.station_poster": ALL_STAFF,
    "staff.station_poster_pdf": ALL_STAFF,
    "staff.station_poster_svg": ALL_STAFF,
    # --- staff: reports
    "staff.reports": READING_REPORTS,
    "staff.report": READING_REPORTS,
    "staff.report_photo": READING_REPORTS,
    "staff.answer_report": ANSWERING_REPORTS,
    "staff.assign_report": ANSWERING_REPORTS,
    "staff.merge_report": ANSWERING_REPORTS,
    "staff.split_report": ANSWERING_REPORTS,
    "staff.report_sender": ANSWERING_REPORTS,
    "staff.erase_report_sender": ANSWERING_REPORTS,
    "staff.end_report_warning": ANSWERING_REPORTS,
    # --- staff: keeping the register true
    "staff.verify_queue": ALL_STAFF,
    "staff.assign_verification": EDITING,
    "staff.verify_station": ALL_STAFF,
    "staff.confirm_facts": EDITING,
    "staff.take_back_confirmation": EDITING,
    "staff.dashboard": ALL_STAFF,
    "staff.monthly_csv": ALL_STAFF,
    "staff.monthly_xlsx": ALL_STAFF,
    # --- staff: spreadsheets
    "staff.imports": IMPORTING,
    "staff.send_import": replace(IMPORTING, max_body_bytes=MAX_IMPORT_FORM_BYTES),
    "staff.import_file": IMPORTING,
    "staff.read_import_file": IMPORTING,
    "staff.import_job": IMPORTING,
    "staff.import_progress": IMPORTING,
    "staff.cancel_import": IMPORTING,
    "staff.choose_import_rows": IMPORTING,
    "staff.choose_all_duplicates": IMPORTING,
    "staff.order_refused_rows": IMPORTING,
    "staff.commit_import": IMPORTING,
    "staff.undo_import": IMPORTING,
    "staff.refused_rows": IMPORTING,
    "staff.exports": ALL_STAFF,
    "staff.export_file": ALL_STAFF,
    "staff.order_export": ALL_STAFF,
    "staff.export_job": ALL_STAFF,
    "staff.export_progress": ALL_STAFF,
    "staff.cancel_export": ALL_STAFF,
    "staff.made_file": ALL_STAFF,
    "staff.export_template": ALL_STAFF,
    # --- staff: opening hours
    "staff.read_hours": EDITING,
}


class AccessIncomplete(RuntimeError):
    """The table and the addresses do not agree; the message names what is missing where."""


def require_complete_table(app: Flask, table: Mapping[str, Rule] = ACCESS) -> None:
    """Refuse to start while an address has no rule or a rule has no address.

    Raises
    ------
    AccessIncomplete
        With the names of both.
    """
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    missing, idle = endpoints - set(table), set(table) - endpoints
    if missing or idle:
        raise AccessIncomplete(
            f"mapapp/web/access.py: no rule for {_listed(missing)}; no address for the rules {_listed(idle)}."
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
