"""The reports' inbox: found by whom it concerns, answered once, told to its sender."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any, Final

import pytest
from flask import Flask
from PIL import Image

from geodata.coordinates import LonLat
from geodata.places import Place
from geodata.reports.report import Report, ReportDraft
from geodata.reports.vocabulary import ReportKind, ReportState
from mapapp.services.reports.desk import ReportDesk, Sender
from mapapp.services.reports.inbox import candidate_sites
from mapapp.services.rights import COMMAND_LINE
from mapapp.store.accounts import Account
from tests.conftest import FrozenClock
from tests.mapapp.staff.station_forms import errors_of, inputs_of_page
from tests.mapapp.staff.station_forms import send as fill_in
from tests.mapapp.staff.world import OTHER_DISTRICT, OTHER_STATION, OWN_DISTRICT, OWN_STATION, StaffClient

ClientOf = Callable[[str], StaffClient]
Send = Callable[..., Report]
CONTACT: Final = "13900000000"


@pytest.fixture
def reports(staff_app: Flask) -> ReportDesk:
    desk: ReportDesk = staff_app.extensions["stationmap"].reports
    return desk


@pytest.fixture
def send(reports: ReportDesk, clock: FrozenClock) -> Send:
    """Sends a report from somebody new."""
    numbers = iter(range(1, 1000))

    def send_report(
        kind: ReportKind = ReportKind.WRONG_HOURS,
        code: str | None = OWN_STATION,
        days_ago: int = 0,
        **fields: Any,
    ) -> Report:
        number = next(numbers)
        draft = ReportDraft(
            **{
                "kind": kind,
                "station_code": code if kind.is_about_station else None,
                "key": str(uuid.UUID(int=number)),
                **fields,
            }
        )
        return reports.submit(
            draft, Sender(None, f"10.0.0.{number}", "phone"), clock() - timedelta(days=days_ago)
        ).report

    return send_report


def path_of(report: Report) -> str:
    return f"/staff/reports/{report.tracking}"


def listed(page: str) -> list[str]:
    """The tracking codes in the list, in its order."""
    return re.findall(r'<th scope="row"><a href="/staff/reports/([0-9A-Z-]+)"', page)


def answer(client: StaffClient, report: Report, **typed: str) -> Any:
    """Fill in the answer's form as it stands in the page."""
    page = client.get(path_of(report)).text
    version = inputs_of_page(page)["version"]
    return client.post_form(path_of(report), {"version": version, "state": report.state.value, **typed})


def found(reports: ReportDesk, report: Report) -> Report:
    known = reports.find(report.tracking)
    assert known is not None
    return known


def test_the_inbox_begins_with_what_waits_longest(
    client_of: ClientOf, send: Send, reports: ReportDesk, clock: FrozenClock
) -> None:
    old = send(days_ago=9)
    new = send(ReportKind.LOCKED)
    done = send(ReportKind.BROKEN, text="灯坏了")
    reports.move(done.tracking, ReportState.RESOLVED, "", COMMAND_LINE, "", clock())

    page = client_of("editor_own").get("/staff/reports").text

    assert listed(page) == [old.tracking, new.tracking]
    assert '<span class="badge attention">9 天</span>' in page


def test_an_editor_sees_the_reports_of_the_own_districts_only(client_of: ClientOf, send: Send) -> None:
    own, other = send(), send(code=OTHER_STATION)

    assert listed(client_of("editor_own").get("/staff/reports").text) == [own.tracking]
    assert listed(client_of("editor_other").get(f"/staff/reports?district={OWN_DISTRICT}").text) == []
    assert listed(client_of("planner").get("/staff/reports").text) == [own.tracking, other.tracking]
    assert client_of("editor_own").get(path_of(other)).status_code == 403


