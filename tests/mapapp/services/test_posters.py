"""Posters: what stands on them, that it fits, and that PDF and SVG say it sharply."""

from __future__ import annotations

import re
import sys
import zipfile
from dataclasses import replace
from io import BytesIO
from types import SimpleNamespace
from typing import Final

import pytest
import segno
from defusedxml import ElementTree
from PIL import Image

from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Station
from geodata.stations.vocabulary import EntryMethod, StationKind
from mapapp.services.photos import InvalidPhoto, sanitised
from mapapp.services.posters import PdfUnavailable, Poster, poster_of, poster_page, poster_pdf, poster_svg, svg_archive
from mapapp.services.posters.documents import poster_style, wrapped
from mapapp.services.posters.pdf import lacks_glyphs, refuse
from mapapp.services.posters.poster import Words
from tests.mapapp.services.printed import Printed

ROOT: Final = "https://stations.example"
CITY: Final = Words("银川市", "Yinchuan")
STATION: Final = Station(
    code="YC-0001",
    kind=StationKind.REST_STATION,
    name="东街驿站",
    name_en="East Street rest station",
    address="东街 1 号",
    entry_methods=(EntryMethod.OPEN_DOOR, EntryMethod.QR),
    entry_note="从侧门进",
    hours=OpeningHours("Mo-Fr 08:30-18:00; PH off", "工作日白天"),
    internal_contact="李娜 13900000000",
)
WORDIEST: Final = replace(
    STATION,
    name="东街户外" * 30,
    name_en="East Street " * 10,
    address="东街一号" * 100,
    entry_note="从侧门进来" * 80,
    hours=OpeningHours.unknown("周一至周五八点" * 60),
    is_sample=True,
)


def poster(station: Station = STATION) -> Poster:
    return poster_of(station, ROOT, CITY)


def svg_texts(made: Poster) -> list[tuple[float, str]]:
    """Height above and words of every line of the SVG."""
    root = ElementTree.fromstring(poster_svg(made))
    return [(float(each.get("y")), each.text or "") for each in root.iter("{http://www.w3.org/2000/svg}text")]


def modules_of(runs: list[tuple[float, float, float]]) -> set[tuple[int, int]]:
    """Column and row of every black module of the runs."""
    return {(int(left) + step, int(top)) for left, top, width in runs for step in range(int(width))}


def modules_expected(text: str) -> set[tuple[int, int]]:
    rows = segno.make(text, error="m", micro=False).matrix_iter()
    return {(column, row) for row, modules in enumerate(rows) for column, is_dark in enumerate(modules) if is_dark}


@pytest.fixture(scope="module")
def printed() -> Printed:
    """A PDF of three posters."""
    stations = (STATION, WORDIEST, replace(STATION, code="YC-0002", hours=OpeningHours.unknown()))
    return Printed.of(poster_pdf([poster(station) for station in stations]))


def test_a_poster_says_the_hours_in_both_languages() -> None:
    hours = poster().hours

    assert hours.zh == "周一至周五 08:30-18:00；周六、周日休息；节假日休息"
    assert hours.en.startswith("Monday to Friday 08:30–18:00")


@pytest.mark.parametrize(
    ("hours", "zh", "en"),
    [
        (OpeningHours.unknown(), "开放时间待确认，请扫码查看", "Not confirmed yet: scan the code"),
        (OpeningHours.unknown("看情况"), "看情况", "As written in Chinese above"),
        (OpeningHours("Mo[1] 08:00-10:00", "每月第一个周一上午"), "每月第一个周一上午", "As written in Chinese above"),
        (OpeningHours("Mo[1] 08:00-10:00"), "请扫码查看", "Scan the code to see"),
    ],
)
def test_hours_without_words_of_ours_stand_as_somebody_wrote_them(hours: OpeningHours, zh: str, en: str) -> None:
    assert poster(replace(STATION, hours=hours)).hours == Words(zh, en)


def test_a_poster_says_how_the_door_opens() -> None:
    assert poster().entry == Words("敞开、扫码；从侧门进", "Open door, scan a QR code")


def test_the_code_leads_to_the_short_address() -> None:
    assert poster().address == f"{ROOT}/s/YC-0001"


def test_nothing_internal_stands_on_a_poster() -> None:
    assert "13900000000" not in poster_page([poster()]) + poster_svg(poster())


def test_what_people_wrote_cannot_become_markup() -> None:
    sly = poster(replace(STATION, name='<script>alert(1)</script>"&'))

    assert "<script>" not in poster_page([sly]) + poster_svg(sly)
    assert ElementTree.fromstring(poster_svg(sly)) is not None


def test_a_pdf_has_one_page_of_a4_for_each_poster(printed: Printed) -> None:
    assert len(printed.pages) == 3
    assert printed.page_sizes_mm == {(210, 297)}


def test_making_a_pdf_leaves_half_a_photo_refused(printed: Printed) -> None:
    assert printed.pages
    whole = BytesIO()
    Image.effect_noise((64, 64), 50).save(whole, "PNG")

    with pytest.raises(InvalidPhoto):
        sanitised(whole.getvalue()[:700])


def test_the_words_of_a_pdf_can_be_copied(printed: Printed) -> None:
    text = printed.text(printed.pages[0]).replace(" ", "")

    for words in ("东街驿站", "EastStreetreststation", "YC-0001", "08:30-18:00", "Monday", "从侧门进", "银川市"):
        assert words in text


