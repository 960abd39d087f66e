"""What the pages of plans are made of; ``sites_routes`` has their addresses."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import make_response, render_template, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from geodata.coordinates import Crs
from geodata.errors import InvalidValue
from geodata.files import CRS_NAMES
from geodata.siting.intervention_plan import Objective
from geodata.siting.interventions import InterventionKind
from geodata.stations.station import Station
from geodata.stations.vocabulary import Service, StationKind
from mapapp.planner import sites_words as words
from mapapp.planner.ask_form import ask_query
from mapapp.planner.ask_pages import address, desk_and_actor, map_parts, method_url, page_data
from mapapp.planner.ask_view import warning_words
from mapapp.planner.ask_words import short_words
from mapapp.planner.coverage_choices import coverage_choices
from mapapp.planner.sites_curve import curve_view
from mapapp.planner.sites_form import SitesForm, field_of, problem_words, read_sites_form
from mapapp.planner.sites_rows import plan_picture, plan_rows
from mapapp.planner.speech import gettext
from mapapp.services.coverage import NoDemandLayer
from mapapp.services.importing.uploads import MAX_UPLOAD_BYTES
from mapapp.services.planning.candidates import kind_of_sites, premises_file, usual_services
from mapapp.services.planning.interventions import SITE_RULES, Candidates, PlanRequest
from mapapp.services.planning.question import PlanningQuestion
from mapapp.services.planning.runs import RunDesk
from mapapp.services.planning.siting_job import costs_of_last
from mapapp.store import UnknownRun
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.lists import whole_number

Document = Mapping[str, Any]
_PLAN: Final = "plan"
_FORM_KEY: Final = re.compile(r"[0-9a-f]{24}", re.ASCII)


def read_form(sent: MultiDict[str, str]) -> SitesForm:
    """The form as it was sent; a kept run's question where the address names one."""
    desk, actor = desk_and_actor()
    layers = frozenset(card.name for card in desk.ground().cards)
    run_id = whole_number(sent.get("run", ""))
    question = None
    if run_id is not None:
        try:
            question = desk.run(actor, run_id, with_document=False).question
        except (UnknownRun, InvalidValue):
            question = None
    has_costs = any(name.startswith("cost-") for name in sent)
    costs = {} if has_costs else costs_of_last(services().store, actor)
    return read_sites_form(sent, services().now(), layers, question, costs)


