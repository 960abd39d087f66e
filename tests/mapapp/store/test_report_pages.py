"""Pages of the inbox are the same in both databases, and take as many statements however many reports there are."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from alembic import command
from sqlalchemy import insert

from geodata.coordinates import LonLat
from geodata.reports.report import Report, StateChange
from geodata.reports.sender import SenderKeys
from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.store import CANDIDATE, ReportCase, ReportRow, ReportSort, ReportsQuestion, Store
from mapapp.store.accounts import Role
from mapapp.store.engine import writing_connection
from mapapp.store.migrations.preconditions import bring_extension
from mapapp.store.migrations.upgrade import alembic_config
from mapapp.store.schema import reports
from tests.mapapp.store.station_writing import NOW, add, real
from tests.statements import statements_asked

HERE, THERE = "640104", "640105"


def keep(store: Store, number: int, kind: ReportKind = ReportKind.LOCKED, **fields: object) -> Report:
    """A report that came so many days after the first."""
    site = kind is ReportKind.SUGGEST_SITE
    received = NOW + timedelta(days=number)
    district = fields.pop("district_code", None)
    report = Report(
        **{  # type: ignore[arg-type]
            "tracking": f"00000-0000{number}",
            "kind": kind,
            "station_code": None if site else "TC-0001",
            "place": LonLat(106.2, 38.4) if site else None,
            "state": ReportState.OPEN,
            "received_at": received,
            "history": (StateChange(at=received, from_state=None, to_state=ReportState.OPEN),),
            **fields,
        }
    )
    with store.writing("public") as writer:
        writer.reports.add(
            report,
            key=f"00000000-0000-0000-0000-00000000000{number}",
            happened_at=received,
            sender=SenderKeys(f"d{number}", f"a{number}", "agent"),
            district_code=district,  # type: ignore[arg-type]
        )
    return report


def page(store: Store, **question: object) -> tuple[ReportRow, ...]:
    with store.reading() as reader:
        rows, total = reader.reports.page(ReportsQuestion(**question))  # type: ignore[arg-type]
    assert total == len(rows)
    return rows


def numbers(rows: tuple[ReportRow, ...]) -> list[int]:
    return [int(row.tracking[-1]) for row in rows]


def test_a_line_says_where_the_report_is_now(store: Store) -> None:
    add(store, real(district_code=HERE))
    keep(store, 1, text="门锁着")
    keep(store, 2, ReportKind.SUGGEST_SITE, district_code=THERE)

    rows = page(store)

    assert [(row.station_name, row.district_code, row.text) for row in rows] == [
        (real().name, HERE, "门锁着"),
        ("", THERE, ""),
    ]


def test_reports_of_other_districts_are_left_out_and_those_from_nowhere_are_not(store: Store) -> None:
    add(store, real(district_code=HERE))
    keep(store, 1)
    keep(store, 2, ReportKind.SUGGEST_SITE, district_code=THERE)
    keep(store, 3, ReportKind.SUGGEST_SITE)

    assert numbers(page(store, within=frozenset({HERE}))) == [1, 3]
    assert numbers(page(store, within=frozenset())) == [3]
    assert numbers(page(store, within=frozenset({HERE}), district_codes=frozenset({THERE}))) == []
    assert numbers(page(store, without_district=True)) == [3]


def test_repeats_stand_with_their_main_one(store: Store) -> None:
    add(store, real())
    main, repeat = keep(store, 1), keep(store, 2)
    with store.writing("form") as writer:
        writer.reports.keep_case(repeat.tracking, ReportCase(main=main.tracking))

    assert [(row.tracking, row.repeat_count) for row in page(store)] == [(main.tracking, 1)]
    assert [row.is_repeat for row in page(store, with_repeats=True)] == [False, True]
    with store.reading() as reader:
        assert reader.reports.case(main.tracking).repeated_by == (repeat.tracking,)


def test_lines_are_sorted_by_who_sees_to_them(store: Store) -> None:
    add(store, real())
    first, second, _third = keep(store, 1), keep(store, 2), keep(store, 3)
    with store.writing("form") as writer:
        ids = [
            writer.accounts.add(name=name, display_name="", role=Role.EDITOR, created_at=NOW).id
            for name in ("wang", "li")
        ]
        writer.reports.keep_case(first.tracking, ReportCase(assignee_id=ids[0]))
        writer.reports.keep_case(second.tracking, ReportCase(assignee_id=ids[1]))

    assert numbers(page(store, sort=ReportSort.ASSIGNEE)) == [3, 2, 1]
    assert numbers(page(store, sort=ReportSort.ASSIGNEE, descending=True)) == [1, 2, 3]
    assert numbers(page(store, assignee_id=ids[1])) == [2]
    assert numbers(page(store, unassigned=True)) == [3]


def test_a_page_is_cut_and_counted(store: Store) -> None:
    add(store, real())
    for number in range(1, 6):
        keep(store, number)

    with store.reading() as reader:
        rows, total = reader.reports.page(ReportsQuestion(limit=2, offset=2, descending=True))

    assert (numbers(rows), total) == ([3, 2], 5)


def test_only_old_ones_are_found_by_age(store: Store) -> None:
    add(store, real())
    keep(store, 1)
    keep(store, 2)

    assert numbers(page(store, received_before=NOW + timedelta(days=2))) == [1]


def test_candidates_are_accepted_sites_that_repeat_no_other(store: Store) -> None:
    sites = [keep(store, number, ReportKind.SUGGEST_SITE) for number in range(1, 4)]
    with store.writing("form") as writer:
        for site in sites:
            step = StateChange(at=NOW, from_state=site.state, to_state=ReportState.RESOLVED)
            writer.reports.move(site, step)
            main = sites[0].tracking if site is sites[1] else None
            outcome = "" if site is sites[2] else CANDIDATE
            writer.reports.keep_case(site.tracking, ReportCase(outcome=outcome, main=main))

    with store.reading() as reader:
        assert [site.tracking for site in reader.reports.candidates()] == [sites[0].tracking]
    assert numbers(page(store, only_candidates=True)) == [1]


def test_a_page_takes_as_many_statements_however_many_reports_there_are(store: Store) -> None:
    add(store, real())
    counts = []
    for number in range(1, 8):
        keep(store, number)
        with statements_asked() as statements:
            page(store)
        counts.append(len(statements))

    assert len(set(counts)) == 1


def test_text_no_database_can_hold_finds_nothing(store: Store) -> None:
    add(store, real())
    keep(store, 1)

    assert page(store, station_code="\x00") == ()


def test_a_station_moved_takes_its_reports_along(store: Store) -> None:
    add(store, real(district_code=HERE))
    keep(store, 1)
    with store.writing("form") as writer:
        station = writer.station("TC-0001")
        assert station is not None
        moved = replace(station, district_code=THERE)
        writer.update_station(moved, expected_version=None, actor="li", reason="")

    assert numbers(page(store, within=frozenset({THERE}))) == [1]


def test_reports_of_before_the_inbox_are_in_it_too(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir(exist_ok=True)
    (tmp_path / "new" / "stations.sqlite3").touch()  # an engine makes no file
    store = Store(empty_url)
    with writing_connection(store._engine) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            bring_extension(connection, "postgis")
        command.upgrade(alembic_config(connection), "0004")
        kept = {"tracking": "00000-00001", "kind": "suggest_site", "services": [], "lon": 106.2, "lat": 38.4}
        texts = {"text": "", "contact": "", "public_reply": "", "state": "open"}
        times = {"received_at": NOW, "happened_at": NOW}
        connection.execute(insert(reports), [kept | texts | times | {"key": "00000000-0000-0000-0000-000000000001"}])

    store.migrate()

    assert numbers(page(store)) == [1]
    store.close()
