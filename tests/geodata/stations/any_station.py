"""Any station at all, for Hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from geodata.coordinates import Crs, LonLat
from geodata.stations.opening_hours import OpeningHours
from geodata.stations.station import Alert, Award, Position, Season, ServiceOffer, Station, Verification
from geodata.stations.vocabulary import (
    AwardScheme,
    BuildMode,
    EntryMethod,
    HostType,
    LifeCycle,
    PositionAccuracy,
    Service,
    ServiceState,
    StationKind,
    VerifiedHow,
)

RULES = ("24/7", "Mo-Fr 08:30-12:00,13:00-17:30; PH off", "Mo-Su 20:00-02:00", "May-Sep Mo-Su 07:00-21:00")

words = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
names = words.filter(lambda text: bool(text.strip()))
months = st.integers(1, 12)
zones = st.sampled_from((UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))))
instants = st.builds(
    lambda epoch_s, microsecond, zone: datetime.fromtimestamp(epoch_s, zone).replace(microsecond=microsecond),
    st.integers(0, 4_102_444_800),
    st.integers(0, 999_999),
    zones,
)

positions = st.builds(
    Position,
    point=st.builds(LonLat, st.floats(-180, 180), st.floats(-90, 90)),
    accuracy=st.sampled_from(PositionAccuracy),
    given_crs=st.sampled_from(Crs),
    given_lon=st.floats(-180, 180),
    given_lat=st.floats(-90, 90),
)

offers = st.builds(
    ServiceOffer,
    service=st.sampled_from(Service),
    state=st.sampled_from(ServiceState),
    season=st.none() | st.builds(Season, months, months),
    fee=words,
    note=words,
    confirmed_on=st.none() | st.dates(),
)

awards = st.builds(
    Award,
    scheme=st.sampled_from(AwardScheme),
    level=words,
    year=st.none() | st.integers(1990, 2100),
    granted_by=words,
)

stations = st.builds(
    Station,
    code=st.from_regex(r"[A-Z]{2}-[0-9]{4}", fullmatch=True),
    kind=st.sampled_from(StationKind),
    name=names,
    name_en=words,
    other_names=st.lists(words, max_size=3).map(tuple),
    address=words,
    district_code=st.none() | st.from_regex(r"[0-9]{6}", fullmatch=True),
    town=words,
    position=st.none() | positions,
    entry_methods=st.lists(st.sampled_from(EntryMethod), unique=True).map(tuple),
    entry_note=words,
    services=st.lists(offers, unique_by=lambda offer: offer.service, max_size=6).map(tuple),
    hours=st.builds(OpeningHours, st.none() | st.sampled_from(RULES), words),
    build_mode=st.none() | st.sampled_from(BuildMode),
    host_type=st.none() | st.sampled_from(HostType),
    capacity_count=st.none() | st.integers(0, 100_000),
    area_m2=st.none() | st.floats(0, 1_000_000),
    public_phone=words,
    internal_contact=words,
    life_cycle=st.sampled_from(LifeCycle),
    alert=st.none() | st.builds(Alert, names, instants),
    awards=st.lists(awards, max_size=3).map(tuple),
    source=words,
    last_verified=st.none() | st.builds(Verification, st.dates(), st.sampled_from(VerifiedHow)),
    is_sample=st.booleans(),
    version=st.integers(1, 10_000),
)
