"""Small and large worlds of stations to search, and the slow answer to check the index against."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from geodata.coordinates import LonLat
from geodata.stations.arrival import Arrival, ArrivalRules, arrival_at, state_now
from geodata.stations.filters import OpenFilter, Order, StationFilter
from geodata.stations.holidays import DayKind, HolidayTable, SpecialDay
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.schedule import Schedule, ScheduleBook
from geodata.stations.station import Position, Season, ServiceOffer, Station
from geodata.stations.vocabulary import EntryMethod, LifeCycle, OpenState, Service, ServiceState, StationKind
from geodata.travel.straight_line import StraightLineTravel, TravelMode

SHANGHAI = ZoneInfo("Asia/Shanghai")
MIDDLE = LonLat(106.23, 38.48)
HOLIDAYS = HolidayTable(
    (
        SpecialDay(date(2026, 10, 1), DayKind.HOLIDAY, "国庆节", "National Day"),
        SpecialDay(date(2026, 10, 10), DayKind.WORKDAY, "调休上班", "Make-up working day"),
    ),
    frozenset({2026}),
)
RULES = (
    None,
    "24/7",
    "Mo-Fr 08:30-12:00,14:30-18:00; PH off",
    "Mo-Su 20:00-02:00",
    "Mo-Su 00:00-24:00; We 10:00-10:05 off",
    "Jun-Sep 06:00-22:00",
    "2026 Dec 24 10:00-12:00",
    "Mo-Fr 08:00-22:10; Sa,Su 08:00-22:00; PH off",
    "Mo-Su 09:58-10:07,10:20-11:00",
)
SERVICES = (Service.TOILET, Service.WATER, Service.SHOWER)
DISTRICTS = ("640104", "640105", None)
CLASSES = (
    OpenState.OPEN,
    OpenState.CLOSING_SOON,
    OpenState.UNKNOWN,
    OpenState.CLOSED,
    OpenState.TEMPORARILY_CLOSED,
)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question, with everything it depends on."""

    origin: LonLat = MIDDLE
    k: int = 3
    filters: StationFilter = field(default_factory=StationFilter)
    at: datetime = datetime(2026, 11, 18, 10, 0, tzinfo=SHANGHAI)
    mode: TravelMode = TravelMode.WALK
    travel: StraightLineTravel = field(default_factory=StraightLineTravel)
    rules: ArrivalRules = field(default_factory=ArrivalRules)
    order: Order = Order.DISTANCE


def new_book() -> ScheduleBook:
    return ScheduleBook(HOLIDAYS, SHANGHAI)


def station(code: str, lon: float | None = MIDDLE.lon, lat: float = MIDDLE.lat, **facts: object) -> Station:
    """A station; give ``rule`` for its hours, ``lon=None`` for no position."""
    rule = facts.pop("rule", "24/7")
    values = {
        "kind": StationKind.REST_STATION,
        "name": f"示例 {code}",
        "position": None if lon is None else Position.wgs84(lon, lat),
        "hours": OpeningHours(rule),  # type: ignore[arg-type] # the rules above are texts or None
        **facts,
    }
    return Station(code=code, **values)  # type: ignore[arg-type] # facts are a station's own fields


# --- the slow answer ---------------------------------------------------------------------------


def distance_m(a: LonLat, b: LonLat) -> float:
    """The haversine formula once more, in plain Python."""
    phi1, phi2 = math.radians(a.lat), math.radians(b.lat)
    half_dlambda = math.radians(b.lon - a.lon) / 2
    h = math.sin((phi2 - phi1) / 2) ** 2 + math.cos(phi1) * math.cos(phi2) * math.sin(half_dlambda) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(min(h, 1.0)))


@dataclass(frozen=True)
class Slow:
    """One station of the slow answer."""

    station: Station
    distance_m: float
    arrive_at: datetime
    arrival: Arrival