def test_a_pdf_brings_its_fonts_along(printed: Printed) -> None:
    assert printed.embedded_font_count == 2


def test_the_code_in_a_pdf_is_drawn_in_vectors_module_by_module(printed: Printed) -> None:
    for page, code in zip(printed.pages, ("YC-0001", "YC-0001", "YC-0002"), strict=True):
        assert modules_of(printed.black_runs(page)) == modules_expected(f"{ROOT}/s/{code}")


def test_the_code_has_a_quiet_zone_of_four_modules() -> None:
    columns = {column for column, _ in modules_expected(poster().address)}

    assert (min(columns), max(columns)) == (4, poster().qr.side - 5)


def test_the_code_in_an_svg_is_drawn_in_vectors_module_by_module() -> None:
    paths = re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", poster_svg(poster()))

    assert modules_of([(int(x), int(y), int(w)) for x, y, w in paths]) == modules_expected(poster().address)


def test_an_svg_is_a4_and_says_what_the_pdf_says() -> None:
    drawing = poster_svg(poster())

    assert 'width="210mm" height="297mm" viewBox="0 0 210 297"' in drawing
    words = "".join(words for _, words in svg_texts(poster()))
    assert "东街驿站" in words
    assert "East Street rest station" in words
    assert "Monday to Friday" in words


def test_the_wordiest_station_fits_above_the_code_in_an_svg() -> None:
    lines = svg_texts(poster(WORDIEST))

    heights = [y for y, words in lines if "东街一号" in words or "从侧门" in words]
    assert heights
    assert max(heights) < 189


def test_the_wordiest_station_fits_above_the_code_in_a_pdf() -> None:
    weasyprint = pytest.importorskip("weasyprint")
    page = weasyprint.HTML(string=poster_page([poster(WORDIEST)]))
    sheet = page.render(stylesheets=[weasyprint.CSS(string=poster_style())]).pages[0]._page_box

    text = next(box for box in sheet.descendants() if getattr(box.element, "attrib", {}).get("class") == "poster-text")
    assert (text.position_y + text.height) / 96 * 25.4 < 189


@pytest.mark.parametrize("station", [WORDIEST, replace(STATION, is_sample=True)])
def test_a_sample_station_says_so_on_its_poster(station: Station) -> None:
    made = poster(station)

    assert "示例数据 · 请勿张贴" in poster_page([made])
    assert any("示例数据 · 请勿张贴" in words for _, words in svg_texts(made))
    assert "示例数据" not in poster_page([poster()]) + poster_svg(poster())


def test_many_svgs_come_in_one_archive() -> None:
    posters = [poster(), poster(replace(STATION, code="YC-0002"))]

    with zipfile.ZipFile(BytesIO(svg_archive(posters))) as archive:
        assert archive.namelist() == ["YC-0001.svg", "YC-0002.svg"]
        assert archive.read("YC-0001.svg").decode() == poster_svg(poster())


@pytest.mark.parametrize("text", ["东街户外驿站" * 9, "East Street rest station " * 7, "W" * 200, "", "东 " * 40])
def test_wrapped_lines_keep_every_character_and_fit(text: str) -> None:
    lines = wrapped(text, 100, 5, 99)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert max(len(line) for line in lines) <= 100 / 5 / 0.58 + 1


def test_no_line_begins_with_a_full_stop() -> None:
    lines = wrapped("东街驿站，" * 30, 102, 5, 99)

    assert [line for line in lines if line.startswith("，")] == []


def test_lines_that_are_too_many_end_in_dots() -> None:
    assert wrapped("东街" * 30, 50, 5, 2) == ["东街" * 5, "东街东街东街东街东…"]


def test_a_server_without_pango_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)

    with pytest.raises(PdfUnavailable, match=r"libpangoft2-1\.0-0"):
        poster_pdf([poster()])


@pytest.mark.parametrize(("character", "is_lacking"), [("东", True), ("😀", False)])
def test_a_server_without_a_chinese_font_is_noticed(character: str, is_lacking: bool) -> None:
    document = SimpleNamespace(fonts={"plain": SimpleNamespace(missing={ord(character): 1})})

    assert lacks_glyphs(document) is is_lacking


def test_a_poster_fetches_nothing() -> None:
    with pytest.raises(ValueError, match="may not fetch https addresses"):
        refuse("https://elsewhere.example/picture.png")


@pytest.mark.parametrize("hostile", ["\ufffe", "\uffff", "\u202e", "\u2066"])
def test_what_no_document_may_hold_or_turns_the_writing_around_is_left_out(hostile: str) -> None:
    made = poster(replace(STATION, name=f"东{hostile}街", address=hostile * 9))

    assert (made.name.zh, made.street) == ("东街", "")
    assert "东街" in [text for _, text in svg_texts(made)]


@pytest.mark.parametrize("letter", ["e\u0301", "国\u0301\u0302", "👩\u200d👧", "ك\u0651"])
def test_a_line_never_begins_with_what_belongs_to_the_character_before(letter: str) -> None:
    lines = wrapped(letter * 40, 178, 13, 50)

    assert "".join(lines) == letter * 40
    assert all(len(line) % len(letter) == 0 for line in lines)