def test_a_suggested_site_is_its_districts(client_of: ClientOf, send: Send, place: Place) -> None:
    site = send(ReportKind.SUGGEST_SITE, place=place.unit(OTHER_DISTRICT).label_at)

    assert listed(client_of("editor_own").get("/staff/reports").text) == []
    assert listed(client_of("editor_other").get("/staff/reports").text) == [site.tracking]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("kind=broken", [1]),
        ("state=resolved", [2]),
        ("state=all", [0, 1, 2]),
        ("age=7", [0]),
        ("who=nobody", [1]),
        ("who=me", [0]),
        (f"station={OTHER_STATION.lower()}", [1]),
        ("district=640105", [1]),
        ("sort=kind&order=down", [0, 1]),
        ("sort=received&order=down", [1, 0]),
        ("sort=nonsense&kind=nonsense&age=x&page=x", [0, 1]),
        ("page=7", []),
    ],
)
def test_the_inbox_is_found_through_by_what_is_asked(
    query: str, numbers: list[int], client_of: ClientOf, send: Send
) -> None:
    sent = [send(days_ago=8), send(ReportKind.BROKEN, OTHER_STATION, text="灯"), send(ReportKind.GOT_IN)]
    admin = client_of("admin")
    admin.post_form(f"{path_of(sent[0])}/assign", {"version": "1", "to": "me"})

    assert listed(admin.get(f"/staff/reports?{query}").text) == [sent[number].tracking for number in numbers]


def test_an_answer_reaches_the_sender_and_the_note_does_not(
    client_of: ClientOf, visitor: StaffClient, send: Send, reports: ReportDesk
) -> None:
    report = send()

    saved = answer(client_of("editor_own"), report, state="resolved", reply="时间已改，谢谢。", reason="问过站长")

    public = visitor.get(f"/reports/{report.tracking}").text
    assert saved.location == f"{path_of(report)}?done=answered"
    assert found(reports, report).state is ReportState.RESOLVED
    assert "时间已改，谢谢。" in public
    assert "问过站长" not in public
    assert "editor_own" not in public


def test_who_answers_second_sees_what_the_first_did_and_keeps_what_was_typed(
    client_of: ClientOf, send: Send, reports: ReportDesk
) -> None:
    report = send()
    second = client_of("admin")
    answer(client_of("editor_own"), report, state="resolved", reply="时间已改。")

    refused = second.post_form(path_of(report), {"version": "1", "state": "rejected", "reply": "没有<看到>"})

    assert refused.status_code == 409
    assert "时间已改。" in refused.text.partition('id="meanwhile"')[2]
    assert "没有&lt;看到&gt;</textarea>" in refused.text
    assert found(reports, report).public_reply == "时间已改。"
    assert inputs_of_page(refused.text)["version"] == "2"


def test_a_second_click_on_any_step_saves_it_once_and_tells_of_nobody_else(
    client_of: ClientOf, send: Send, reports: ReportDesk
) -> None:
    first, repeat = send(), send()
    clerk = client_of("editor_own")
    steps = (
        (first, "", {"version": "1", "state": "in_progress", "reply": "谢谢，我们去看。", "reason": "问站长"}),
        (first, "/assign", {"version": "2", "to": "me"}),
        (repeat, "/merge", {"version": "1", "main_code": first.tracking}),
    )

    for report, step, typed in steps:
        once, again = (clerk.post_form(path_of(report) + step, typed) for _ in range(2))
        assert (once.status_code, again.status_code) == (303, 303), step
        assert once.location == again.location

    assert [len(found(reports, report).history) for report in (first, repeat)] == [4, 3]


def test_an_answer_that_says_nothing_is_refused_at_its_field(client_of: ClientOf, send: Send) -> None:
    refused = answer(client_of("editor_own"), send())

    assert refused.status_code == 400
    assert errors_of(refused) == ["state"]


def test_a_reply_too_long_comes_back_as_it_was(client_of: ClientOf, send: Send) -> None:
    refused = answer(client_of("editor_own"), send(), reply="好" * 501)

    assert refused.status_code == 400
    assert errors_of(refused) == ["reply"]
    assert "好" * 501 in refused.text


@pytest.mark.parametrize("typed", [{"state": "open", "version": "x"}, {"reply": "\x00"}, {"solved_by": "9" * 40}])
def test_broken_forms_are_answered(typed: dict[str, str], client_of: ClientOf, send: Send) -> None:
    report = send()

    assert client_of("editor_own").post_form(path_of(report), {"reason": "so", **typed}).status_code in {400, 409}


