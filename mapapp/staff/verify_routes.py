"""The addresses of keeping the register true: the queue, who looks, and one station while one stands before it."""

from __future__ import annotations

from typing import Any, Final

from flask import make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from geodata.errors import InvalidValue
from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.station import Station
from mapapp.services.districts import NO_DISTRICT
from mapapp.services.rights import Actor, Right, may, may_read_report
from mapapp.services.truth.confirming import confirm_groups, may_confirm, take_back
from mapapp.services.truth.one_station import station_truth
from mapapp.services.truth.register import Reason
from mapapp.services.truth.tasks import CannotLook, assign, lookers
from mapapp.services.truth.waiting import QueueQuestion, next_waiting, queue_page
from mapapp.staff.blueprint import staff
from mapapp.staff.lists import PAGE_ROWS, asking_again, offset_of, page_number, page_of_list, whole_number
from mapapp.staff.speech import gettext, ngettext
from mapapp.staff.station_pages import known_station
from mapapp.staff.station_words import busy_sentence
from mapapp.staff.verify_view import (
    REASON_NAMES,
    group_names,
    looker_name,
    station_name,
    worded_groups,
    worded_reports,
    worded_waiting,
)
from mapapp.store import StaleVersion, StoreBusy
from mapapp.store.accounts import Role
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.signed_in import signed_in

ALL_GROUPS: Final = "all"
NOBODY: Final = "nobody"
_FILTERS: Final = ("reason", "district", "door", "mine", "all")


@staff.get("/verify")
def verify_queue() -> str:
    """The stations to look at again, those that affect most people first."""
    return _queue()


@staff.post("/verify/assign")
def assign_verification() -> Response:
    """Let somebody look at the stations that were ticked."""
    codes = request.form.getlist("station")[:PAGE_ROWS]
    account_id = _account_id(request.form.get("account", ""))
    if not codes or account_id is None:
        message = gettext("Tick the stations, and choose who looks at them.")
        return make_response(_queue(problem=message), 400)
    parts = services()
    try:
        done = assign(parts.store, signed_in().actor, codes, account_id or None, parts.now())
    except CannotLook:
        return make_response(_queue(problem=gettext("This person cannot be asked any more. Choose another.")), 400)
    except StoreBusy:
        return make_response(_queue(problem=busy_sentence()), 503)
    target = _url(page=request.values.get("page", ""), given=len(done.codes), refused=len(done.refused))
    return redirect(target, 303)


@staff.get("/verify/<code>")
def verify_station(code: str) -> Response:
    """One station's facts, to be compared with what one sees."""
    return _station_page(known_station(code))


@staff.post("/verify/<code>")
def confirm_facts(code: str) -> Response:
    """Write down that facts were found to be so."""
    parts, actor, chosen = services(), signed_in().actor, request.form.get("group", "")
    groups = [group for group in FieldGroup if chosen in {ALL_GROUPS, group.value}]
    how = next((how for how in ConfirmedHow if how.value == request.form.get("how")), None)
    if how is None:
        return _station_page(known_station(code), message=gettext("Say how you know."), status=400)
    try:
        done = confirm_groups(parts.store, actor, code, groups, how, _number("version"), parts.now())
    except StaleVersion as error:
        message = gettext("Somebody has saved since you opened this page. Compare the facts once more.")
        return _station_page(error.current, message=message, status=409)
    except InvalidValue:
        message = gettext("There is nothing to be confirmed here. Find it out and write it down.")
        return _station_page(known_station(code), message=message, status=400)
    except StoreBusy:
        return _station_page(known_station(code), message=busy_sentence(), status=503)
    confirmed = ",".join(group.value for group in done.groups)
    return redirect(_station_url(code, confirmed=confirmed), 303)


@staff.post("/verify/<code>/take-back")
def take_back_confirmation(code: str) -> Response:
    """Forget what one confirmed a moment ago."""
    parts = services()
    try:
        groups = take_back(parts.store, signed_in().actor, code, parts.now())
    except StoreBusy:
        return _station_page(known_station(code), message=busy_sentence(), status=503)
    return redirect(_station_url(code, taken_back=len(groups)), 303)


def _queue(problem: str = "") -> str:
    parts, actor = services(), signed_in().actor
    with parts.store.reading() as reader:
        tasks = {task.station_code: task for task in reader.confirmations.tasks()}
        people = lookers(reader) if may(actor, Right.EDIT_STATIONS) else ()
    question = _question(actor, frozenset(code for code, task in tasks.items() if task.account_id == actor.account_id))
    truth = parts.truth.register(parts.snapshot, parts.now())
    page = queue_page(truth, question)
    return render_template(
        "staff/verify.html",
        rows=[worded_waiting(item, tasks) for item in page.items],
        problem=problem,
        given=request.args.get("given", "") if not problem else "",
        given_words=_given_words(),
        **page_of_list(question.offset, len(page.items), page.total, _url),
        mine_count=sum(task.account_id == actor.account_id for task in tasks.values()),
        reasons=_reason_links(page.by_reason),
        asked={name: request.values.get(name, "") for name in (*_FILTERS, "page")},
        queue_url=_url,
        station_url=_station_url,
        districts=_districts(),
        people=[(account.id, account.display_name or account.name) for account in people],
        own_only=actor.role in {Role.KEEPER, Role.EDITOR},
        has_demand=truth.facts.is_demand_known,
        is_demand_sample=truth.facts.is_demand_sample,
        may_assign=bool(people),
    )


