"""Services read from rows: by the texts they are made of, and as what they were."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.stations.document import services_document
from geodata.stations.station import Season, ServiceOffer
from geodata.stations.vocabulary import Service, ServiceState
from mapapp.store.station_rows import StationsOfRows

PIECES = st.sampled_from(
    ["},{", "}, {", '"', "\\", '"},{"service":"tv', "{", "}", "[", "],", "元", " ", ',"confirmed_on":"2026-01-01"']
)
WORDS = st.lists(PIECES, max_size=5).map("".join)
OFFERS = st.lists(
    st.builds(
        ServiceOffer,
        service=st.sampled_from(Service),
        state=st.just(ServiceState.SEASONAL),
        season=st.sampled_from([None, Season(11, 3), Season(6, 9)]),
        fee=WORDS,
        note=WORDS,
        confirmed_on=st.sampled_from([None, date(2026, 11, 1), date(2025, 2, 28)]),
    ),
    max_size=5,
    unique_by=lambda offer: offer.service,
).map(tuple)


@given(
    lists=st.lists(OFFERS, max_size=6),
    separators=st.sampled_from([(",", ":"), (", ", ": "), (" , ", " : ")]),
    is_sorted=st.booleans(),
)
def test_whatever_is_written_in_an_offer_it_is_read_as_it_was(
    lists: list[tuple[ServiceOffer, ...]], separators: tuple[str, str], is_sorted: bool
) -> None:
    rows = StationsOfRows()
    for offers in lists:
        document = services_document(offers)
        text = json.dumps(document, ensure_ascii=False, separators=separators, sort_keys=is_sorted)
        assert rows.services(text) == offers


def test_what_two_lists_have_in_common_is_one_object() -> None:
    rows = StationsOfRows()
    first = rows.services('[{"service":"water"},{"service":"rest","confirmed_on":"2026-11-01"}]')
    second = rows.services('[{"service":"wifi"},{"service":"water"}]')
    assert first[0] is second[1]
    assert rows.services('[{"service":"wifi"},{"service":"water"}]') is second


@pytest.mark.parametrize("text", ['[{"service":"water"', "[{}]", '{"service":"water"}', "[1]", ""])
def test_what_is_no_list_of_offers_is_an_error_and_no_other_list(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        StationsOfRows().services(text)
