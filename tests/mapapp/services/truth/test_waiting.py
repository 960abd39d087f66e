"""The queue: who stands in it, why, and in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from geodata.reports.vocabulary import ReportKind, ReportState
from geodata.stations.freshness import ConfirmedHow, FieldGroup
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Station, Verification
from geodata.stations.vocabulary import LifeCycle, StationKind, VerifiedHow
from mapapp.services.districts import NO_DISTRICT
from mapapp.services.truth.register import Reason
from mapapp.services.truth.waiting import QueueQuestion, next_waiting, queue_page
from tests.mapapp.services.truth.world import BARE, BUSY, FULL, NOW, OWN, World


def reasons(world: World, code: str = "YC-0001") -> tuple[Reason, ...]:
    """Why a station is in the queue."""
    page = queue_page(world.truth(), QueueQuestion())
    return next((item.reasons for item in page.items if item.station.code == code), ())


def test_those_with_most_workers_near_come_first(world: World) -> None:
    page = queue_page(world.truth(), QueueQuestion())

    assert [(item.station.code, item.affected_count) for item in page.items] == [
        ("YC-0002", 100),
        ("YC-0001", 10),
        ("YC-0003", 0),
    ]


def test_a_station_that_is_fresh_throughout_does_not_wait(world: World) -> None:
    world.confirm("YC-0001")

    assert world.queue() == ["YC-0002", "YC-0003"]


@pytest.mark.parametrize(
    ("group", "days"),
    [(FieldGroup.HOURS, 90), (FieldGroup.DOOR, 180), (FieldGroup.SERVICES, 180), (FieldGroup.POSITION, 365)],
)
def test_a_group_becomes_stale_the_day_after_its_limit(world: World, group: FieldGroup, days: int) -> None:
    world.confirm("YC-0001")
    world.confirm("YC-0001", *(each for each in FieldGroup if each is not group), days_ago=-days)

    assert "YC-0001" not in world.queue(NOW + timedelta(days=days))
    page = queue_page(world.truth(NOW + timedelta(days=days + 1)), QueueQuestion())
    item = next(item for item in page.items if item.station.code == "YC-0001")
    assert (item.reasons, item.stale) == ((Reason.STALE,), (group,))


def test_a_day_begins_at_midnight_of_the_place(world: World) -> None:
    """Half past midnight in China is still the day before in Greenwich."""
    midnight = NOW.replace(hour=0, minute=30) - timedelta(days=90)
    with world.store.writing("form") as writer:
        writer.confirmations.add("YC-0001", FieldGroup, at=midnight, actor="li", how=ConfirmedHow.ON_SITE)

    assert "YC-0001" not in world.queue()


def test_the_stations_own_date_counts_for_every_group(world: World) -> None:
    verified = Verification(date(2026, 11, 1), VerifiedHow.PHONE)
    with world.store.writing("import") as writer:
        writer.update_station(replace(FULL, last_verified=verified), expected_version=1, actor="ma", reason="")

    assert "YC-0001" not in world.queue()


def test_unknown_hours_are_a_reason_of_their_own(world: World) -> None:
    assert reasons(world, "YC-0003") == (Reason.UNKNOWN_HOURS, Reason.STALE)
    assert world.queue(reason=Reason.UNKNOWN_HOURS) == ["YC-0003"]


@pytest.mark.parametrize(
    "kind",
    [ReportKind.LOCKED, ReportKind.WRONG_HOURS, ReportKind.WRONG_PLACE, ReportKind.BROKEN, ReportKind.CLOSED_FOR_GOOD],
)
def test_what_the_public_contradicts_waits_though_it_is_fresh(world: World, kind: ReportKind) -> None:
    world.confirm("YC-0001")
    world.report(kind)

    assert reasons(world) == (Reason.CONTRADICTED, Reason.REPORTED)


def test_a_report_that_contradicts_nothing_is_still_a_reason(world: World) -> None:
    world.confirm("YC-0001")
    world.report(ReportKind.SUPPLIES_OUT)

    assert reasons(world) == (Reason.REPORTED,)


def test_a_closed_report_is_no_reason(world: World) -> None:
    world.confirm("YC-0001")
    tracking = world.report(ReportKind.WRONG_HOURS)
    with world.store.writing("form") as writer:
        found = writer.reports.find(tracking)
        assert found is not None
        step = replace(found.history[0], from_state=ReportState.OPEN, to_state=ReportState.RESOLVED)
        writer.reports.move(found, step)

    assert reasons(world) == ()


def test_somebody_who_got_in_confirms_the_door(world: World) -> None:
    world.confirm("YC-0001", FieldGroup.HOURS, FieldGroup.SERVICES, FieldGroup.POSITION)
    world.report(ReportKind.GOT_IN, days_ago=3)

    assert "YC-0001" not in world.queue()
    assert world.queue(door_since=date(2026, 11, 1)) == ["YC-0002", "YC-0003"]
    assert "YC-0001" in world.queue(door_since=date(2026, 11, 16))


def test_a_confirmation_is_seen_at_once_and_so_is_its_taking_back(world: World) -> None:
    before = world.queue()
    world.confirm("YC-0002")
    between = world.queue()
    with world.store.writing("form") as writer:
        writer.confirmations.take_back("YC-0002", actor="li", since=NOW)

    assert before == world.queue()
    assert between == ["YC-0001", "YC-0003"]


def test_the_queue_can_be_cut_by_district_and_by_ones_own_stations(world: World) -> None:
    assert world.queue(districts=frozenset({OWN, NO_DISTRICT})) == ["YC-0001", "YC-0003"]
    assert world.queue(codes=frozenset({"YC-0002"})) == ["YC-0002"]
    assert world.queue(codes=frozenset()) == []


def test_pages_follow_one_another(world: World) -> None:
    first = queue_page(world.truth(), QueueQuestion(limit=2))
    second = queue_page(world.truth(), QueueQuestion(limit=2, offset=2))

    assert [item.station.code for item in (*first.items, *second.items)] == ["YC-0002", "YC-0001", "YC-0003"]
    assert (first.total, second.total) == (3, 3)


def test_the_next_one_is_not_the_one_just_done(world: World) -> None:
    found = next_waiting(world.truth(), QueueQuestion(), {"YC-0002"})

    assert found is not None
    assert found.code == "YC-0001"


def test_among_equals_the_one_that_is_doubted_comes_first_then_the_oldest(world: World) -> None:
    twins = [replace(BARE, code=f"YC-000{number}", name=f"{number}") for number in (4, 5, 6)]
    with world.store.writing("import") as writer:
        for twin in twins:
            writer.add_station(twin, actor="ma", reason="")
    world.confirm("YC-0004", days_ago=10)
    world.confirm("YC-0005", days_ago=20)
    world.report(ReportKind.WRONG_PLACE, "YC-0004")

    assert world.queue()[2:] == ["YC-0004", "YC-0003", "YC-0006", "YC-0005"]


def test_delisted_and_planned_stations_need_no_look(world: World) -> None:
    with world.store.writing("import") as writer:
        for code, cycle in (("YC-0007", LifeCycle.DELISTED), ("YC-0008", LifeCycle.PLANNED)):
            hidden = Station(code=code, kind=StationKind.REST_STATION, name=code, life_cycle=cycle)
            writer.add_station(hidden, actor="ma", reason="")

    assert world.queue() == ["YC-0002", "YC-0001", "YC-0003"]


def test_an_edit_of_the_hours_confirms_them_and_nothing_else(world: World) -> None:
    changed = replace(BUSY, hours=OpeningHours.from_rule("24/7", "24小时"))
    with world.store.writing("form", at=NOW) as writer:
        writer.update_station(changed, expected_version=1, actor="li", reason="")

    item = queue_page(world.truth(), QueueQuestion(codes=frozenset({"YC-0002"}))).items[0]

    assert item.confirmed_on[FieldGroup.HOURS] == NOW.date()
    assert item.stale == (FieldGroup.DOOR, FieldGroup.SERVICES, FieldGroup.POSITION)


def test_without_demand_nobody_is_affected_and_the_queue_still_stands(world: World) -> None:
    with world.store.writing("command") as writer:
        writer._connection.execute(text("DELETE FROM demand_layers"))

    truth = world.truth()

    assert not truth.facts.is_demand_known
    assert [item.affected_count for item in queue_page(truth, QueueQuestion()).items] == [0, 0, 0]


def test_asking_takes_as_many_statements_for_many_stations_as_for_few(world: World) -> None:
    world.truth()
    few = world.statements(world.truth)
    with world.store.writing("import") as writer:
        for number in range(100, 200):
            writer.add_station(replace(BARE, code=f"YC-0{number}"), actor="ma", reason="")
    world.confirm("YC-0100")

    assert world.statements(world.truth) <= few + 2  # what is new since the last look is read once
