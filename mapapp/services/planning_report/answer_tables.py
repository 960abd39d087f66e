"""The tables of an answer: what the pages show in parts, whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from geodata.places import Place
from geodata.stations.vocabulary import Service, WorkerGroup
from mapapp.services.planning.results import night_gap
from mapapp.services.planning_report.content import Cell, Column, Form, Table, both_bounds, both_cases
from mapapp.services.planning_report.place_tables import district_names, gaps_table, interventions_table, stations_table
from mapapp.services.planning_report.sentence import weekdays
from mapapp.services.planning_report.speech import Speech

Document = Mapping[str, Any]


def answer_tables(document: Document, place: Place, speech: Speech) -> tuple[Table, ...]:
    """Every table that has anything to say, in the order they are read."""
    made = (
        interventions_table(document, place, speech),
        _tallies("districts", document["districts"], "code", district_names(place, speech), speech),
        _tallies("groups", document["groups"], "group", _group_names(speech), speech),
        _week(document, speech),
        _night_gaps(document, speech),
        _travel(document, speech),
        _curve(document, speech),
        gaps_table(document, place, speech),
        stations_table(document, place, speech),
        _room(document, speech),
        _equity(document, speech),
        _sensitivity(document, speech),
        _towns(document, speech),
        _cells(document, speech),
        _unreachable(document, speech),
    )
    return tuple(table for table in made if table.rows)


def need_name(code: str, speech: Speech) -> str:
    """A row of the week: a service, or what the question itself needs."""
    return Service(code).label(speech.language) if code else speech.gettext("as asked")


def _group_names(speech: Speech) -> Mapping[str, str]:
    return {group.value: group.label(speech.language) for group in WorkerGroup}


def bound_columns(speech: Speech) -> tuple[Column, ...]:
    """Worker-hours, and the covered ones and their share between both bounds."""
    gettext = speech.gettext
    return (
        Column(gettext("worker-hours"), Form.COUNT),
        *both_bounds(gettext("covered"), Form.COUNT, speech),
        *both_bounds(gettext("covered share"), Form.SHARE, speech),
    )


def tally_cells(tally: Document) -> tuple[Cell, ...]:
    """The cells of `bound_columns`."""
    return tuple(tally.get(name) for name in ("worker_hours", "covered_low", "covered_high", "share_low", "share_high"))


def bounds_note(speech: Speech) -> str:
    """What low and high mean."""
    return speech.gettext("Low: every station of unknown hours shut. High: all of them open.")


def _tallies(key: str, rows: Iterable[Document], name: str, names: Mapping[str, str], speech: Speech) -> Table:
    gettext, is_districts = speech.gettext, key == "districts"
    nights = both_bounds(gettext("night gap"), Form.GAP, speech) if is_districts else ()
    note = gettext("Night gap: the share by day (08–20) minus the share by night (22–06).") if is_districts else ""
    return Table(
        key=key,
        title=gettext("Districts") if is_districts else gettext("Groups of workers"),
        columns=(Column(gettext("district") if is_districts else gettext("group")), *bound_columns(speech), *nights),
        rows=tuple(
            (
                names.get(row[name], row[name]),
                *tally_cells(row),
                *((night_gap(row).least, night_gap(row).most) if is_districts else ()),
            )
            for row in rows
            if row["worker_hours"] or not is_districts or row[name]
        ),
        note=f"{bounds_note(speech)} {note}".strip(),
    )


def _week(document: Document, speech: Speech) -> Table:
    gettext, week = speech.gettext, document["week"]
    needs = week["needs"]
    columns = [Column(gettext("hour of the week")), Column(gettext("workers"), Form.COUNT)]
    for need in needs:
        columns += both_bounds(need_name(need, speech), Form.SHARE, speech)
    rows: list[tuple[Cell, ...]] = []
    for hour in range(168):
        shares = [(low[hour], high[hour]) for low, high in zip(week["share_low"], week["share_high"], strict=True)]
        cells = [cell for pair in shares for cell in pair]
        rows.append((hour_name(hour, speech), week["workers"][hour], *cells))
    note = gettext("The covered share of the workers in each hour of an ordinary week, for each service.")
    return Table(
        key="week",
        title=gettext("Hours × services"),
        columns=tuple(columns),
        rows=tuple(rows),
        note=f"{note} {bounds_note(speech)}",
        page_rows=168,
    )


def hour_name(hour: int, speech: Speech) -> str:
    """Monday 00:00 and so on."""
    day, clock = divmod(hour, 24)
    return f"{weekdays(speech)[day]} {clock:02d}:00"


def _night_gaps(document: Document, speech: Speech) -> Table:
    gettext = speech.gettext
    names = ("day_low", "day_high", "night_low", "night_high")
    rows = [(row, night_gap(row)) for row in document["night_gaps"]]
    return Table(
        key="night_gaps",
        title=gettext("Day and night"),
        columns=(
            Column(gettext("service")),
            *both_bounds(gettext("by day"), Form.SHARE, speech),
            *both_bounds(gettext("by night"), Form.SHARE, speech),
            *both_bounds(gettext("night gap"), Form.GAP, speech),
            Column(gettext("night gap with all unknown hours shut"), Form.GAP),
            Column(gettext("night gap with all of them open"), Form.GAP),
        ),
        rows=tuple(
            (need_name(row["need"], speech), *(row[name] for name in names), gap.least, gap.most, gap.shut, gap.open)
            for row, gap in rows
        ),
        note=gettext(
            "The night gap lies between its low and its high: a station of unknown hours may be open by day and shut "
            "by night. The gaps with all of them shut, and with all open, compare like with like."
        ),
    )


def _travel(document: Document, speech: Speech) -> Table:
    gettext, travel = speech.gettext, document["travel"]
    low, high = travel["low"], travel["high"]

    def minutes(side: Document, name: str) -> Cell:
        return None if side[name] is None else side[name] / 60

    names = (
        ("p50_s", gettext("P50: half travel at most")),
        ("p90_s", gettext("P90: nine tenths travel at most")),
        ("mean_s", gettext("mean of those who find a station")),
    )
    rows: list[tuple[Cell, ...]] = [(words, minutes(low, name), minutes(high, name)) for name, words in names]
    return Table(
        key="travel",
        title=gettext("Travel times"),
        columns=(
            Column(gettext("measure")),
            Column(gettext("minutes, surely open stations"), Form.MINUTES),
            Column(gettext("minutes, unknown ones open too"), Form.MINUTES),
        ),
        rows=tuple(rows),
        note=gettext(
            "Whoever has no open station within %(minutes)s minutes is in no mean of travel times: %(low)s of the "
            "worker-hours (%(high)s with unknown ones open).",
            minutes=speech.count(travel["cut_off_min"]),
            low=speech.percent(low["beyond_share"]),
            high=speech.percent(high["beyond_share"]),
        ),
    )


def _curve(document: Document, speech: Speech) -> Table:
    gettext, travel = speech.gettext, document["travel"]
    high = dict(travel["high"]["curve"])
    return Table(
        key="curve",
        title=gettext("Curve of travel times"),
        columns=(
            Column(gettext("minutes"), Form.COUNT),
            *both_bounds(gettext("share"), Form.SHARE, speech),
        ),
        rows=tuple((minutes, share, high.get(minutes)) for minutes, share in travel["low"]["curve"]),
        note=gettext("The share of all worker-hours that reach an open station in so many minutes."),
    )


def _room(document: Document, speech: Speech) -> Table:
    gettext, room = speech.gettext, document["room"]
    unit = gettext("seats") if room["unit"] == "seats" else gettext("stations")
    bands = speech.listed(
        [f"{minutes:g} min × {weight:g}" for minutes, weight in zip(room["bands_min"], room["weights"], strict=True)]
    )
    assumed = (
        gettext(
            "Where seats are unknown (%(count)s stations), %(seats)s are assumed.",
            count=speech.count(room["assumed_count"]),
            seats=speech.number(room["assumed_seats"]),
        )
        if room.get("assumed_count")
        else ""
    )
    return Table(
        key="room",
        title=gettext("Room per worker"),
        columns=(Column(gettext("measure")), *both_bounds(gettext("value"), Form.NUMBER, speech)),
        rows=(
            (gettext("%(unit)s per 1,000 workers, mean", unit=unit), room["mean_low"], room["mean_high"]),
            (
                gettext("idle supply (%(unit)s × hours with nobody in reach)", unit=unit),
                room["idle_supply_hours_low"],
                room["idle_supply_hours_high"],
            ),
        ),
        note=" ".join(part for part in (gettext("E2SFCA with the bands %(bands)s.", bands=bands), assumed) if part),
    )


def _equity(document: Document, speech: Speech) -> Table:
    gettext = speech.gettext
    names = {"room": gettext("room per worker"), "covered_share": gettext("covered share")}
    measures = {"gini": "Gini", "palma": "Palma", "fgt0": "FGT 0", "fgt1": "FGT 1", "fgt2": "FGT 2"}
    return Table(
        key="equity",
        title=gettext("How even it is"),
        columns=(
            Column(gettext("what")),
            Column(gettext("measure")),
            *both_cases(gettext("value"), Form.FINE, speech),
            *both_cases(gettext("line"), Form.FINE, speech),
        ),
        rows=tuple(
            (
                names.get(row["of"], row["of"]),
                name,
                row[f"{code}_low"],
                row[f"{code}_high"],
                row["line"],
                row["line_high"],
            )
            for row in document["equity"]
            for code, name in measures.items()
        ),
        note=gettext(
            "Gini: 0 is all alike. Palma: what the best-off tenth has over what the worst-off two fifths have. FGT: "
            "share below the line, mean shortfall, deep shortfalls."
        ),
    )


def _sensitivity(document: Document, speech: Speech) -> Table:
    gettext = speech.gettext
    return Table(
        key="sensitivity",
        title=gettext("Sensitivity"),
        columns=(
            Column(gettext("speed ×"), Form.NUMBER),
            Column(gettext("detour ×"), Form.NUMBER),
            *bound_columns(speech),
        ),
        rows=tuple((row["speed_factor"], row["detour_factor"], *tally_cells(row)) for row in document["sensitivity"]),
        note=gettext(
            "What the answer would be if everybody travelled faster or slower, or ways were longer or shorter."
        ),
    )


def _towns(document: Document, speech: Speech) -> Table:
    gettext = speech.gettext
    return Table(
        key="towns",
        title=gettext("Town-sized cells"),
        columns=(Column(gettext("H3 cell (resolution 7)")), *bound_columns(speech)),
        rows=tuple((row["cell"], *tally_cells(row)) for row in document["towns"]),
        page_rows=0,
        note=bounds_note(speech),
    )


def _cells(document: Document, speech: Speech) -> Table:
    gettext, cells = speech.gettext, document["cells"]
    codes = document["stations"]["code"]
    names = ("worker_hours", "covered_low", "covered_high", "room_low")
    return Table(
        key="cells",
        title=gettext("Demand cells"),
        columns=(
            Column(gettext("H3 cell")),
            Column(gettext("worker-hours"), Form.COUNT),
            *both_bounds(gettext("covered"), Form.COUNT, speech),
            Column(gettext("room per 1,000 workers, low"), Form.NUMBER),
            Column(gettext("served most by")),
        ),
        rows=tuple(
            (cell, *(cells[name][row] for name in names), codes[station] if station >= 0 else "")
            for row, (cell, station) in enumerate(zip(cells["h3"], cells["station_low"], strict=True))
        ),
        page_rows=0,
        note=bounds_note(speech),
    )


def _unreachable(document: Document, speech: Speech) -> Table:
    gettext, lost = speech.gettext, document["unreachable"]
    return Table(
        key="unreachable",
        title=gettext("Unreachable"),
        columns=(Column(gettext("station")),),
        rows=tuple((code,) for code in lost["stations"]),
        note=gettext(
            "%(points)s demand cells with %(hours)s worker-hours lie too far from the network: they are in no mean of "
            "travel times; they count as not covered, beyond the cut-off, and without room.",
            points=speech.count(lost["points"]),
            hours=speech.count(lost["worker_hours"]),
        ),
    )