def slow_nearest(stations: list[Station], asked: Asked) -> tuple[list[Slow], int]:
    """The first k and the unknown count, station by station."""
    book = new_book()
    unknown_count = 0
    passing = []
    for one in stations:
        if one.position is None:
            continue
        metres = distance_m(asked.origin, one.position.point.rounded())
        arrive_at = asked.at.astimezone(UTC) + timedelta(seconds=asked.travel.time_s(metres, asked.mode))
        schedule = book.of(one.hours)
        arrival = arrival_at(one.life_cycle, schedule, arrive_at, asked.rules)
        if not matches(one, asked.filters, arrive_at.astimezone(SHANGHAI).month):
            continue
        unknown_count += arrival.state is OpenState.UNKNOWN
        judged = arrival if asked.filters.open is OpenFilter.ARRIVAL else state_now(one.life_cycle, schedule, asked.at)
        if asked.filters.open is not OpenFilter.ANY and not lets_in(judged):
            continue
        if asked.filters.open_late and not lets_in(slow_at_ten(one, schedule, arrive_at, asked.rules)):
            continue
        if not asked.filters.always_open or (one.life_cycle is LifeCycle.ACTIVE and schedule.is_24h):
            passing.append(Slow(one, metres, arrive_at, arrival))
    return slow_order(passing, asked.order)[: asked.k], unknown_count


def lets_in(arrival: Arrival) -> bool:
    return arrival.state in {OpenState.OPEN, OpenState.CLOSING_SOON}


def slow_at_ten(one: Station, schedule: Schedule, arrive_at: datetime, rules: ArrivalRules) -> Arrival:
    """What awaits at ten in the evening the arrival belongs to."""
    evening = (arrive_at - timedelta(hours=4)).astimezone(SHANGHAI).date()
    return arrival_at(one.life_cycle, schedule, datetime.combine(evening, time(22), SHANGHAI), rules)


def matches(one: Station, filters: StationFilter, month: int) -> bool:
    """Every filter but those of the hours."""
    return (
        (not filters.kinds or one.kind in filters.kinds)
        and filters.services <= one.services_in(month)
        and (not filters.entry_methods or not filters.entry_methods.isdisjoint(one.entry_methods))
        and (not filters.district_codes or one.district_code in filters.district_codes)
    )


def slow_order(found: list[Slow], order: Order) -> list[Slow]:
    groups: list[list[Slow]] = []
    for one in sorted(found, key=lambda slow: (slow.distance_m, slow.station.code)):
        if groups and one.distance_m - groups[-1][0].distance_m <= 0.1:
            groups[-1].append(one)
        else:
            groups.append([one])
    ordered = [one for group in groups for one in sorted(group, key=lambda slow: slow.station.code)]
    if order is Order.USEFUL:
        ordered.sort(key=lambda slow: (CLASSES.index(slow.arrival.state), slow.arrival.opens_at or NEVER))
    return ordered


# --- strategies --------------------------------------------------------------------------------

SOME_SERVICE = st.builds(
    lambda service, state, first, last: ServiceOffer(
        service=service, state=state, season=Season(first, last) if state is ServiceState.SEASONAL else None
    ),
    st.sampled_from(SERVICES),
    st.sampled_from(ServiceState),
    st.integers(1, 12),
    st.integers(1, 12),
)
NEAR_DEG = st.integers(-4, 4).map(lambda steps: steps * 1e-6)  # 0.09 to 0.45 m
TINY_DEG = st.floats(-1.5e-6, 1.5e-6)
FAR_DEG = st.floats(-0.05, 0.05)
OFFSET_DEG = st.one_of(NEAR_DEG, TINY_DEG, FAR_DEG)


@st.composite
def worlds(draw: st.DrawFn, most: int = 14) -> list[Station]:
    """A few stations, many of them on top of each other."""
    count = draw(st.integers(0, most))
    numbers = draw(st.permutations(range(count)))
    return [draw(some_station(f"TC-{number:04d}")) for number in numbers]


