"""Which stations a typed text means: hanzi, pinyin, initials, mixtures, and slips of the finger.

The names are invented; the readings are the ones the service publishes for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from mapapp.services.pinyin import readings_of
from tests.browser.conftest import LiveServer
from tests.browser.map_page import count, names, open_map_page


def station(code: str, name: str, district: str, address: str, **more: Any) -> dict[str, Any]:
    """A station as the phone holds it, as far as the search looks at it."""
    names_of_district = {"兴庆区": "Xingqing", "金凤区": "Jinfeng", "贺兰县": "Helan"}
    plain = {"nameEn": "", "otherNames": [], "town": ""}
    own = {"code": code, "name": name, "address": address, "districtNames": [district, names_of_district[district]]}
    return {**plain, **own, **more}


STATIONS: Final = [
    station("YC-0001", "示例驿站一号", "兴庆区", "解放西街128号", nameEn="Sample rest station 1"),
    station("YC-0002", "绿地示例职工之家", "金凤区", "正源北街2号", town="长城中路街道", otherNames=["女工之家"]),
    station("YC-0003", "示例银行爱心驿站", "贺兰县", "步行街7号", nameEn="Sample Bank station"),
    station("YC-0004", "中山示例司机之家", "兴庆区", "清和南街12号"),
]

TYPED: Final = [
    # As it is written: names, other names, English, codes, addresses, towns, districts.
    ("驿站", "1 3"),
    ("女工", "2"),
    ("sample", "1 3"),
    ("SAMPLE bank", "3"),
    ("yc-0004", "4"),
    ("解放西街", "1"),
    ("128号", "1"),
    ("长城中路", "2"),
    ("兴庆", "1 4"),
    ("jinfeng", "2"),
    ("兴庆 司机", "4"),
    ("司机，兴庆", "4"),
    ("Ｓａｍｐｌｅ　Ｂａｎｋ", "3"),
    ("示例", "1 2 3 4"),
    ("", "1 2 3 4"),
    ("  ，。 ", "1 2 3 4"),
    # In pinyin: full, with spaces, on the way, with and without ü, in the reading the word asks for.
    ("xingqing", "1 4"),
    ("xing qing", "1 4"),
    ("xi'xia", ""),
    ("xingqi", "1 4"),
    ("jiefangxijie", "1"),
    ("lvdi", "2"),
    ("ludi", "2"),
    ("lǜdì", "2"),
    ("nvgong", "2"),
    ("yinhang", "3"),
    ("buxingjie", "3"),
    ("changcheng", "2"),
    # Initials, whole or double, and mixtures.
    ("jfxj", "1"),
    ("zhsh", "4"),
    ("zgzj", "2"),
    ("jfxjie", "1"),
    ("解fang西j", "1"),
    ("xq sj", "4"),
    ("yz1", ""),
    # What only sounds alike counts where nothing is spelt that way.
    ("xinqin", "1 4"),
    ("zongsan", "4"),
    ("yinghan", "3"),
    # Something left out in the middle.
    ("兴庆驿站", "1"),
    ("贺兰驿站", "3"),
    ("xqyz", "1"),
    ("zszj", "4"),
    ("helanyizhan", "3"),
    # Slips: wrong, missing, too many, swapped; one in four, two in eight.
    ("jiefangxjie", "1"),
    ("jiefangxijje", "1"),
    ("jiefnagxijie", "1"),
    ("jeifangxijei", "1"),
    ("解放西接", "1"),
    ("长城种路", "2"),
    ("smaple bnak", "3"),
    ("zhigongzijaa", "2"),
    ("qinghenxnajie 12", "4"),
    # Too far off.
    ("解房喜接", ""),
    ("zzzz", ""),
    ("qwertyuiop", ""),
    ("没有这个", ""),
]

SEARCH: Final = """async ([texts, stations, readings]) => {
  const { textMatcher, matchesText } = await import("/static/js/places/text_search.js");
  const table = Object.entries(readings).map(([character, syllables]) => [character, syllables.split(" ")]);
  const data = { stations, readings: new Map(table) };
  return texts.map((text) => {
    const isMeant = textMatcher(text, data);
    const found = stations.filter(isMeant).map(({ code }) => code);
    const alone = stations.filter((each) => matchesText(each, text, data)).map(({ code }) => code);
    return [found, alone];
  });
}"""


@pytest.fixture(scope="module")
def find(browser: Browser, live_server: LiveServer) -> Iterator[Callable[[str, list[dict[str, Any]]], list[str]]]:
    """Searches stations the way the phone does; gives the last digits of their codes."""
    page: Page = browser.new_page(base_url=live_server.url)
    page.goto("/about")

    def search(text: str, stations: list[dict[str, Any]]) -> list[str]:
        texts = [each[field] for each in stations for field in ("name", "address", "town")]
        texts += [name for each in stations for name in (*each["otherNames"], *each["districtNames"])]
        [[found, alone]] = page.evaluate(SEARCH, [[text], stations, readings_of(texts)])
        assert found == alone
        return [code.removeprefix("YC-000") for code in found]

    yield search
    page.close()


@pytest.mark.parametrize(("text", "meant"), TYPED)
def test_a_text_finds_the_stations_it_means(find: Any, text: str, meant: str) -> None:
    assert find(text, STATIONS) == meant.split()


def test_what_is_spelt_right_beats_what_is_nearly_right(find: Any) -> None:
    near = station("YC-0005", "清河示例驿站", "贺兰县", "解放南街1号")
    right = station("YC-0006", "清和示例驿站", "贺兰县", "解放北街1号")

    assert find("清和示例", [near, right]) == ["6"]
    assert find("清和示例", [near]) == ["5"]
    assert find("解放北街", [near, right]) == ["6"]


def test_fewer_errors_beat_more(find: Any) -> None:
    one_off = station("YC-0007", "丰登示例", "贺兰县", "大连中路")
    two_off = station("YC-0008", "丰灯示例", "贺兰县", "大练钟路")

    assert find("daliangzhonglu", [one_off, two_off]) == ["7", "8"]  # both sound alike
    assert find("大连种路", [one_off, two_off]) == ["7"]


def test_a_very_long_text_is_searched_in_pieces(find: Any) -> None:
    long = station("YC-0009", "示例" * 40, "贺兰县", "")

    assert find("示例" * 40, [long, *STATIONS]) == ["9"]
    assert find("示例" * 40 + "没有这个站点", [long, *STATIONS]) == []


def test_a_position_or_a_link_hides_no_station(find: Any) -> None:
    everything = ["1", "2", "3", "4"]

    assert find("106.231357, 38.4", STATIONS) == everything
    assert find("https://surl.amap.com/abc", STATIONS) == everything
    assert find("38°29′", STATIONS) == everything


def test_the_list_is_found_by_pinyin_and_initials(page: Page) -> None:
    open_map_page(page)
    count_line = page.locator("#count")
    all_of_them = count_line.inner_text()

    page.locator("#q").press_sequentially("sijizhijia")

    expect(count_line).not_to_have_text(all_of_them)
    by_pinyin = names(page)
    assert by_pinyin
    assert all("司机之家" in name for name in by_pinyin)
    page.locator("#q").fill("sjzj")
    assert names(page) == by_pinyin
    page.locator("#q").fill("司机之佳")
    assert names(page) == by_pinyin


def test_no_part_of_a_position_reaches_the_address_however_slowly_it_is_typed(page: Page) -> None:
    open_map_page(page)
    page.evaluate(
        """() => {
          window.addresses = [];
          const plain = history.replaceState.bind(history);
          history.replaceState = (state, title, address) => {
            window.addresses.push(address);
            plain(state, title, address);
          };
        }"""
    )
    all_of_them = count(page)

    for typed in ("1", "106", "106.", "106.23", "106.231357", "106.231357, 38"):
        page.locator("#q").fill(typed)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => setTimeout(done))))")

    page.locator("#q").fill("")
    expect(page.locator("#count")).to_contain_text(str(all_of_them))
    assert all("q=" not in address for address in page.evaluate("window.addresses"))
    assert "q=" not in page.url
