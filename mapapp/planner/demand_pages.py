"""What the pages of demand are made of; ``demand_routes`` and ``demand_week`` have their addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from flask import make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from geodata.coordinates import Crs, LonLat
from geodata.demand.points import HOURS_A_WEEK, DemandLayer
from geodata.errors import UnreadableFile
from geodata.files import CRS_NAMES
from geodata.stations.vocabulary import WorkerGroup
from mapapp.maps import static_map
from mapapp.planner import demand_words as words
from mapapp.planner.speech import gettext
from mapapp.services.demand.choosing import counting_layers, model_layer, overtaken, unlike_shown
from mapapp.services.demand.files import DemandLook, UnknownDemandFile, demand_file, look_at_demand
from mapapp.services.demand.jobs import ERROR
from mapapp.services.demand.steering import LayerDraft, demand_jobs_of, save_of
from mapapp.services.exporting.kept_files import kept_file
from mapapp.services.importing.uploads import MAX_UPLOAD_BYTES
from mapapp.services.jobs import desk
from mapapp.store import Job, LayerCard, LayerSort
from mapapp.web import services
from mapapp.web.language import current_language
from mapapp.web.lists import PAGE_ROWS, asking_again, offset_of, page_count, page_number, page_of_list, sorted_headings
from mapapp.web.signed_in import signed_in

AS_FILE: Final = "file"
_SHOWN_JOBS: Final = 10
_SHOWN_CELLS: Final = 300
_CHART_HEIGHT: Final = 60


def sentence_of(error: UnreadableFile) -> str:
    """Why a file cannot be read, in the page's language."""
    return error.zh if words.language() == "zh" else error.en


@dataclass(frozen=True, slots=True)
class SentChoices:
    """What was chosen for each group in a form that could not be saved, and what it had shown."""

    typed: Mapping[WorkerGroup, str] = field(default_factory=dict)
    shown: Mapping[WorkerGroup, str] = field(default_factory=dict)


def list_page(problem: str = "", status: int = 200, sent: SentChoices | None = None) -> Response:
    """All layers, which of them counts whom, and the form that sends a file in."""
    asked = request.args.get("sort", "")
    sort = next((each for each in LayerSort if each.value == asked), LayerSort.MADE_AT)
    descending = request.args.get("order", "down") == "down"
    offset = offset_of(page_number(request.args.get("page", "")))
    with services().store.reading() as reader:
        cards, choices = reader.demand.cards(), reader.demand.choices()
        shown, total = reader.demand.cards_page(sort=sort, descending=descending, offset=offset, limit=PAGE_ROWS)
    counting = counting_layers(cards, choices)
    names = {each: str(name) for each, name in words.SORT_NAMES.items()}
    page = render_template(
        "planner/demand.html",
        rows=[_row(card, counting) for card in shown],
        columns=sorted_headings(names, sort, descending, _list_url),
        counted=_counted(cards, choices, counting, sent or SentChoices()),
        jobs=[words.job_row(job) for job in demand_jobs_of(services().store, signed_in().actor, _SHOWN_JOBS)],
        problem=problem,
        done=request.args.get("done", "") if not problem else "",
        limit_mb=MAX_UPLOAD_BYTES // 1024 // 1024,
        **page_of_list(offset, len(shown), total, _list_url),
    )
    return make_response(page, status)


def _list_url(**changes: Any) -> str:
    if changes.get("order") == "":
        changes["order"] = "up"
    return asking_again("planner.demand_layers", ("sort", "order"), changes)


def _row(card: LayerCard, counting: Mapping[WorkerGroup, str]) -> dict[str, Any]:
    return {
        "name": card.name,
        "title": words.title_of(card),
        "source": card.source,
        "is_sample": card.is_sample,
        "is_modelled": card.is_modelled,
        "groups": words.group_names(card.groups),
        "counts": words.group_names(tuple(group for group, name in counting.items() if name == card.name)),
        "points": words.cells_words(card.point_count),
        "made": words.moment(card.made_at),
        "made_by": card.made_by,
    }


