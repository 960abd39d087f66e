"""Every station by district, in the order of the districts' codes and then of names."""

from __future__ import annotations

from dataclasses import dataclass

from geodata.stations.station import Station
from mapapp.public.phrases import phrase
from mapapp.public.wording import facts_line, station_name
from mapapp.services.snapshot import StationSnapshot


@dataclass(frozen=True, slots=True)
class ListedStation:
    """A station in one line."""

    code: str
    name: str
    kind: str
    note: str


@dataclass(frozen=True, slots=True)
class DistrictGroup:
    """A district's stations; ``anchor`` is its id on the page."""

    anchor: str
    name: str
    stations: tuple[ListedStation, ...]


def stations_by_district(snapshot: StationSnapshot, language: str) -> tuple[DistrictGroup, ...]:
    """Groups that hold somebody; stations without a district come last."""
    names = {unit.code: unit.name(language) for unit in snapshot.place.units}
    members: dict[str, list[Station]] = {code: [] for code in (*names, "")}
    for station in snapshot.stations:
        members[station.district_code if station.district_code in names else ""].append(station)
    return tuple(
        DistrictGroup(
            anchor=f"district-{code or 'none'}",
            name=names.get(code) or phrase("no_district"),
            stations=tuple(_listed(station, language) for station in stations),
        )
        for code, stations in members.items()
        if stations
    )


def _listed(station: Station, language: str) -> ListedStation:
    note = facts_line((station.kind.label(language), phrase("unplaced") if station.position is None else ""))
    return ListedStation(station.code, station_name(station, language), station.kind.value, note)