@st.composite
def some_station(draw: st.DrawFn, code: str) -> Station:
    placed = draw(st.integers(0, 9)) > 0
    return station(
        code,
        MIDDLE.lon + draw(OFFSET_DEG) if placed else None,
        MIDDLE.lat + draw(OFFSET_DEG),
        kind=draw(st.sampled_from(StationKind)),
        rule=draw(st.sampled_from(RULES)),
        services=tuple(draw(st.lists(SOME_SERVICE, max_size=3, unique_by=lambda offer: offer.service))),
        entry_methods=tuple(draw(st.sets(st.sampled_from((EntryMethod.QR, EntryMethod.CARD))))),
        district_code=draw(st.sampled_from(DISTRICTS)),
        life_cycle=draw(
            st.sampled_from((LifeCycle.ACTIVE,) * 6 + (LifeCycle.TEMPORARILY_CLOSED, LifeCycle.RENOVATING))
        ),
    )


FILTERS = st.builds(
    StationFilter,
    kinds=st.frozensets(st.sampled_from(StationKind), max_size=2),
    services=st.frozensets(st.sampled_from(SERVICES), max_size=2),
    entry_methods=st.frozensets(st.sampled_from((EntryMethod.QR, EntryMethod.CARD)), max_size=2),
    district_codes=st.frozensets(st.sampled_from(("640104", "640105", "999999")), max_size=2),
    open=st.sampled_from(OpenFilter),
    open_late=st.booleans(),
    always_open=st.sampled_from((False, False, False, True)),
)
DAYS = st.one_of(
    st.sampled_from((date(2026, 9, 30), date(2026, 10, 1), date(2026, 10, 10), date(2026, 12, 24), date(2027, 5, 31))),
    st.dates(date(2026, 6, 1), date(2027, 8, 1)),
)
CLOCKS = st.one_of(
    st.sampled_from((time(0), time(1, 55), time(3, 50), time(4), time(9, 57), time(10), time(11, 45), time(23, 50))),
    st.times(),
)
INSTANTS = st.builds(lambda day, clock: datetime.combine(day, clock, SHANGHAI), DAYS, CLOCKS)
QUESTIONS = st.builds(
    Asked,
    origin=st.builds(LonLat, OFFSET_DEG.map(lambda x: MIDDLE.lon + x), OFFSET_DEG.map(lambda y: MIDDLE.lat + y)),
    k=st.integers(1, 16),
    filters=FILTERS,
    at=INSTANTS,
    mode=st.sampled_from(TravelMode),
    rules=st.builds(ArrivalRules, st.integers(0, 40), st.integers(0, 90)),
    order=st.sampled_from(Order),
)


def large_world(seed: int, count: int, spread_deg: float) -> list[Station]:
    """Enough stations that the trees are used: clusters, one of them all on one spot."""
    rng = random.Random(seed)
    centres = [(MIDDLE.lon, MIDDLE.lat)]
    centres += [
        (MIDDLE.lon + rng.uniform(-spread_deg, spread_deg), MIDDLE.lat + rng.uniform(-spread_deg, spread_deg) / 2)
        for _ in range(8)
    ]
    return [_large_world_station(rng, f"TC-{number:05d}", centres) for number in rng.sample(range(count), count)]


def _large_world_station(rng: random.Random, code: str, centres: list[tuple[float, float]]) -> Station:
    centre = rng.randrange(len(centres))
    blur_deg = 0.0 if centre == 0 else 0.02
    offers = rng.sample(SERVICES, rng.randint(0, 3))
    return station(
        code,
        None if rng.random() < 0.02 else centres[centre][0] + rng.gauss(0, blur_deg),
        centres[centre][1] + rng.gauss(0, blur_deg),
        kind=rng.choices(tuple(StationKind), (85, 5, 10))[0],
        rule=rng.choice(RULES),
        services=tuple(_random_offer(rng, service) for service in offers),
        entry_methods=tuple(rng.sample((EntryMethod.QR, EntryMethod.CARD), rng.randint(0, 2))),
        district_code=rng.choice(DISTRICTS),
        life_cycle=rng.choices((LifeCycle.ACTIVE, LifeCycle.RENOVATING), (95, 5))[0],
    )


def _random_offer(rng: random.Random, service: Service) -> ServiceOffer:
    state = rng.choice(tuple(ServiceState))
    season = Season(rng.randint(1, 12), rng.randint(1, 12)) if state is ServiceState.SEASONAL else None
    return ServiceOffer(service=service, state=state, season=season)
