"""What the pages of one station share: the station as it stands, its form as a page, the way from typing to saved."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Final

from flask import abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.reports.tracking import read_tracking
from geodata.stations.station import Station
from mapapp.maps import MapFragment
from mapapp.maps.pin_map import pin_map
from mapapp.services.editing.preview import FieldChange
from mapapp.services.rights import Right, editable_fields, may
from mapapp.staff.phrases import browser_phrases
from mapapp.staff.station_form import StationForm
from mapapp.staff.station_form_view import FormPage, hidden_inputs
from mapapp.staff.station_values import WordedChange, Wording
from mapapp.web import services
from mapapp.web.assets import asset_url
from mapapp.web.csrf import csrf_token
from mapapp.web.language import current_language
from mapapp.web.signed_in import signed_in

MAX_REASON_CHARS: Final = 300


@dataclass(frozen=True, slots=True)
class Editing:
    """One station being edited: as it stands (``current``; None while it is new), and from what the form was made."""

    current: Station | None
    base: Station
    editable: Collection[str]

    @property
    def code(self) -> str:
        """The station's code; nothing while it is new."""
        return self.current.code if self.current else ""

    @property
    def version(self) -> int:
        """The version the station has now; 0 while it is new."""
        return self.current.version if self.current else 0

    @property
    def action(self) -> str:
        """Where the form is sent."""
        if self.current is None:
            return url_for("staff.create_station", report=asked_report())
        return url_for("staff.save_station", code=self.code, report=asked_report())


@dataclass(frozen=True, slots=True)
class Saved:
    """What was saved a moment ago, and whether its author can take it back."""

    number: int
    can_undo: bool
    was_undone: bool = False
    note: str = ""
    """A sentence about what could not be done with it."""


def asked_report() -> str | None:
    """The tracking code of the report because of which the station is changed, if the address names one."""
    return read_tracking(request.args.get("report", ""))


def known_station(code: str) -> Station:
    """The station as it stands in the database; 404 where there is none."""
    with services().store.reading() as reader:
        station = reader.station(code)
    return station if station is not None else abort(404)


def wording() -> Wording:
    """How values are said on this page."""
    return Wording(current_language(), services().place)


def worded(changes: Iterable[FieldChange]) -> list[WordedChange]:
    """Changes as the current page says them."""
    words = wording()
    return [words.change(change) for change in changes]


def typed_reason() -> str:
    """The posted reason, within reason."""
    return " ".join(request.form.get("reason", "").split())[: MAX_REASON_CHARS + 1]


def form_page(
    editing: Editing, form: StationForm, *, status: int = 200, message: str = "", saved: Saved | None = None
) -> Response:
    """The form with what stands in it."""
    view = FormPage(form, editing.base, editing.editable, services().place, current_language()).view()
    page = render_template(
        "staff/station_form.html",
        view=view,
        station=editing.current,
        version=editing.base.version if editing.current else 0,
        action=editing.action,
        message=message,
        will_vanish=editing.current is None and editing.base.is_sample,
        saved=saved,
        report=asked_report() if may(signed_in().actor, Right.ANSWER_REPORTS) else None,
        may_create=may(signed_in().actor, Right.CREATE_STATIONS),
        map_element=pin_map_fragment().html if "position" in editing.editable else "",
        page_data=page_data(editing, saved),
    )
    return make_response(page, status)


def preview_page(
    editing: Editing,
    form: StationForm,
    changes: Iterable[FieldChange],
    *,
    warnings: Iterable[str] = (),
    meanwhile: Iterable[Any] = (),
    reason_problem: str = "",
    status: int = 200,
) -> Response:
    """What saving would change, and why."""
    page = render_template(
        "staff/station_preview.html",
        station=editing.current,
        name=form.station.name if form.station else "",
        action=editing.action,
        hidden=[*hidden_inputs(form, editing.editable), ("version", str(editing.version))],
        changes=worded(changes),
        warnings=list(warnings),
        meanwhile=list(meanwhile),
        reason=typed_reason(),
        reason_problem=reason_problem,
        page_data=page_data(editing, None),
    )
    return make_response(page, status)


def editing_of(station: Station, base: Station | None = None) -> Editing:
    """What the one who is signed in may do with the station."""
    return Editing(station, base or station, editable_fields(signed_in().actor, station))


def page_data(editing: Editing, saved: Saved | None) -> dict[str, Any]:
    """What the script of the form's pages is given; no facts of the station."""
    box = services().place.bbox
    return {
        "language": current_language()[:2],
        "messages": browser_phrases(),
        "csrf": csrf_token(),
        "bounds": {"west": box.west, "south": box.south, "east": box.east, "north": box.north},
        "urls": {"where": url_for("staff.where_is"), "mapAssets": _map_assets()},
        "draft": {
            "account": signed_in().account.id,
            "station": editing.code or "new",
            "version": editing.version,
            "saved": saved is not None,
        },
    }


def pin_map_fragment() -> MapFragment:
    """The parts of the map one places a station on."""
    parts = services()
    return pin_map(parts.place, parts.settings, current_language(), asset_url)


def _map_assets() -> dict[str, Any]:
    """What a browser fetches when the map is opened."""
    fragment = pin_map_fragment()
    return {
        "styles": list(fragment.stylesheets),
        "scripts": list(fragment.scripts),
        "code": asset_url("station_form.map.js"),
        "fragment": url_for("staff.pin_map_script", language=current_language()[:2]),
    }