def _station_page(station: Station, *, message: str = "", status: int = 200) -> Response:
    parts, actor = services(), signed_in().actor
    with parts.store.reading() as reader:
        truth = station_truth(reader, station, parts.truth.limits, parts.now(), parts.place.timezone)
        own_tasks = frozenset(
            task.station_code for task in reader.confirmations.tasks() if task.account_id == actor.account_id
        )
    is_theirs = may_confirm(actor, station)
    point = station.position.point if station.position else None
    page = render_template(
        "staff/verify_station.html",
        station=station,
        name=station_name(station),
        groups=worded_groups(truth, may_change=is_theirs),
        reports=worded_reports(truth.reports, is_readable=may_read_report(actor, station.district_code)),
        looker=looker_name(truth.task) if truth.task else "",
        is_theirs=is_theirs,
        point=point,
        message=message,
        hows=[(how.value, how.label(current_language())) for how in (ConfirmedHow.ON_SITE, ConfirmedHow.PHONE)],
        confirmed=_confirmed_words(),
        was_taken_back=request.args.get("taken_back", "") if not message else "",
        following=_following(actor, station, own_tasks) if request.args.get("confirmed") else None,
        asked={name: request.values.get(name, "") for name in _FILTERS},
        queue_url=_url,
        station_url=_station_url,
    )
    return make_response(page, status)


def _following(actor: Actor, station: Station, own_tasks: frozenset[str]) -> tuple[str, str] | None:
    """The next station of the queue one came from: its address and name."""
    parts = services()
    truth = parts.truth.register(parts.snapshot, parts.now())
    found = next_waiting(truth, _question(actor, own_tasks), {station.code})
    return (_station_url(found.code), station_name(found)) if found else None


def _question(actor: Actor, own_tasks: frozenset[str]) -> QueueQuestion:
    asked = request.values
    district = asked.get("district", "")
    districts = frozenset({district}) if district in {NO_DISTRICT, *_district_codes()} else None
    codes = own_tasks if asked.get("mine") else None
    if not asked.get("all") and not asked.get("mine"):
        if actor.role is Role.KEEPER:
            codes = actor.stations
        elif actor.role is Role.EDITOR and districts is None:
            districts = actor.districts | {NO_DISTRICT}
    today = services().now().date()
    return QueueQuestion(
        reason=next((reason for reason in Reason if reason.value == asked.get("reason")), None),
        districts=districts,
        codes=codes,
        door_since=today.replace(day=1) if asked.get("door") else None,
        limit=PAGE_ROWS,
        offset=offset_of(page_number(request.values.get("page", ""))),
    )


def _reason_links(counts: Any) -> list[tuple[str, str, int, bool]]:
    """Each reason with its address, its count and whether it is chosen."""
    chosen = request.values.get("reason", "")
    return [
        (_url(reason=reason.value, page="", door=""), str(name), counts[reason], reason.value == chosen)
        for reason, name in REASON_NAMES.items()
    ]


def _url(**changes: Any) -> str:
    """The queue's address with the present question, but for these; a new question begins on the first page."""
    return asking_again("staff.verify_queue", _FILTERS, changes)


def _station_url(code: str, **more: Any) -> str:
    """A station's page, with the queue one came from."""
    return asking_again("staff.verify_station", _FILTERS, more, code=code)


def _districts() -> list[tuple[str, str]]:
    language = current_language()
    units = [(unit.code, unit.name(language)) for unit in services().place.units]
    return [*units, (NO_DISTRICT, gettext("none"))]


def _district_codes() -> frozenset[str]:
    return frozenset(unit.code for unit in services().place.units)


def _confirmed_words() -> str:
    given = request.args.get("confirmed", "").split(",")
    return group_names(group for group in FieldGroup if group.value in given)


def _given_words() -> str:
    """What became of the stations that were given to somebody."""
    given, refused = _number("given"), _number("refused")
    words = ngettext("%(num)s station was given.", "%(num)s stations were given.", given)
    if not refused:
        return words
    more = ngettext(
        "%(num)s was not: it is not theirs or not yours.",
        "%(num)s were not: they are not theirs or not yours.",
        refused,
    )
    return f"{words} {more}"


def _account_id(typed: str) -> int | None:
    """The chosen account; 0 for nobody, None for no choice."""
    if typed == NOBODY:
        return 0
    return whole_number(typed)


def _number(name: str) -> int:
    return whole_number(request.values.get(name, "")) or 0