def sites_page(
    sent: MultiDict[str, str],
    *,
    problems: Mapping[str, str] | None = None,
    keep_problems: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The form, and the plan at once where one is asked for; ``keep_problems`` are of the form that keeps it."""
    form = read_form(sent)
    found = {**form.problems, **(problems or {})} if _PLAN in sent or problems else dict(problems or {})
    document: Document | None = None
    desk, _actor = desk_and_actor()
    is_long = form.request is not None and not is_quick(desk, form.request)
    if _PLAN in sent and form.request is not None and not problems and not is_long:
        try:
            document = at_once(form)
        except NoDemandLayer:
            found["question"] = gettext("There is no data on where workers are yet.")
        except InvalidValue as refusal:
            found[field_of(str(refusal.field))] = problem_words(refusal.code or "")
    page = render_template(
        "planner/sites.html",
        form=form,
        problems=found,
        **_form_parts(form),
        plan=None if document is None else plan_view(document, form),
        hidden=form.pairs(services().place.timezone),
        typed={name: sent.get(name, "") for name in ("name", "note")},
        keep_problems=keep_problems or {},
        form_key=new_form_key(sent.get("form_key", "")),
        is_long=is_long and _PLAN in sent,
        **_map_of(form, with_plan=document is not None),
    )
    return make_response(page, status if status != 200 else 400 if found else 200)


def _map_of(form: SitesForm, *, with_plan: bool) -> dict[str, Any]:
    """The map's parts of the page, where there is something to choose from."""
    if form.request is None:
        return {"map": None}
    pairs = form.pairs(services().place.timezone) + ([(_PLAN, "1")] if with_plan else [])
    return {**map_parts(address("planner.sites_map", pairs), {}, draws="planPlaces"), "page_data": page_data()}


def is_quick(desk: RunDesk, asked: PlanRequest) -> bool:
    """Whether it can be planned within a request: travel over many hours is a problem of its own size."""
    question = asked.question
    is_one_hour = question.instant is not None or len(question.hours) == 1
    return desk.is_quick(question) and (is_one_hour or not asked.objective.is_travel)


def at_once(form: SitesForm) -> Document:
    """The plan that a request can wait for; raises as `PlanDesk.at_once`."""
    desk, actor = desk_and_actor()
    parts = services()
    if form.request is None:
        raise InvalidValue("There is nothing to plan.", field="question", code="empty")
    return parts.plans.at_once(form.request, desk.ground(), actor.account_id)


def _form_parts(form: SitesForm) -> dict[str, Any]:
    language, timezone = current_language(), services().place.timezone
    question = form.ask.question
    desk, actor = desk_and_actor()
    with services().store.reading() as reader:
        upload = (
            premises_file(reader, services().settings, actor.account_id, form.typed["upload"])
            if form.typed["upload"]
            else None
        )
    return {
        "question_words": "" if question is None else short_words(question, language, timezone),
        "question_pairs": [] if question is None else question_pairs(question),
        "ask_url": url_for("planner.ask") if question is None else address("planner.ask", question_pairs(question)),
        "objectives": [(each.value, each.label(language)) for each in Objective],
        "kinds": words.kind_choices(),
        "places": [(each.value, str(words.PLACE_NAMES[each])) for each in Candidates],
        "rules": [(rule, str(words.RULE_NAMES[rule])) for rule in SITE_RULES],
        "crs_names": [(crs.value, CRS_NAMES[crs]) for crs in Crs],
        "upload": upload,
        "limit_mb": MAX_UPLOAD_BYTES // 1024 // 1024,
        "labels": labels(),
        "method_url": method_url(),
        "offer_groups": offer_groups(form, desk.ground().register.stations),
        "cost_fields": [
            (f"cost-{kind.value}", kind.label(language), form.typed[f"cost-{kind.value}"]) for kind in InterventionKind
        ],
    }


def offer_groups(form: SitesForm, stations: Sequence[Station]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The services a new site may have, by group: code, words, whether it has it; the planner's, else what is usual."""
    chosen, question = form.services, form.ask.question
    if chosen is None:
        kind = StationKind.REST_STATION if question is None else kind_of_sites(question)
        chosen = frozenset(usual_services(stations, kind))
    needed = frozenset() if question is None else question.needs_all
    language = current_language()
    return [
        (group, [(code, text, Service(code) in chosen | needed) for code, text in choices])
        for group, choices in coverage_choices(language, None).services
    ]


def new_form_key(sent: str = "") -> str:
    """Names one form, so that what is sent twice is kept once."""
    return sent if _FORM_KEY.fullmatch(sent) else secrets.token_hex(12)


def question_pairs(question: PlanningQuestion) -> list[tuple[str, str]]:
    """The question's part of an address."""
    return ask_query(question, services().place.timezone)


def labels() -> dict[str, str]:
    """What the fields are called."""
    return {
        "objective": gettext("What for?"),
        "do": gettext("What may be done?"),
        "places": gettext("Where may new sites stand?"),
        "count": gettext("How many changes, at most"),
        "budget": gettext("Budget"),
        "target": gettext("Target share in per cent"),
        "rule": gettext("A new site would be open"),
        "offer": gettext("A new site would have"),
        "name": gettext("Name"),
        "note": gettext("Note"),
        "chosen": gettext("What is done where"),
        "must": gettext("Must be among them"),
        "not": gettext("Must not be among them"),
        "seconds": gettext("Seconds the search may take"),
        "upload": gettext("File of premises"),
        "question": gettext("Question"),
        "file": gettext("File of premises"),
    }


def plan_view(document: Document, form: SitesForm | None) -> dict[str, Any]:
    """A plan as the templates show it. With a form, each choice can be required or shut out by a link."""
    parts, language = services(), current_language()
    desk, _actor = desk_and_actor()
    stations = {station.code: station for station in desk.ground().register.stations}
    return {
        "document": document,
        "headline": words.gain_words(document),
        "bound": words.bound_words(document),
        "is_proven": document["proven"],
        "method": words.method_words(document),
        "warning": warning_words(document["basis"]),
        "rows": plan_rows(document, stations, form, parts.place.timezone),
        "picture": plan_picture(document, stations, parts.place, language),
        "spent": words.number(document["spent"]),
        "curve": curve_view(document),
        "exchanges": words.exchanges_table(document),
        "costs": words.costs_table(document),
        "notes": words.notes(document),
        "facts": plan_facts(document),
    }


def station_names() -> dict[str, str]:
    """The names of all stations by code."""
    desk, _actor = desk_and_actor()
    return {station.code: station.name for station in desk.ground().register.stations}


def plan_facts(document: Document) -> list[tuple[str, str]]:
    """What a plan was made of, each with its name."""
    basis = document["basis"]
    layers = gettext("; ").join(
        f"{layer['title'] or layer['name']} {str(layer['checksum'])[:12]}" for layer in basis["layers"]
    )
    budget = document["request"]["budget"]
    return [
        *([] if budget is None else [(gettext("Budget"), words.number(budget))]),
        (gettext("Choices looked at"), words.number(document["options_count"])),
        (gettext("Took"), gettext("%(seconds)s s", seconds=f"{document['seconds']:.2f}")),
        (gettext("Data revision"), str(basis["data_revision"])),
        (gettext("Demand layers, checksums"), layers),
        (gettext("Code"), str(basis["code_version"])),
    ]


def sent_of(pairs: list[tuple[str, str]]) -> MultiDict[str, str]:
    """Fields as a form would send them."""
    return MultiDict(pairs)
