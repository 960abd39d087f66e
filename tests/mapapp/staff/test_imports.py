"""An import by its pages: file, columns and coordinates, check, choices, saving, taking back."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from geodata.coordinates import Crs, convert
from geodata.places import Place
from mapapp.services.jobs.kinds import KINDS
from mapapp.services.jobs.run import Workshop
from mapapp.services.jobs.worker import Worker
from mapapp.store import Store
from tests.conftest import FrozenClock
from tests.mapapp.staff.world import OWN_DISTRICT, OWN_STATION, StaffClient

ClientOf = Callable[[str], StaffClient]
HEADINGS: Final = ("站点名称", "地址", "经度", "纬度", "座位数")


@pytest.fixture
def work(staff_app: Flask, place: Place, clock: FrozenClock) -> Callable[[], None]:
    """Do all jobs that wait."""
    parts = staff_app.extensions["stationmap"]
    worker = Worker(Workshop(parts.store, place, parts.settings, clock), KINDS)

    def do_all() -> None:
        while worker.run_one():
            pass

    return do_all


@pytest.fixture
def store(staff_app: Flask) -> Store:
    found: Store = staff_app.extensions["stationmap"].store
    return found


@pytest.fixture
def spot(place: Place) -> tuple[float, float]:
    """Where the own station is."""
    label_at = next(unit.label_at for unit in place.units if unit.code == OWN_DISTRICT)
    return label_at.lon, label_at.lat


def workbook(*sheets: Sequence[Sequence[object]]) -> bytes:
    """A workbook with these sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        sheet = book.create_sheet(f"表{number}")
        for row in rows:
            sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def send(client: StaffClient, content: bytes, name: str = "名单.xlsx") -> TestResponse:
    return client.post_form("/staff/imports", {"file": (io.BytesIO(content), name)})


def sent(client: StaffClient, content: bytes, name: str = "名单.xlsx") -> str:
    """The address of the page of a file that was sent in."""
    answer = send(client, content, name)
    assert answer.status_code == 303, answer.text
    return answer.location


def columns_on(page: str) -> dict[str, str]:
    """The columns' fields of a page, as a browser would send them."""
    fields = {}
    for name, options in re.findall(r'<select id="[^"]*" name="(column-\d+)">(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected>', options)
        fields[name] = chosen.group(1) if chosen else ""
    return fields


def plan(client: StaffClient, work: Callable[[], None], file: str, crs: str = "wgs84", **fields: str) -> str:
    """The address of a plan that is done."""
    typed = columns_on(client.get(file).text) | {"crs": crs, "step": "plan"} | fields
    answer = client.post_form(file, typed)
    assert answer.status_code == 303, answer.text
    work()
    return answer.location


def carried_out(client: StaffClient, work: Callable[[], None], plan_page: str) -> str:
    """The address of what came of saving a plan."""
    answer = client.post_form(f"{plan_page}/commit", {"reason": "年度名单"})
    assert answer.status_code == 303, answer.text
    work()
    return answer.location


def own_row(spot: tuple[float, float], **changes: Any) -> list[object]:
    row = {"name": "东街驿站", "address": "东街 1 号", "lon": spot[0], "lat": spot[1], "seats": ""} | changes
    return list(row.values())


def test_a_sheet_goes_all_the_way_in_and_back_out(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float], store: Store
) -> None:
    client = client_of("editor_own")
    new = own_row(spot, name="新站驿站", address="新街 9 号", lon=spot[0] + 0.01)
    rows = (HEADINGS, own_row(spot, seats=12), new, own_row(spot, name=""), own_row(spot, name="坏驿站", lon="东边"))

    plan_page = plan(client, work, sent(client, workbook(rows)))
    page = client.get(plan_page).text
    done = carried_out(client, work, plan_page)
    saved = client.get(done).text

    assert "新增 1 个，修改 1 个" in page
    with store.reading() as reader:
        assert reader.station(OWN_STATION).capacity_count == 12  # type: ignore[union-attr]
        codes = [station.code for station in reader.stations() if station.name == "新站驿站"]
    assert len(codes) == 1
    assert codes[0] in client.get(f"{done}?show=new").text
    assert "danger-zone" in saved

    undo = client.post_form(f"{done}/undo", {"reason": "错了"})
    work()
    assert undo.status_code == 303
    assert client.get(undo.location).status_code == 200
    with store.reading() as reader:
        assert reader.station(OWN_STATION).capacity_count is None  # type: ignore[union-attr]
        assert reader.station(codes[0]) is None