def _counted(
    cards: tuple[LayerCard, ...],
    choices: Mapping[WorkerGroup, str],
    counting: Mapping[WorkerGroup, str],
    sent: SentChoices,
) -> list[dict[str, Any]]:
    """For each group: which layers may count it, and which does; what was sent for it, and what is chosen by now."""
    model = model_layer(cards)
    titles = {card.name: words.title_of(card) for card in cards}
    made = unlike_shown(sent.typed, sent.shown, choices)
    others = overtaken(sent.typed, sent.shown, choices)
    rows = []
    for group in WorkerGroup:
        has_model = model is not None and group in model.groups
        default = words.title_of(model) if model is not None and has_model else gettext("not counted")
        present = choices.get(group, "")
        options = {
            card.name: titles[card.name]
            for card in cards
            if (group in card.groups and card is not model) or present == card.name
        }
        chosen = made.get(group, present)
        rows.append(
            {
                "code": group.value,
                "name": group.label(current_language()),
                "chosen": chosen if chosen in options or not chosen else present,
                "shown": present,
                "now": titles.get(present, default) if group in others else "",
                "is_counted": group in counting,
                "default": default,
                "options": tuple(options.items()),
            }
        )
    return rows


def gone_page() -> Response:
    """The answer when the file was deleted, or is not one's own."""
    return list_page(gettext("That file is not there any more. Send it again."), 404)