@pytest.mark.parametrize("name", ["reply", "reason"])
def test_what_no_database_could_hold_is_refused_at_its_field(name: str, client_of: ClientOf, send: Send) -> None:
    assert errors_of(answer(client_of("editor_own"), send(), **{name: "a\x00b"})) == [name]


def test_what_staff_do_among_themselves_is_no_news_on_the_senders_page(
    client_of: ClientOf, visitor: StaffClient, send: Send, clock: FrozenClock
) -> None:
    report, editor = send(), client_of("editor_own")
    times = re.compile(r'class="step-time">([^<]+)<')
    before = times.findall(visitor.get(f"/reports/{report.tracking}").text)

    clock.advance(hours=3)
    editor.post_form(f"{path_of(report)}/assign", {"version": "1", "to": "me"})
    answer(editor, report, reason="问过站长")

    page = visitor.get(f"/reports/{report.tracking}").text
    assert before == times.findall(page) == ["2026-11-18 10:00"]
    assert "问过站长" not in page


def test_the_page_of_a_station_leads_to_its_reports(client_of: ClientOf, send: Send) -> None:
    report, editor = send(), client_of("editor_own")
    send(code=OTHER_STATION)

    page = editor.get(f"/staff/stations/{OWN_STATION}/history").text

    link = re.search(r'href="(/staff/reports\?station=[^"]+)"', page)
    assert link
    assert listed(editor.get(link[1].replace("&amp;", "&")).text) == [report.tracking]


def test_a_ready_sentence_is_put_into_the_reply_and_nothing_is_saved(
    client_of: ClientOf, send: Send, reports: ReportDesk
) -> None:
    report = send()

    page = answer(client_of("editor_own"), report, reply="您好！", ready="hours_right", insert="en", reason="note")

    assert inputs_of_page(page.text)["reply"].strip().splitlines() == [
        "您好！",
        "Thank you. We asked the station and have put the opening hours right.",
    ]
    assert inputs_of_page(page.text)["reason"].strip() == "note"
    assert found(reports, report) == report


def test_a_report_is_given_to_a_colleague_of_its_district(
    client_of: ClientOf, send: Send, people: dict[str, Account]
) -> None:
    report, admin = send(), client_of("admin")

    admin.post_form(f"{path_of(report)}/assign", {"version": "1", "colleague": str(people["editor_own"].id)})
    refused = admin.post_form(
        f"{path_of(report)}/assign", {"version": "2", "colleague": str(people["editor_other"].id)}
    )

    assert listed(client_of("editor_own").get("/staff/reports?who=me").text) == [report.tracking]
    assert errors_of(refused) == ["colleague"]


def test_the_contact_and_the_photo_are_for_staff(client_of: ClientOf, visitor: StaffClient, send: Send) -> None:
    picture = BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    report = send(contact=CONTACT, photo=picture.getvalue())

    page = client_of("editor_own").get(path_of(report)).text

    assert CONTACT in page.partition('class="internal"')[2]
    assert client_of("editor_own").get(f"{path_of(report)}/photo").mimetype == "image/jpeg"
    assert visitor.get(f"{path_of(report)}/photo").status_code == 303
    assert client_of("editor_other").get(f"{path_of(report)}/photo").status_code == 403


def test_a_planner_reads_reports_without_contacts_and_answers_none(client_of: ClientOf, send: Send) -> None:
    report, planner = send(contact=CONTACT), client_of("planner")
    page = planner.get(path_of(report)).text

    assert CONTACT not in page
    assert 'id="answer-form"' not in page
    assert planner.post_form(path_of(report), {"state": "resolved"}).status_code == 403


def test_a_repeat_is_joined_and_told_apart_again(
    client_of: ClientOf, visitor: StaffClient, send: Send, reports: ReportDesk
) -> None:
    main, repeat, editor = send(), send(), client_of("editor_own")

    joined = editor.post_form(f"{path_of(repeat)}/merge", {"version": "1", "repeats": main.tracking})
    answer(editor, main, state="resolved", reply="已经修好。")

    assert joined.location == f"{path_of(main)}?done=merged"
    assert "已经修好。" in visitor.get(f"/reports/{repeat.tracking}").text
    version = str(found(reports, repeat).version)
    assert editor.post_form(f"{path_of(repeat)}/split", {"version": version}).location.endswith("done=split")


