"""One station's page tells a visitor everything, in words; the answer comes first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from geodata.coordinates import LonLat, great_circle_m
from geodata.stations.arrival import arrival_at
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Award, Position, Season, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import (
    AwardScheme,
    EntryMethod,
    LifeCycle,
    OpenState,
    PositionAccuracy,
    Service,
    ServiceState,
    VerifiedHow,
)
from geodata.travel.straight_line import TravelMode
from mapapp.public.station_view import phone_url
from mapapp.services.find_nearest import rules_of, travel_of
from mapapp.services.holidays import seed_holidays
from mapapp.services.station_page import ALTERNATIVES, StationPage, station_page
from mapapp.store import Store
from tests.mapapp.public.conftest import TEN, ShowStation

OFFICE_HOURS = OpeningHours.from_rule("Mo-Fr 08:30-12:00,14:30-18:00", "周一至周五 8:30-12:00,14:30-18:00")
PLACED = Position.wgs84(106.23, 38.48)


def text_of(markup: str) -> str:
    """What is read, without the tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup)).strip()


def answers_of(page: str) -> dict[str, str]:
    """The facts of the first screen by their name."""
    (block,) = re.findall(r'<dl class="answers">(.*?)</dl>', page, re.DOTALL)
    pairs = re.findall(r"<dt>(.*?)</dt><dd[^>]*>(.*?)</dd>", block, re.DOTALL)
    return {text_of(term): text_of(fact) for term, fact in pairs}


def week_of(page: str) -> list[tuple[str, list[str]]]:
    """The first table of hours: day and times."""
    rows = re.findall(r"<tr[^>]*><th scope=\"row\">([^< ]+).*?</th><td>(.*?)</td></tr>", page, re.DOTALL)[:7]
    return [(day, re.findall(r'class="time">([^<]+)<', times)) for day, times in rows]


# --- the answer ------------------------------------------------------------------------------------


def test_the_state_now_is_said_in_words(show_station: ShowStation) -> None:
    assert "现在开放，12:00 关门" in show_station(hours=OFFICE_HOURS)


def test_todays_hours_come_before_those_of_the_week(show_station: ShowStation) -> None:
    page = show_station(hours=OFFICE_HOURS)

    assert answers_of(page)["今天"] == "08:30–12:00 14:30–18:00"
    assert page.index('class="answers"') < page.index('class="week"')


def test_today_is_today_also_on_a_holiday(show_station: ShowStation, store: Store) -> None:
    seed_holidays(store, actor="test")

    rule = OpeningHours.from_rule("Mo-Fr 08:30-12:00,14:30-18:00; PH off")
    page = show_station(hours=rule, at=datetime(2026, 10, 1, 10, 0, tzinfo=TEN.tzinfo))

    assert answers_of(page)["今天"] == "未开放 国庆节"
    assert week_of(page)[0] == ("周四", ["08:30–12:00", "14:30–18:00"])
    assert "未来 14 天" in page


def test_a_day_without_a_gap_is_a_whole_day(show_station: ShowStation) -> None:
    assert answers_of(show_station(hours=OpeningHours.from_rule("24/7")))["今天"] == "全天"


def test_a_paused_station_promises_no_hours_for_today(show_station: ShowStation) -> None:
    page = show_station(hours=OpeningHours.from_rule("24/7"), life_cycle=LifeCycle.TEMPORARILY_CLOSED)

    assert "暂停开放" in page
    assert "现在开放" not in page
    assert "今天" not in answers_of(page)


def test_unknown_hours_are_neither_open_nor_closed(show_station: ShowStation) -> None:
    page = show_station()

    assert "时间未知" in page
    assert "去之前请先问一问" in page
    assert "未开放" not in page


def test_the_way_in_is_said_in_words_and_pictures(show_station: ShowStation) -> None:
    page = show_station(entry_methods=(EntryMethod.QR, EntryMethod.ATTENDED), entry_note="进大厅左转")

    assert answers_of(page)["怎么进门"] == "有人值守 扫码 进大厅左转"
    assert 'href="#entry-qr"' in page
    assert 'href="#entry-attended"' in page