def test_undoing_names_what_was_changed_since_and_leaves_it(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float], store: Store
) -> None:
    client = client_of("editor_own")
    plan_page = plan(client, work, sent(client, workbook((HEADINGS, own_row(spot, seats=12)))))
    done = carried_out(client, work, plan_page)
    with store.writing("form") as writer:
        station = writer.station(OWN_STATION)
        assert station is not None
        writer.update_station(replace(station, name_en="East"), expected_version=None, actor="other", reason="")

    undo = client.post_form(f"{done}/undo").location
    work()

    page = client.get(undo).text
    assert OWN_STATION in page
    assert "有人改过" in page or "changed the station since" in page
    with store.reading() as reader:
        assert reader.station(OWN_STATION).capacity_count == 12  # type: ignore[union-attr]


def test_columns_are_recognised_corrected_and_remembered_for_sheets_of_that_shape(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float]
) -> None:
    client = client_of("editor_own")
    headings = ("点儿", "地址", "东向", "北向", "大小")
    content = workbook((headings, own_row(spot, seats="12")))
    first = sent(client, content)
    assert list(columns_on(client.get(first).text).values()) == ["", "address", "", "", ""]

    chosen = {"column-0": "name", "column-2": "lon", "column-3": "lat", "column-4": "capacity"}
    plan_page = plan(client, work, first, "gcj02", **chosen)

    again = client.get(sent(client, workbook((headings, own_row(spot, name="别的驿站"))))).text
    assert list(columns_on(again).values()) == ["name", "address", "lon", "lat", "capacity"]
    assert re.search(r'name="crs" value="gcj02" checked', again)
    assert "GCJ-02" in client.get(plan_page).text


def test_two_columns_cannot_hold_the_same(client_of: ClientOf, spot: tuple[float, float]) -> None:
    client = client_of("editor_own")
    file = sent(client, workbook((HEADINGS, own_row(spot))))

    answer = client.post_form(file, {"column-0": "name", "column-1": "name", "crs": "wgs84", "step": "plan"})

    assert answer.status_code == 400
    assert "error-summary" in answer.text


@pytest.mark.parametrize(
    ("fields", "part"),
    [
        ({"crs": "wgs84", "column-0": ""}, "columns"),
        ({"column-0": "name"}, "crs"),
        ({"crs": "mars", "column-0": "name"}, "crs"),
    ],
    ids=["no name column", "no system", "unknown system"],
)
def test_nothing_is_planned_before_names_and_system_are_known(
    client_of: ClientOf, spot: tuple[float, float], fields: dict[str, str], part: str, store: Store
) -> None:
    client = client_of("editor_own")
    file = sent(client, workbook((HEADINGS, own_row(spot))))

    answer = client.post_form(file, {**fields, "step": "plan"})

    assert answer.status_code == 400
    assert f'<h2><a href="#{part}">' in answer.text
    assert answer.text.partition(f'id="{part}"')[2].partition("</fieldset>")[0].count("field-error") == 1
    with store.reading() as reader:
        assert reader.jobs.latest() == ()


def test_the_sheet_of_a_workbook_is_chosen(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float], store: Store
) -> None:
    client = client_of("editor_own")
    content = workbook(
        (HEADINGS, own_row(spot, name="甲表驿站", address="甲")),
        (HEADINGS, own_row(spot, name="乙表驿站", address="乙")),
    )
    file = sent(client, content)

    assert "甲表驿站" in client.get(file).text
    second = client.get(file, query_string={"sheet": "表2"}).text
    assert "乙表驿站" in second
    plan_page = plan(client, work, file, sheet="表2")

    assert "乙表驿站" in client.get(plan_page).text
    assert "甲表驿站" not in client.get(plan_page).text


def test_each_system_is_counted_against_the_stations_already_known(
    client_of: ClientOf, spot: tuple[float, float]
) -> None:
    client = client_of("editor_own")
    lon, lat = convert(*spot, Crs.WGS84, Crs.BD09)

    page = client.get(sent(client, workbook((HEADINGS, own_row((float(lon), float(lat))))))).text

    assert re.search(r'name="crs" value="bd09" checked', page)
    assert page.count("crs-picture") == 3
    assert 'class="close-up"' in page