@pytest.mark.parametrize("typed", ["", "no code", "00000-00000"])
def test_a_repeat_of_nothing_is_refused_at_its_field(typed: str, client_of: ClientOf, send: Send) -> None:
    report = send()

    refused = client_of("editor_own").post_form(f"{path_of(report)}/merge", {"version": "1", "main_code": typed})

    assert refused.status_code == 400
    assert errors_of(refused) == ["repeats"]


def test_each_part_of_a_reports_page_has_a_name_of_its_own(client_of: ClientOf, send: Send) -> None:
    """The list of what is wrong leads to the field and not to the whole page, which has a name too."""
    send()
    page = client_of("editor_own").get(path_of(send())).text

    names = re.findall(r'\sid="([^"]+)"', page)

    assert "repeats" in names
    assert len(names) == len(set(names))


def test_a_locked_door_warning_is_ended_with_a_reason(client_of: ClientOf, send: Send, clock: FrozenClock) -> None:
    report = send(ReportKind.LOCKED)
    clock.advance(minutes=12)
    send(ReportKind.LOCKED)
    editor = client_of("editor_own")
    warned = editor.get(path_of(report)).text

    refused = editor.post_form(f"{path_of(report)}/end-warning", {"version": "1"})
    ended = editor.post_form(f"{path_of(report)}/end-warning", {"version": "1", "warning_reason": "门开着"})

    assert "有 2 人遇到门锁着" in warned
    assert errors_of(refused) == ["warning_reason"]
    assert ended.location.endswith("done=warning_ended")
    assert 'id="warning-title"' not in editor.get(path_of(report)).text


def test_an_edit_begun_at_a_report_leads_back_to_it_and_is_noted_there(
    client_of: ClientOf, send: Send, staff_app: Flask
) -> None:
    report, editor = send(), client_of("editor_own")
    path = f"/staff/stations/{OWN_STATION}?report={report.tracking}"
    preview = fill_in(editor, editor.get(path), "check", path, hours_text="每天 9:00-17:00")
    assert f'action="{path}"' in preview.text
    saved = fill_in(editor, preview, "save", path, reason="a report")
    back = re.search(rf'href="({path_of(report)}\?solved_by=\d+)"', editor.get(saved.location).text)
    assert back

    posted = inputs_of_page(editor.get(back[1]).text)
    editor.post_form(path_of(report), {**posted, "state": "resolved", "reply": "已改。"})

    with staff_app.extensions["stationmap"].store.reading() as reader:
        station = reader.station(OWN_STATION)
        assert reader.reports.case(report.tracking).solved_by == station.version


def test_an_accepted_site_becomes_a_candidate_for_planners(
    client_of: ClientOf, send: Send, place: Place, staff_app: Flask
) -> None:
    spot = place.unit(OWN_DISTRICT).label_at
    site, _left = send(ReportKind.SUGGEST_SITE, place=spot), send(ReportKind.SUGGEST_SITE, place=spot)

    answer(client_of("editor_own"), site, state="resolved", is_site="1", is_candidate="on")

    with staff_app.extensions["stationmap"].store.reading() as reader:
        kept = candidate_sites(reader)
    assert [(each.tracking, each.place) for each in kept] == [(site.tracking, LonLat(spot.lon, spot.lat).rounded())]
    assert listed(client_of("planner").get("/staff/reports?state=candidate").text) == [site.tracking]


def test_the_access_log_shows_no_tracking_code(send: Send) -> None:
    from mapapp.web.access_log import printable_path

    assert printable_path(path_of(send())) == "/staff/reports/-"


def test_what_a_sender_wrote_is_shown_as_text(client_of: ClientOf, send: Send) -> None:
    report = send(text="<script>alert(1)</script>")

    assert "<script>alert(1)" not in client_of("editor_own").get(path_of(report)).text
    assert "<script>alert(1)" not in client_of("editor_own").get("/staff/reports").text