def test_every_way_in_has_a_picture(visitor: FlaskClient) -> None:
    page = visitor.get("/stations/YC-S0001").get_data(as_text=True)

    missing = [method.value for method in EntryMethod if f'<symbol id="entry-{method.value}"' not in page]
    assert missing == []


def test_when_and_how_it_was_last_confirmed_is_said_up_front(show_station: ShowStation) -> None:
    page = show_station(last_verified=Verification(date(2026, 10, 2), VerifiedHow.PHONE))

    assert answers_of(page)["最近核实"] == "2026-10-02 · 电话核实"


def test_never_confirmed_is_said_too(show_station: ShowStation) -> None:
    assert answers_of(show_station())["最近核实"] == "从未核实"


def test_an_alert_is_shown_until_it_ends(show_station: ShowStation) -> None:
    assert "今天停水" in show_station(alert=Alert("今天停水", datetime(2026, 11, 19, tzinfo=UTC)))


def test_an_alert_that_has_ended_is_gone(show_station: ShowStation) -> None:
    assert "昨天停水" not in show_station(alert=Alert("昨天停水", datetime(2026, 11, 17, tzinfo=UTC)))


# --- hours and services ----------------------------------------------------------------------------


def test_the_week_begins_today(show_station: ShowStation) -> None:
    week = week_of(show_station(hours=OFFICE_HOURS))

    assert week[0] == ("周三", ["08:30–12:00", "14:30–18:00"])
    assert [day for day, _ in week] == ["周三", "周四", "周五", "周六", "周日", "周一", "周二"]
    assert week[3] == ("周六", ["未开放"])


def test_the_words_the_hours_were_read_from_are_shown(show_station: ShowStation) -> None:
    assert "原文：周一至周五 8:30-12:00,14:30-18:00" in show_station(hours=OFFICE_HOURS)


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


# --- the way there ---------------------------------------------------------------------------------


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


def test_navigating_is_the_first_thing_that_can_be_done(show_station: ShowStation) -> None:
    page = show_station(position=PLACED, public_phone="0951-0000000")

    bar = page[page.index('class="action-bar"') :]
    assert bar.index("导航") < bar.index("打电话") < bar.index("分享")


def test_an_unplaced_station_says_so_and_has_no_map(show_station: ShowStation) -> None:
    page = show_station()

    assert "还没有标到地图上" in page
    assert "folium-map" not in page
    assert "data-open-map" not in page


def test_an_approximate_position_says_so(show_station: ShowStation) -> None:
    approximate = Position.wgs84(106.23, 38.48, PositionAccuracy.APPROXIMATE)

    assert "大致位置" in show_station(position=approximate)


def test_no_script_or_style_of_the_map_is_fetched_with_the_page(show_station: ShowStation) -> None:
    page = show_station(position=PLACED)

    assert re.findall(r'(?:src|href)="([^"]*(?:leaflet|markercluster|/map\.|/map/)[^"]*)"', page) == []


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        ("0951-1234567", "tel:09511234567"),
        ("+86 951 123 4567", "tel:+869511234567"),
        ("0951-1234567 转 801", "tel:09511234567"),
        ("0951-1234567、0951-7654321", "tel:09511234567"),
        ("12351", "tel:12351"),
        ("值班室", ""),
        ("", ""),
    ],
)
def test_the_first_number_of_a_phone_field_is_dialled(written: str, dialled: str) -> None:
    assert phone_url(written) == dialled


def test_the_managers_own_contact_is_never_shown(show_station: ShowStation) -> None:
    page = show_station(internal_contact="张三 13900000000", public_phone="0951-0000000")

    assert "13900000000" not in page
    assert 'href="tel:09510000000"' in page


# --- elsewhere -------------------------------------------------------------------------------------


def page_at(pages_app: Flask, code: str) -> StationPage:
    parts = pages_app.extensions["stationmap"]
    page = station_page(parts.snapshot, code, TEN, parts.settings)
    assert page is not None
    return page