def file_page(
    token: str,
    *,
    sheet: str | None,
    chosen: Mapping[int, str] | None = None,
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Response:
    """The columns of a file, its system of coordinates, and the factors it needs."""
    parts = services()
    try:
        upload, path = demand_file(parts.store, parts.settings, signed_in().actor, token)
        look = look_at_demand(path, parts.place, sheet=sheet, chosen=chosen)
    except UnknownDemandFile:
        return gone_page()
    except UnreadableFile as error:
        return list_page(sentence_of(error), 400)
    typed = typed or {}
    page = render_template(
        "planner/demand_file.html",
        upload=upload,
        look=look,
        typed=typed,
        problems=problems or {},
        labels={
            "orders_per_worker_hour": gettext("Orders one worker does in an hour"),
            "hours_a_week": gettext("Hours a week"),
        },
        groups=words.meaning_choices(),
        worker_groups=[(group.value, group.label(current_language())) for group in WorkerGroup],
        crs_rows=_crs_rows(look),
        crs=typed.get("crs") or look.suggested_crs.value,
    )
    return make_response(page, 400 if problems else 200)


def _crs_rows(look: DemandLook) -> list[dict[str, Any]]:
    return [
        {
            "code": crs.value,
            "name": CRS_NAMES[crs],
            "hint": words.CRS_HINTS[crs],
            "inside": look.inside.get(crs, 0),
            "is_stated": look.declared_crs is crs,
        }
        for crs in Crs
    ]


def check_page(job: Job, draft: LayerDraft | None = None, status: int = 200) -> Response:
    """What a file would make: totals, the rows left out, and the form that saves it."""
    store, actor, result = services().store, signed_in().actor, job.result or {}
    page = page_number(request.args.get("page", ""))
    found = desk.results_of(store, actor, job.id, topics=(ERROR,), offset=offset_of(page), limit=PAGE_ROWS)
    groups = [group for group in WorkerGroup if result["totals"].get(group.value, (0, 0))[1] > 0]
    problems = {name: str(words.DRAFT_PROBLEMS[code]) for name, code in draft.problems.items()} if draft else {}
    content = render_template(
        "planner/demand_check.html",
        job=job,
        summary=result,
        totals=words.totals_rows(result["totals"]),
        shapes=words.shapes_words(result["shapes"]),
        crs=CRS_NAMES[Crs(result["crs"])],
        rows=[
            {
                "line": row.line,
                "column": row.document.get("column", ""),
                "value": row.document.get("value", ""),
                "sentence": row.document.get(words.language(), ""),
            }
            for row in found.rows
        ],
        groups=[(group.value, group.label(current_language())) for group in groups],
        draft=draft or LayerDraft(title=_bare_name(result["file_name"]), source=""),
        problems=problems,
        labels={"title": gettext("Name"), "source": gettext("Source"), "source_date": gettext("Date of the numbers")},
        saving=save_of(store, job),
        refused_url=_refused_url(job),
        again_url=url_for("planner.demand_file", token=str(job.parameters["upload"])),
        page=page,
        page_count=page_count(found.counts.get(ERROR, 0)),
        page_url=lambda number: url_for("planner.demand_job", job_id=job.id, page=number),
    )
    return make_response(content, status)


def _refused_url(job: Job) -> str:
    """Where the rows left out are to be had as a workbook, while it is kept."""
    if kept_file(services().settings, job) is None:
        return ""
    return url_for("planner.refused_demand_rows", job_id=job.id)


def _bare_name(file_name: str) -> str:
    return file_name.rpartition(".")[0][:60] or file_name[:60]


def layer_page(card: LayerCard, layer: DemandLayer, problem: str = "", status: int = 200) -> Response:
    """A layer: where it is from, whom it counts, when they are out, and where most of them are."""
    with services().store.reading() as reader:
        counting = counting_layers(reader.demand.cards(), reader.demand.choices())
    language = current_language()
    counts = [group for group, name in counting.items() if name == card.name]
    page = render_template(
        "planner/demand_layer.html",
        card=card,
        title=words.title_of(card),
        origin=card.origin(language),
        method=words.method_words(card),
        made=words.moment(card.made_at),
        cells=words.cells_words(card.point_count),
        counts=words.group_names(tuple(counts)),
        may_delete=not counts,
        totals=words.totals_rows({group.value: counts for group, counts in card.totals.items()}),
        groups=[_group_view(layer, group) for group in layer.groups],
        picture=_picture(layer),
        shown_cells=min(_SHOWN_CELLS, layer.point_count),
        problem=problem,
        done=request.args.get("done", "") if not problem else "",
    )
    return make_response(page, status)


def _group_view(layer: DemandLayer, group: WorkerGroup) -> dict[str, Any]:
    way = layer.movement[group]
    return {
        "code": group.value,
        "name": group.label(current_language()),
        "workers": words.workers_words(layer.total(group)),
        "mode": way.mode.label(current_language()),
        "speed": f"{way.speed_kmh:g}",
        "bars": week_bars(layer, group),
        "busiest": hour_words(int(np.argmax(layer.profiles[group]))),
    }


def hour_words(hour_of_week: int) -> str:
    """An hour of the week."""
    weekday, hour = divmod(hour_of_week, 24)
    return gettext("%(day)s, %(hour)s:00", day=str(words.WEEKDAYS[weekday]), hour=hour)


def week_bars(layer: DemandLayer, group: WorkerGroup) -> list[dict[str, float]]:
    """The week as bars of a picture 168 wide and 60 high."""
    profile = layer.profiles[group]
    highest = float(profile.max())
    return [
        {
            "x": hour,
            "y": round(_CHART_HEIGHT * (1 - level / highest), 2),
            "height": round(_CHART_HEIGHT * level / highest, 2),
        }
        for hour, level in zip(range(HOURS_A_WEEK), profile.tolist(), strict=True)
    ]


def _picture(layer: DemandLayer) -> Any:
    total = np.sum([layer.workers[group] for group in layer.groups], axis=0) if layer.groups else np.zeros(0)
    largest = np.argsort(-total, kind="stable")[:_SHOWN_CELLS]
    if not len(largest):
        return None
    points = [LonLat(float(layer.lon[row]), float(layer.lat[row])) for row in largest]
    place = services().place
    return static_map(place, current_language(), points, around=place.bbox)
