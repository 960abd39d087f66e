"""Reading the hours people write: a table of texts and rules, and honesty about the rest."""

from __future__ import annotations

from typing import Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geodata.stations.hours_problems import HoursProblem
from geodata.stations.hours_text import read_hours
from geodata.stations.opening_hours import OpeningHours

EVERY_DAY: Final = "Mo-Su 08:00-20:00"
OFFICE: Final = "Mo-Su 08:30-18:00"
SPLIT: Final = "Mo-Su 08:30-12:00,14:30-18:00"
BY_ASSUMED_SEASON: Final = "May-Sep Mo-Su 08:00-20:00; Oct-Apr Mo-Su 08:30-18:00"

READ: Final = [
    # times alone
    ("08:45-23:45", "Mo-Su 08:45-23:45"),
    ("8:30-18:00", OFFICE),
    ("8：30－18：00", OFFICE),
    ("０８：３０－１８：００", OFFICE),
    ("8∶30—18∶00", OFFICE),
    ("8.30-18.00", OFFICE),
    ("8:30~18:00", OFFICE),
    ("8:30～18:00", OFFICE),
    ("8:30——18:00", OFFICE),
    ("8:30至18:00", OFFICE),
    ("8：30 到 18：00", OFFICE),
    ("08:30:00-18:00:00", OFFICE),
    ("8时30分至18时", OFFICE),
    ("8点30分-18点", OFFICE),
    ("8点30-18点整", OFFICE),
    ("8点半到18点", OFFICE),
    ("八点半至十八点", OFFICE),
    ("8点一刻到18点三刻", "Mo-Su 08:15-18:45"),
    ("8-18点", "Mo-Su 08:00-18:00"),
    ("9点~17点半", "Mo-Su 09:00-17:30"),
    ("七点半到二十一点半", "Mo-Su 07:30-21:30"),
    ("营业时间：8:30-18:00", OFFICE),
    ("对外开放时间 8:30~18:00", OFFICE),
    ("8:30-18:00 免费开放", OFFICE),
    ("开放时间为8:30至18:00。", OFFICE),
    # two spans
    ("8:30-12:00 14:30-18:00", SPLIT),
    ("8:30-12:00,14:30-18:00", SPLIT),
    ("8：30-12：00；14：30-18：00", SPLIT),
    ("8:30-12:00、14:30-18:00", SPLIT),
    ("8:30-12:00/14:30-18:00", SPLIT),
    ("8:30-12:00\n14:30-18:00", SPLIT),
    ("8:30-12:00和14:30-18:00", SPLIT),
    ("上午8:30-12:00,下午14:30-18:00", SPLIT),
    ("上午8:30-12:00 下午2:30-6:00", SPLIT),
    ("上午：8:30-12:00；下午：2:30-6:00", SPLIT),
    ("上午8点半到12点，下午2点半到6点", SPLIT),
    ("8:30-18:00，中午12:00-14:30休息", SPLIT),
    ("8:30-18:00（12:00-14:30午休）", SPLIT),
    ("8:30-18:00，午休12:00-14:30", SPLIT),
    ("8:30-12:00 14:30-18:00（12:00-14:30午休）", SPLIT),
    ("中午不休息 8:30-18:00", OFFICE),
    # words for the part of the day
    ("早八点到晚六点", "Mo-Su 08:00-18:00"),
    ("早8:00—晚22:00", "Mo-Su 08:00-22:00"),
    ("早上8点—晚上10点", "Mo-Su 08:00-22:00"),
    ("早8晚6", "Mo-Su 08:00-18:00"),
    ("朝九晚五", "Mo-Su 09:00-17:00"),
    ("上午9时至下午5时", "Mo-Su 09:00-17:00"),
    ("中午12点到下午6点", "Mo-Su 12:00-18:00"),
    ("中午1点到6点", "Mo-Su 13:00-18:00"),
    ("凌晨5点至晚上11点", "Mo-Su 05:00-23:00"),
    ("8:00AM-6:00PM", "Mo-Su 08:00-18:00"),
    ("8am-6pm", "Mo-Su 08:00-18:00"),
    ("PM 2:00 - PM 6:00", "Mo-Su 14:00-18:00"),
    ("12:00am-12:00pm", "Mo-Su 00:00-12:00"),
    # midnight and after
    ("早6点-晚12点", "Mo-Su 06:00-24:00"),
    ("十二点到二十四点", "Mo-Su 12:00-24:00"),
    ("上午8点到零点", "Mo-Su 08:00-24:00"),
    ("8:00-0:00", "Mo-Su 08:00-24:00"),
    ("20:00-次日2:00", "Mo-Su 20:00-02:00"),
    ("20:00-2:00", "Mo-Su 20:00-02:00"),
    ("20:00-26:00", "Mo-Su 20:00-02:00"),
    ("10:00-02:00", "Mo-Su 10:00-02:00"),
    ("晚8点至凌晨2点", "Mo-Su 20:00-02:00"),
    ("晚上8点到第二天早上6点", "Mo-Su 20:00-06:00"),
    ("晚上10点-早上6点", "Mo-Su 22:00-06:00"),
    ("周五20:00-次日凌晨2:00", "Fr 20:00-02:00"),
    # always
    ("24小时", "24/7"),
    ("24 小时", "24/7"),
    ("２４小时开放", "24/7"),
    ("二十四小时", "24/7"),
    ("24h", "24/7"),
    ("7*24小时", "24/7"),
    ("7×24小时营业", "24/7"),
    ("全天24小时开放", "24/7"),
    ("全年24小时", "24/7"),
    ("全年无休，24小时", "24/7"),
    ("全天", "24/7"),
    ("全天开放", "24/7"),
    ("全天候", "24/7"),
    ("周一至周日全天", "24/7"),
    ("00:00-24:00", "24/7"),
    ("0:00-23:59", "24/7"),
    ("00:00-00:00", "24/7"),
    ("8:00-次日8:00", "Mo-Su 08:00-08:00"),
    ("周一至周五 24小时", "Mo-Fr 00:00-24:00"),
    ("7*24", "24/7"),
    ("24小时（节假日除外）", "Mo-Su 00:00-24:00; PH off"),
    ("24小时 法定节假日休息", "Mo-Su 00:00-24:00; PH off"),
    ("星期一至星期五（法定节假日除外） 9:00-17:00", "Mo-Fr 09:00-17:00; PH off"),
    ("周一至周五，节假日除外，9:00-17:00", "Mo-Fr 09:00-17:00; PH off"),
    ("周六、周日（节假日除外）9:00-17:00", "Sa-Su 09:00-17:00; PH off"),
    ("周末、节假日除外 9:00-17:00", "Mo-Fr 09:00-17:00; PH off"),
    ("双休日（周六、周日）9:00-17:00", "Sa-Su 09:00-17:00"),
    ("节假日（含周末）10:00-16:00，工作日 9:00-18:00", "Mo-Fr 09:00-18:00; Sa-Su,PH 10:00-16:00"),
    # every day
    ("每天8:00-20:00", EVERY_DAY),
    ("每天8:00-20:00，但周日休息", "Mo-Sa 08:00-20:00"),
    ("每日08:00至20:00", EVERY_DAY),
    ("周一至周日 8:00-20:00", EVERY_DAY),
    ("全年无休 8:00-20:00", EVERY_DAY),
    ("8:00-20:00（全年无休）", EVERY_DAY),
    ("Daily 8:00-20:00", EVERY_DAY),
    ("每天早上8点到晚上8点", EVERY_DAY),
    # days of the week
    ("周一至周五 08:30-12:00,13:00-17:30", "Mo-Fr 08:30-12:00,13:00-17:30"),
    ("周一~周五 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("周一至五 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("周1至周5 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("星期一至星期五 9:00~17:00", "Mo-Fr 09:00-17:00"),
    ("礼拜一到礼拜五9点到17点", "Mo-Fr 09:00-17:00"),
    ("9:00-17:00（周一至周五）", "Mo-Fr 09:00-17:00"),
    ("9:00-17:00 周一至周五", "Mo-Fr 09:00-17:00"),
    ("周一至周五（9:00-17:00）", "Mo-Fr 09:00-17:00"),
    ("Mon-Fri 9:00-17:00", "Mo-Fr 09:00-17:00"),
    ("Monday to Friday 9:00am to 5:00pm", "Mo-Fr 09:00-17:00"),
    ("周一、三、五 9:00-12:00", "Mo,We,Fr 09:00-12:00"),
    ("周六日 10:00-16:00", "Sa-Su 10:00-16:00"),
    ("每周六8:00-12:00", "Sa 08:00-12:00"),
    ("星期天 8:00-12:00", "Su 08:00-12:00"),
    ("周日至周四 8:00-12:00", "Mo-Th,Su 08:00-12:00"),
    ("周三十点到十二点", "We 10:00-12:00"),
    ("周六六点到八点", "Sa 06:00-08:00"),
    ("周一到周五 8:30-18:00；周六、周日 9:00-17:00", "Mo-Fr 08:30-18:00; Sa-Su 09:00-17:00"),
    ("9:00-17:00(周一至周五) 10:00-16:00(周末)", "Mo-Fr 09:00-17:00; Sa-Su 10:00-16:00"),
    ("周一至周五:8:30-12:00\n14:00-18:00", "Mo-Fr 08:30-12:00,14:00-18:00"),
    (
        "周一至周五上午8:30-12:00下午14:00-17:30，周六上午9:00-12:00",
        "Mo-Fr 08:30-12:00,14:00-17:30; Sa 09:00-12:00",
    ),
    # closed days
    ("8:30-18:00，周末休息", "Mo-Fr 08:30-18:00"),
    ("8:30-18:00\n周末休息", "Mo-Fr 08:30-18:00"),
    ("周一至周五 8:30-18:00，周末休息", "Mo-Fr 08:30-18:00"),
    ("9:00-17:00 周一闭馆", "Tu-Su 09:00-17:00"),
    ("除周一外每天 9:00-17:00", "Tu-Su 09:00-17:00"),
    ("每周一闭馆，其余时间9:00-17:00", "Tu-Su 09:00-17:00"),
    ("每天9:00-17:00（周六、日除外）", "Mo-Fr 09:00-17:00"),
    ("1月1日休息 8:30-18:00", "Mo-Su 08:30-18:00; Jan 01 off"),
    # days that are off, and days that are only named
    ("9:00-18:00双休", "Mo-Fr 09:00-18:00"),
    ("9:00-18:00，双休", "Mo-Fr 09:00-18:00"),
    ("9:00-18:00（双休）", "Mo-Fr 09:00-18:00"),
    ("朝九晚五双休", "Mo-Fr 09:00-17:00"),
    ("周末双休，9:00-18:00", "Mo-Fr 09:00-18:00"),
    ("上午9:00-12:00 下午13:30-17:30 双休", "Mo-Fr 09:00-12:00,13:30-17:30"),
    ("周一至周五，双休，9:00-18:00", "Mo-Fr 09:00-18:00"),
    ("9:00-18:00，双休、节假日休息", "Mo-Fr 09:00-18:00; PH off"),
    ("9:00-18:00 双休照常", "Mo-Su 09:00-18:00"),
    ("工作日9:00-18:00，双休10:00-16:00", "Mo-Fr 09:00-18:00; Sa-Su 10:00-16:00; PH off"),
    ("9:00-17:00，周一为休息日", "Tu-Su 09:00-17:00"),
    ("9:00-17:00（周一休息日）", "Tu-Su 09:00-17:00"),
    ("9:00-17:00，每周一休息日", "Tu-Su 09:00-17:00"),
    ("周一休息日，周二至周日9:00-17:00", "Tu-Su 09:00-17:00"),
    ("9:00-17:00，休息日：周一", "Tu-Su 09:00-17:00"),
    ("工作日9:00-17:00，休息日10:00-16:00", "Mo-Fr 09:00-17:00; Sa-Su 10:00-16:00; PH off"),
    ("周六、周日（休息日）9:00-17:00", "Sa-Su 09:00-17:00"),
    # working days and holidays
    ("工作日 8:30-18:00", "Mo-Fr 08:30-18:00; PH off"),
    ("周一至周五（工作日）08:30—18:00", "Mo-Fr 08:30-18:00; PH off"),
    ("8:30-18:00(节假日除外)", "Mo-Su 08:30-18:00; PH off"),
    ("8:30-18:00 法定节假日休息", "Mo-Su 08:30-18:00; PH off"),
    ("8:30-18:00，国家法定节假日不开放", "Mo-Su 08:30-18:00; PH off"),
    ("除法定节假日外，8:30-18:00", "Mo-Su 08:30-18:00; PH off"),
    ("8:30-18:00（不含节假日）", "Mo-Su 08:30-18:00; PH off"),
    ("周一至周五8:30-18:00,周末及节假日休息", "Mo-Fr 08:30-18:00; PH off"),
    ("8:30-18:00（除周末、节假日外）", "Mo-Fr 08:30-18:00; PH off"),
    ("8:30-18:00 节假日正常开放", OFFICE),
    ("8:30-18:00，节假日不打烊", OFFICE),
    ("周一至周日（含节假日）8:30-18:00", OFFICE),
    ("8:30-18:00，周末正常开放", OFFICE),
    ("8:30-18:00，周末、节假日不休", OFFICE),
    ("每天8:30-18:00（含周末、节假日）", OFFICE),
    ("工作日8:30-18:00，节假日正常开放", "Mo-Fr 08:30-18:00"),
    ("工作日8:30-18:00，节假日 10:00-16:00", "Mo-Fr 08:30-18:00; PH 10:00-16:00"),
    ("工作日8:30-18:00，周末、节假日10:00-16:00", "Mo-Fr 08:30-18:00; Sa-Su,PH 10:00-16:00"),
    ("工作日8:30-18:00，非工作日10:00-16:00", "Mo-Fr 08:30-18:00; Sa-Su,PH 10:00-16:00"),
    ("工作日9:00-17:00，双休日10:00-16:00，节假日休息", "Mo-Fr 09:00-17:00; Sa-Su 10:00-16:00; PH off"),
    ("Mon-Fri 9:00-18:00, closed on public holidays", "Mo-Fr 09:00-18:00; PH off"),
    # seasons
    ("夏季(5-9月) 8:00-20:00 冬季 8:30-18:00", BY_ASSUMED_SEASON),
    ("夏季 8:00-20:00（5月-9月） 冬季 8:30-18:00（10月-4月）", BY_ASSUMED_SEASON),
    ("夏季 8:00-20:00（5月-9月） 冬季 8:30-18:00", BY_ASSUMED_SEASON),
    ("5-9月（夏季）8:00-20:00，冬季8:30-18:00", BY_ASSUMED_SEASON),
    ("5-9月 8:00-20:00，其余时间 8:30-18:00", BY_ASSUMED_SEASON),
    ("5月1日-9月30日 8:00-20:00", "May-Sep Mo-Su 08:00-20:00"),
    ("每年5月至10月 8:00-18:00", "May-Oct Mo-Su 08:00-18:00"),
    ("11月至次年3月 9:00-17:00，4月-10月 8:30-18:30", "Nov-Mar Mo-Su 09:00-17:00; Apr-Oct Mo-Su 08:30-18:30"),
    (
        "夏季(6月1日-9月15日)8:00-20:00 冬季8:30-18:00",
        "Jun 01-Sep 15 Mo-Su 08:00-20:00; Sep 16-May 31 Mo-Su 08:30-18:00",
    ),
    ("8:30-18:00，7-8月8:00-20:00", "Mo-Su 08:30-18:00; Jul-Aug Mo-Su 08:00-20:00"),
    (
        "5-9月：周一至周五8:00-20:00，周末9:00-18:00；10-4月：周一至周五8:30-18:00，周末10:00-16:00；节假日休息",
        (
            "May-Sep Mo-Fr 08:00-20:00; May-Sep Sa-Su 09:00-18:00; "
            "Oct-Apr Mo-Fr 08:30-18:00; Oct-Apr Sa-Su 10:00-16:00; PH off"
        ),
    ),
    ("周一至周五7:00-19:00，冬季（11月至3月）7:30-18:00", "Mo-Fr 07:00-19:00; Nov-Mar Mo-Fr 07:30-18:00"),
    ("工作日9:00-17:00，夏季（6月-8月）8:00-18:00", "Mo-Fr 09:00-17:00; Jun-Aug Mo-Fr 08:00-18:00; PH off"),
    (
        "周一至周五：夏季（5-9月）8:00-20:00，冬季8:30-18:00",
        "May-Sep Mo-Fr 08:00-20:00; Oct-Apr Mo-Fr 08:30-18:00",
    ),
    # rules as they are
    ("24/7", "24/7"),
    ("Mo-Fr 08:00-18:00; PH off", "Mo-Fr 08:00-18:00; PH off"),
    ("May-Sep 08:00-20:00; Oct-Apr 08:30-18:00", "May-Sep 08:00-20:00; Oct-Apr 08:30-18:00"),
    ('Mo-Fr 08:00-18:00 "ring the bell"', 'Mo-Fr 08:00-18:00 "ring the bell"'),
]

NOT_READ: Final = [
    ("工作日开放", "no_times", "工作日"),
    ("全年无休", "no_times", "全年无休"),
    ("周末休息", "no_times", "周末休息"),
    ("周一至周五；周六 9:00-12:00", "no_times", "周一至周五"),
    ("同银行营业时间", "unread", "同银行营业时间"),
    ("预约", "unread", "预约"),
    ("不定期", "unread", "不定期"),
    ("8:30-18:00，视情况调整", "unread", "视情况调整"),
    ("8:30-18:00（以实际为准）", "unread", "以实际为准"),
    ("8:30-18:00（需预约）", "unread", "需预约"),
    ("8:30-18:00（节假日另行通知）", "unread", "另行通知"),
    ("9:00-17:00（16:30停止入场）", "unread", "停止入场"),
    ("8:30-18:00，国庆休息", "unread", "国庆"),
    ("8:30-18:00（中午休息）", "unread", "中午休息"),
    ("暂停开放", "unread", "暂停开放"),
    ("休息", "unread", "休息"),
    ("周末外 9:00-17:00", "unread", "外"),
    ("9:00-17:00（含冬季）", "unread", "冬季"),
    ("8:30开门", "half_span", "8:30"),
    ("9:00-21:00（周五、周六至22:00）", "half_span", "22:00"),
    ("25:00-31:00", "invalid_time", "25:00-31:00"),
    ("8:75-9:00", "invalid_time", "8:75"),
    ("13月-14月 8:00-9:00", "invalid_time", "13月-14月"),
    ("8:30-6:00", "end_before_start", "8:30-6:00"),
    ("8:00-8:00", "end_before_start", "8:00-8:00"),
    ("上午9:00-5:00", "end_before_start", "上午9:00-5:00"),
    ("8:30—12:00，2:30—6:00", "out_of_order", "8:30-12:00 2:30-6:00"),
    ("8:00-12:00 10:00-18:00", "out_of_order", "8:00-12:00 10:00-18:00"),
    ("周一至周五8:30-18:00，周末正常开放", "contradiction", "周六、周日"),
    ("24小时 周日休息", "contradiction", "24小时"),
    ("周一至周五、节假日休息 9:00-17:00", "days_unclear", "周一至周五、节假日休息"),
    ("9:00-17:00 周一至周五、节假日除外", "days_unclear", "周一至周五、节假日除外"),
    ("9:00-18:00，双休日", "days_unclear", "双休日"),
    ("双休9:00-18:00", "days_unclear", "双休"),
    ("9:00-17:00，休息日", "days_unclear", "休息日"),
    ("周一休息日9:00-17:00", "days_unclear", "周一休息日"),
    ("周一至周五7:00-19:00，周六9:00-12:00，冬季（11月至3月）7:30-18:00", "days_unclear", "冬季、11月至3月"),
    ("24小时，周末9:00-17:00", "contradiction", "24小时"),
    ("24小时 8:00-20:00", "contradiction", "24小时 8:00-20:00"),
    ("全天 8:00-20:00", "contradiction", "全天 8:00-20:00"),
    ("周一至周五 8:30-17:30 全年无休", "contradiction", "全年无休"),
    ("周一至周六 8-18点 周末休息", "contradiction", "周末休息"),
    ("8:00-20:00，节假日休息，节假日正常开放", "contradiction", "节假日休息"),
    ("工作日全天开放", "all_day_unclear", "工作日 全天"),
    ("夏季 8:00-20:00", "season_incomplete", "夏季 8:00-20:00"),
    ("夏季8:00-20:00，冬季8:30-18:00，周末9:00-16:00", "season_unclear", "周末"),
    ("夏季 8:00-20:00 5月-9月 冬季 8:30-18:00", "season_unclear", "5月-9月、冬季"),
    ("8:00-18:00周一至周五，周六9:00-12:00", "days_unclear", "周一至周五,周六 9:00-12:00"),
    ("8:00-12:00（周末）13:00-17:00", "days_unclear", "13:00-17:00"),
    ("sunrise-sunset", "sun_times", "sunrise-sunset"),
    ("18:00+", "open_end", "18:00+"),
    ("Mo-Fr 08:00-18:00; SH off", "school_holidays", "Mo-Fr 08:00-18:00; SH off"),
]


@pytest.mark.parametrize(("text", "rule"), READ)
def test_a_text_becomes_its_rule(text: str, rule: str) -> None:
    reading = read_hours(text)

    assert reading.rule == rule
    assert reading.problems == ()
    assert reading.original == text


@pytest.mark.parametrize(("text", "code", "fragment"), NOT_READ)
def test_what_is_not_understood_makes_no_rule_and_is_named(text: str, code: str, fragment: str) -> None:
    reading = read_hours(text)

    assert reading.rule is None
    assert (code, fragment) in [(problem.code, problem.fragment) for problem in reading.problems]
    assert not reading.hours.known


def test_a_contradiction_names_both_sides() -> None:
    (problem,) = read_hours("24 小时, 但周日关闭").problems

    assert problem.message_zh == "「24 小时」与「周日关闭」矛盾"
    assert problem.message_en == "“24 小时” and “周日关闭” contradict each other"


@pytest.mark.parametrize(
    "text", ["", " ", "-", "—", "/", "无", "暂无", "未知", "不详", "待定", "N/A", "暂无数据", "？"]
)
def test_no_information_is_unknown_without_a_problem(text: str) -> None:
    reading = read_hours(text)

    assert reading.rule is None
    assert reading.problems == ()


@pytest.mark.parametrize("rule", sorted({rule for _, rule in READ}))
def test_every_rule_written_compiles_and_reads_as_itself(rule: str) -> None:
    assert OpeningHours.from_rule(rule).known
    assert read_hours(rule).rule == rule


def test_seasons_without_months_are_read_with_the_usual_ones_and_said() -> None:
    reading = read_hours("夏季 8:00-20:00 冬季 8:30-18:00")

    assert reading.rule == BY_ASSUMED_SEASON
    (problem,) = reading.problems
    assert problem.code == "season_months_assumed"
    assert "5–9 / 10–4" in problem.message_zh


def test_the_months_of_summer_can_be_given() -> None:
    reading = read_hours("夏季 8:00-20:00 冬季 8:30-18:00", summer_months=(6, 8))

    assert reading.rule == "Jun-Aug Mo-Su 08:00-20:00; Sep-May Mo-Su 08:30-18:00"


@pytest.mark.parametrize(
    ("text", "rule", "note"),
    [
        ("24小时（夜间需刷卡）", "24/7", "夜间需刷卡"),
        ("8:30-18:00（一楼大厅）", OFFICE, "一楼大厅"),
        ("8:30-18:00 (3楼服务台)", OFFICE, "3楼服务台"),
    ],
)
def test_plain_words_in_brackets_stand_as_a_note(text: str, rule: str, note: str) -> None:
    reading = read_hours(text)

    assert reading.rule == rule
    assert reading.problems == (HoursProblem("note", note),)


def test_every_fragment_that_was_not_read_is_named() -> None:
    reading = read_hours("国庆、春节休息，8:00-18:00")

    assert [problem.fragment for problem in reading.problems] == ["国庆", "春节"]


def test_a_problem_speaks_both_languages() -> None:
    problem = HoursProblem("unread", "同银行")

    assert problem.message("zh-CN") == "没有读懂「同银行」"
    assert problem.message("en") == "could not read “同银行”"


def test_the_hours_keep_the_words_they_came_from() -> None:
    assert read_hours("工作日 8:30-18:00").hours == OpeningHours("Mo-Fr 08:30-18:00; PH off", "工作日 8:30-18:00")


def test_a_very_long_text_is_not_read_but_does_not_fail() -> None:
    reading = read_hours("8:30-18:00 " * 100)

    assert reading.rule is None
    assert [problem.code for problem in reading.problems] == ["too_long"]
    assert len(reading.hours.original_text) == 500


WORDS: Final = st.sampled_from([
    *"周一二三五六日至到-~:：点半时月号（()）,，;；、 \n0123456789",
    "8:30", "18:00", "次日", "凌晨", "上午", "下午", "晚", "周末", "工作日", "节假日", "休息", "除", "外", "24小时",
    "全天", "夏季", "冬季", "其余", "午休", "含", "正常", "全年无休", "每天", "5-9月", "同银行", "PH", "off", '"', "Mo-Fr",
])  # fmt: skip


@given(st.lists(WORDS, max_size=12).map("".join))
@example("除")
@example("含节假日")
@example("午休午休")
@example("30月")
@example("8:30-")
def test_whatever_is_written_it_is_a_valid_rule_or_said_why_not(text: str) -> None:
    reading = read_hours(text)

    if reading.rule is not None:
        assert OpeningHours.from_rule(reading.rule).rule == reading.rule
    for problem in reading.problems:
        assert problem.message_zh
        assert problem.message_en


@given(st.text(max_size=40))
def test_any_text_at_all_is_answered(text: str) -> None:
    reading = read_hours(text)

    assert reading.rule is None or OpeningHours.from_rule(reading.rule).known
    assert reading.original == text


@given(st.integers(0, 23), st.integers(0, 59), st.integers(1, 720))
def test_any_span_of_one_day_is_read_as_written(hour: int, minute: int, length_min: int) -> None:
    end_min = min(hour * 60 + minute + length_min, 1440)
    written = f"{hour}:{minute:02d}-{end_min // 60}:{end_min % 60:02d}"

    reading = read_hours(f"周一 {written}")

    start, end = f"{hour:02d}:{minute:02d}", f"{end_min // 60:02d}:{end_min % 60:02d}"
    whole_day = (start, end) == ("00:00", "23:59")
    assert reading.rule == ("Mo 00:00-24:00" if whole_day else f"Mo {start}-{end}")