def placed_codes(pages_app: Flask) -> list[str]:
    return [each.code for each in pages_app.extensions["stationmap"].snapshot.stations if each.position is not None]


def test_the_alternatives_are_the_nearest_others_that_are_open(pages_app: Flask) -> None:
    code = placed_codes(pages_app)[0]

    found = page_at(pages_app, code).alternatives

    assert len(found) == ALTERNATIVES
    assert code not in [each.station.code for each in found]
    assert {each.found.arrival.state for each in found} <= {OpenState.OPEN, OpenState.CLOSING_SOON}
    distances_m = [each.found.distance_m for each in found]
    assert distances_m == sorted(distances_m)


def test_the_alternatives_are_those_that_every_station_looked_at_one_by_one_gives(pages_app: Flask) -> None:
    parts = pages_app.extensions["stationmap"]
    travel, rules = travel_of(parts.settings), rules_of(parts.settings)

    def open_for_a_walker(here: LonLat, other: Station) -> tuple[float, str] | None:
        if other.position is None:
            return None
        there = other.position.point.rounded()
        distance_m = float(great_circle_m(here.lon, here.lat, there.lon, there.lat))
        at = TEN + timedelta(seconds=float(travel.time_s(distance_m, TravelMode.WALK)))
        arrival = arrival_at(other.life_cycle, parts.snapshot.book.of(other.hours), at, rules)
        return (distance_m, other.code) if arrival.state in {OpenState.OPEN, OpenState.CLOSING_SOON} else None

    for code in placed_codes(pages_app)[::40]:
        page = page_at(pages_app, code)
        assert page.station.position is not None
        here = page.station.position.point.rounded()
        others = (open_for_a_walker(here, each) for each in parts.snapshot.stations if each.code != code)
        nearest = sorted(each for each in others if each is not None)[:ALTERNATIVES]
        assert [each.station.code for each in page.alternatives] == [other for _, other in nearest]


def test_who_stands_before_a_closed_door_reads_first_where_else_to_go(pages_app: Flask) -> None:
    states = {page_at(pages_app, code).arrival.state: code for code in placed_codes(pages_app)}
    visitor = pages_app.test_client()

    closed = visitor.get(f"/stations/{states[OpenState.CLOSED]}").get_data(as_text=True)
    open_now = visitor.get(f"/stations/{states[OpenState.OPEN]}").get_data(as_text=True)

    assert closed.index("nearby-title") < closed.index("hours-title")
    assert open_now.index("nearby-title") > open_now.index("hours-title")


def test_a_station_alone_says_that_nothing_else_is_open(show_station: ShowStation) -> None:
    assert "没有走到时还开着的其他站点" in show_station(position=PLACED)


# --- the rest --------------------------------------------------------------------------------------


def test_a_grade_of_the_place_is_told(show_station: ShowStation) -> None:
    page = show_station(awards=(Award(scheme=AwardScheme.STARS, level="三星", year=2025),))

    assert "星级驿站 · 三星 · 2025" in page


def test_a_hostile_name_is_text_everywhere(show_station: ShowStation) -> None:
    page = show_station(name="</script><img src=x onerror=alert(1)>`${alert(1)}`", position=PLACED)

    assert "<img src=x" not in page
    assert "&lt;/script&gt;&lt;img" in page


def test_the_english_page_has_the_english_name_first(show_station: ShowStation) -> None:
    page = show_station(language="en", name_en="Test rest station", hours=OFFICE_HOURS)

    assert "<h1>Test rest station</h1>" in page
    assert "Open now, closes 12:00" in page
    assert "测试驿站" in page


def test_a_page_in_doubt_is_told_from_one_that_is_not(pages_app: Flask) -> None:
    page = page_at(pages_app, placed_codes(pages_app)[0])

    by_state = {state: replace(page, arrival=replace(page.arrival, state=state), door=None) for state in OpenState}

    assert [state for state, each in by_state.items() if not each.is_in_doubt] == [OpenState.OPEN]