def test_a_choice_of_rows_is_kept_and_holds_when_saved(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float], store: Store
) -> None:
    client = client_of("editor_own")
    rows = [
        own_row(spot, name=f"第{number}驿站", address=f"{number}号", lon=spot[0] + number / 100) for number in (1, 2)
    ]
    plan_page = plan(client, work, sent(client, workbook((HEADINGS, *rows))))

    kept = client.post_form(f"{plan_page}/choices", {"show": "new", "page": "1", "row-2": "skip", "row-3": "take"})
    carried_out(client, work, plan_page)

    assert kept.status_code == 303
    with store.reading() as reader:
        names = {station.name for station in reader.stations()}
    assert "第2驿站" in names
    assert "第1驿站" not in names


def test_a_probable_duplicate_is_merged_when_that_is_chosen(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float], store: Store
) -> None:
    client = client_of("editor_own")
    row = own_row(spot, name="东街工会驿站", address="东街1号", lon=spot[0] + 0.0011, seats=7)
    plan_page = plan(client, work, sent(client, workbook((HEADINGS, row))))
    assert f"merge:{OWN_STATION}" in client.get(plan_page).text

    headers = {"Accept": "application/json"}
    fields = {"show": "duplicate", "page": "1", "row-2": f"merge:{OWN_STATION}"}
    answer = client.post_form(f"{plan_page}/choices", fields, headers=headers)
    carried_out(client, work, plan_page)

    assert answer.json is not None
    assert answer.json["kept"]
    with store.reading() as reader:
        assert reader.station(OWN_STATION).capacity_count == 7  # type: ignore[union-attr]
        assert len(reader.stations()) == 3


@pytest.mark.parametrize("said", ["merge:YC-0002", "merge:", "drop", "new"])
def test_a_choice_that_does_not_fit_its_row_is_passed_over(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float], store: Store, said: str
) -> None:
    client = client_of("editor_own")
    plan_page = plan(client, work, sent(client, workbook((HEADINGS, own_row(spot, seats=3)))))

    client.post_form(f"{plan_page}/choices", {"show": "changed", "page": "1", "row-2": said})

    with store.reading() as reader:
        assert reader.imports.choices(reader.jobs.latest()[0].id) == {}


def test_the_refused_rows_come_back_as_a_sheet_that_can_be_put_right_and_sent_in_again(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float], store: Store
) -> None:
    client = client_of("editor_own")
    bad = own_row(spot, name="+坏驿站", address="坏街", lon="东边", seats="许多")
    plan_page = plan(client, work, sent(client, workbook((HEADINGS, own_row(spot), bad))))

    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{plan_page}/refused.xlsx").data))
    sheet = book.worksheets[0]
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values[0][:5] == list(HEADINGS)
    assert values[1][0] == "+坏驿站"
    assert values[1][5] == 3
    assert "经度" in str(values[1][6])

    sheet["C2"], sheet["E2"] = spot[0] + 0.02, 9
    out = io.BytesIO()
    book.save(out)
    file = sent(client, out.getvalue(), "refused.xlsx")
    assert re.search(r'name="crs" value="wgs84" checked', client.get(file).text)
    carried_out(client, work, plan(client, work, file))

    with store.reading() as reader:
        assert [each.capacity_count for each in reader.stations() if each.name == "+坏驿站"] == [9]


def test_rows_of_other_districts_are_told_and_not_saved(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float]
) -> None:
    client = client_of("editor_other")

    plan_page = plan(client, work, sent(client, workbook((HEADINGS, own_row(spot, seats=12)))))

    assert "不在您负责的区县" in client.get(f"{plan_page}?show=error&lang=zh", follow_redirects=True).text


def test_a_job_that_waits_is_cancelled_and_says_so(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float]
) -> None:
    client = client_of("editor_own")
    file = sent(client, workbook((HEADINGS, own_row(spot))))
    waiting = client.post_form(file, {"column-0": "name", "crs": "wgs84", "step": "plan"}).location

    page = client.get(waiting).text
    progress = client.get(f"{waiting}/progress").json
    client.post_form(f"{waiting}/cancel")

    assert '<meta http-equiv="refresh"' in page
    assert progress is not None
    assert progress["ended"] is False
    assert client.get(f"{waiting}/progress").json["ended"] is True  # type: ignore[index]
    assert "没有保存" in client.get(f"{waiting}?lang=zh", follow_redirects=True).text


def test_a_plan_is_carried_out_once_however_often_it_is_asked_for(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float], store: Store
) -> None:
    client = client_of("editor_own")
    plan_page = plan(client, work, sent(client, workbook((HEADINGS, own_row(spot, seats=5)))))

    first = client.post_form(f"{plan_page}/commit").location
    second = client.post_form(f"{plan_page}/commit").location
    meanwhile = client.get(f"{plan_page}?lang=en", follow_redirects=True).text
    work()

    assert first == second
    assert "being carried out" in meanwhile
    assert 'name="row-2"' not in meanwhile
    assert client.post_form(f"{plan_page}/choices", {"show": "changed", "row-2": "skip"}).status_code == 409


