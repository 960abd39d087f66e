"""One station's page tells a visitor everything, in words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Position, Season, ServiceOffer, Verification
from geodata.stations.vocabulary import EntryMethod, LifeCycle, PositionAccuracy, Service, ServiceState, VerifiedHow
from tests.mapapp.public.conftest import ShowStation

OFFICE_HOURS = OpeningHours.from_rule("Mo-Fr 08:30-12:00,14:30-18:00", "周一至周五 8:30-12:00,14:30-18:00")
PLACED = Position.wgs84(106.23, 38.48)


def week_of(page: str) -> list[tuple[str, list[str]]]:
    """The first table of hours: day and times."""
    rows = re.findall(r"<tr[^>]*><th scope=\"row\">([^< ]+).*?</th><td>(.*?)</td></tr>", page, re.DOTALL)[:7]
    return [(day, re.findall(r'class="time">([^<]+)<', times)) for day, times in rows]


def test_the_state_now_is_said_in_words(show_station: ShowStation) -> None:
    assert "现在开放，12:00 关门" in show_station(hours=OFFICE_HOURS)


def test_the_week_begins_today(show_station: ShowStation) -> None:
    week = week_of(show_station(hours=OFFICE_HOURS))

    assert week[0] == ("周三", ["08:30–12:00", "14:30–18:00"])
    assert [day for day, _ in week] == ["周三", "周四", "周五", "周六", "周日", "周一", "周二"]
    assert week[3] == ("周六", ["未开放"])


def test_the_words_the_hours_were_read_from_are_shown(show_station: ShowStation) -> None:
    assert "原文：周一至周五 8:30-12:00,14:30-18:00" in show_station(hours=OFFICE_HOURS)


def test_unknown_hours_are_neither_open_nor_closed(show_station: ShowStation) -> None:
    page = show_station()

    assert "时间未知" in page
    assert "去之前请先问一问" in page
    assert "未开放" not in page


def test_a_pause_beats_the_hours(show_station: ShowStation) -> None:
    page = show_station(hours=OpeningHours.from_rule("24/7"), life_cycle=LifeCycle.TEMPORARILY_CLOSED)

    assert "暂停开放" in page
    assert "现在开放" not in page


def test_round_the_clock_is_derived_from_the_hours(show_station: ShowStation) -> None:
    assert "24 小时开放" in show_station(hours=OpeningHours.from_rule("24/7"))


def test_services_show_their_state_fee_and_note(show_station: ShowStation) -> None:
    offers = (
        ServiceOffer(service=Service.HEAT_MEAL, state=ServiceState.BROKEN, note="等配件"),
        ServiceOffer(service=Service.COOL_WARM, state=ServiceState.SEASONAL, season=Season(11, 3)),
        ServiceOffer(service=Service.SHOWER, fee="5 元/次", confirmed_on=date(2026, 11, 1)),
    )

    page = show_station(services=offers)

    assert re.search(
        r"热饭</span>\s*<span class=\"offer-state\">报修中</span>\s*<span class=\"offer-details\">等配件", page
    )
    assert "11 月至 3 月" in page
    assert "5 元/次 · 2026-11-01 核实" in page


def test_entry_is_said_in_words(show_station: ShowStation) -> None:
    page = show_station(entry_methods=(EntryMethod.QR, EntryMethod.ATTENDED), entry_note="进大厅左转")

    assert re.search(r"<li>扫码</li>\s*<li>有人值守</li>", page)
    assert "进大厅左转" in page


def test_when_and_how_it_was_last_confirmed_is_said(show_station: ShowStation) -> None:
    page = show_station(last_verified=Verification(date(2026, 10, 2), VerifiedHow.PHONE))

    assert "2026-10-02 · 电话核实" in page


def test_never_confirmed_is_said_too(show_station: ShowStation) -> None:
    assert "从未核实" in show_station()


def test_an_alert_is_shown_until_it_ends(show_station: ShowStation) -> None:
    assert "今天停水" in show_station(alert=Alert("今天停水", datetime(2026, 11, 19, tzinfo=UTC)))


def test_an_alert_that_has_ended_is_gone(show_station: ShowStation) -> None:
    assert "昨天停水" not in show_station(alert=Alert("昨天停水", datetime(2026, 11, 17, tzinfo=UTC)))


def test_a_real_placed_station_has_a_link_for_every_map(show_station: ShowStation) -> None:
    page = show_station(position=PLACED)

    for start in (
        "https://uri.amap.com/",
        "https://api.map.baidu.com/",
        "https://apis.map.qq.com/",
        "https://maps.apple.com/",
    ):
        assert f'href="{start}' in page
    assert 'href="geo:38.480000,106.230000?' in page


def test_an_unplaced_station_says_so_and_has_no_map(show_station: ShowStation) -> None:
    page = show_station()

    assert "还没有标到地图上" in page
    assert "folium-map" not in page


def test_an_approximate_position_says_so(show_station: ShowStation) -> None:
    approximate = Position.wgs84(106.23, 38.48, PositionAccuracy.APPROXIMATE)

    assert "大致位置" in show_station(position=approximate)


def test_the_managers_own_contact_is_never_shown(show_station: ShowStation) -> None:
    page = show_station(internal_contact="张三 13900000000", public_phone="0951-0000000")

    assert "13900000000" not in page
    assert "0951-0000000" in page


def test_a_hostile_name_is_text_everywhere(show_station: ShowStation) -> None:
    page = show_station(name="</script><img src=x onerror=alert(1)>`${alert(1)}`", position=PLACED)

    assert "<img" not in page
    assert "&lt;/script&gt;&lt;img" in page


def test_the_english_page_has_the_english_name_first(show_station: ShowStation) -> None:
    page = show_station(language="en", name_en="Test rest station", hours=OFFICE_HOURS)

    assert "<h1>Test rest station</h1>" in page
    assert "Open now, closes 12:00" in page
    assert "测试驿站" in page