def test_nobody_sees_the_imports_of_somebody_else(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float]
) -> None:
    file = sent(client_of("editor_own"), workbook((HEADINGS, own_row(spot))))
    plan_page = plan(client_of("editor_own"), work, file)
    other = client_of("editor_other")

    paths = (plan_page, f"{plan_page}/progress", f"{plan_page}/refused.xlsx", file)
    assert [other.get(path).status_code for path in paths] == [404, 404, 404, 404]
    posts = ("choices", "commit", "undo", "cancel")
    assert [other.post_form(f"{plan_page}/{name}").status_code for name in posts] == [404] * 4
    assert client_of("admin").get(plan_page).status_code == 200


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.csv"),
        (b"%PDF-1.7 not a list", "list.xlsx"),
        (b"PK\x03\x04 torn", "torn.xlsx"),
        (b"SQLite format 3\0" + b"\0" * 200, "base.gpkg"),
        (b"\x00\x01\x02\x03", "bytes.csv"),
    ],
    ids=["empty", "pdf", "torn archive", "database", "bytes"],
)
def test_a_file_that_is_no_list_is_refused_in_words(client_of: ClientOf, content: bytes, name: str) -> None:
    answer = send(client_of("editor_own"), content, name)

    assert answer.status_code == 400
    assert "error-summary" in answer.text


@pytest.mark.parametrize(
    ("content", "name"),
    [(b"{not json", "a.geojson"), (b'{"type":"FeatureCollection","features":{}}', "b.geojson"), (b"\n\n", "c.csv")],
)
def test_a_file_that_turns_out_unreadable_says_why(client_of: ClientOf, content: bytes, name: str) -> None:
    client = client_of("editor_own")
    answer = send(client, content, name)
    page = client.get(answer.location) if answer.status_code == 303 else answer

    assert page.status_code == 400
    assert "error-summary" in page.text


def test_a_form_without_a_file_asks_for_one(client_of: ClientOf) -> None:
    assert client_of("editor_own").post_form("/staff/imports").status_code == 400


def test_a_file_that_was_deleted_is_said_to_be_gone(
    client_of: ClientOf, staff_app: Flask, spot: tuple[float, float]
) -> None:
    client = client_of("editor_own")
    file = sent(client, workbook((HEADINGS, own_row(spot))))
    folder = Path(staff_app.extensions["stationmap"].settings.data_dir) / "uploads"
    for kept in files_of(folder):
        kept.unlink()

    assert client.get(file).status_code == 404
    assert client.post_form(file, {"step": "plan", "crs": "wgs84"}).status_code == 404


def files_of(folder: Path) -> Iterator[Path]:
    yield from (file for file in folder.iterdir() if file.is_file())


@pytest.mark.parametrize(("what", "count"), [("merge", 3), ("new", 4), ("skip", 3)])
def test_all_probable_duplicates_are_chosen_for_at_once(
    client_of: ClientOf, work: Callable[[], None], spot: tuple[float, float], store: Store, what: str, count: int
) -> None:
    client = client_of("editor_own")
    row = own_row(spot, name="东街工会驿站", address="东街1号", lon=spot[0] + 0.0011, seats=7)
    plan_page = plan(client, work, sent(client, workbook((HEADINGS, row))))

    answer = client.post_form(f"{plan_page}/choices/duplicates", {"all": what})
    carried_out(client, work, plan_page)

    assert answer.status_code == 303
    with store.reading() as reader:
        assert len(reader.stations()) == count
        assert (reader.station(OWN_STATION).capacity_count == 7) == (what == "merge")  # type: ignore[union-attr]


def test_the_refused_rows_of_a_large_file_are_made_by_the_worker(
    client_of: ClientOf, work: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mapapp.staff.import_pages.MOST_ROWS_AT_ONCE", 0)
    client = client_of("editor_own")
    plan_page = plan(client, work, sent(client, workbook((HEADINGS, ("", "东街", "", "", "")))))

    at_once = client.get(f"{plan_page}/refused.xlsx")
    asked = client.post_form(f"{plan_page}/refused", {})
    work()
    file = client.get(f"{asked.location}/file")

    assert f"{plan_page}/refused" in client.get(plan_page).text
    assert at_once.status_code == 303
    assert openpyxl.load_workbook(io.BytesIO(file.data)).worksheets[0]["B2"].value == "东街"
