"""Values of a station as sentences, and what changed from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from geodata.coordinates import Crs, great_circle_m
from geodata.places import Place
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
from mapapp.services.editing.preview import FieldChange
from mapapp.staff.speech import gettext
from mapapp.staff.station_typed import degree_text
from mapapp.staff.station_words import CRS_NAMES, field_name

_WORDS_OF: Final[Mapping[str, Callable[[str], Any]]] = {
    "kind": StationKind,
    "host_type": HostType,
    "build_mode": BuildMode,
    "life_cycle": LifeCycle,
}


@dataclass(frozen=True, slots=True)
class WordedChange:
    """One field before and after, as people read it; empty where there was or is nothing."""

    field: str
    name: str
    old: str
    new: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """What values need to be said: the page's language and the place."""

    language: str
    place: Place

    def change(self, change: FieldChange) -> WordedChange:
        """A change in words; a position that moved says how far."""
        return WordedChange(
            change.field,
            field_name(change.field, self.language),
            self.value(change.field, change.old),
            self.value(change.field, change.new),
            _moved(change),
        )

    def value(self, field: str, value: Any) -> str:
        """A value of a document, in words; nothing for nothing."""
        if value is None or value in ("", [], {}):
            return ""
        if field.startswith("services."):
            return _offer(self, value)
        if field in _WORDS_OF:
            return str(_WORDS_OF[field](value).label(self.language))
        worder = _WORDERS.get(field)
        return worder(self, value) if worder else str(value)

    def moment(self, instant: datetime) -> str:
        """An instant in the place's time."""
        return f"{instant.astimezone(self.place.timezone):%Y-%m-%d %H:%M}"

    def listed(self, parts: Iterable[str]) -> str:
        """Things in a row, as the language writes a list."""
        return gettext(", ").join(parts)


def _offer(words: Wording, offer: Mapping[str, Any]) -> str:
    state = ServiceState(offer.get("state", ServiceState.AVAILABLE))
    parts = [state.label(words.language)]
    if "season" in offer:
        first, last = offer["season"]
        parts.append(gettext("months %(first)s to %(last)s", first=first, last=last))
    parts += [offer[part] for part in ("fee", "note") if offer.get(part)]
    if offer.get("confirmed_on"):
        parts.append(gettext("confirmed on %(date)s", date=offer["confirmed_on"]))
    return gettext(" · ").join(parts)


def _services(words: Wording, offers: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(f"{Service(offer['service']).label(words.language)}: {_offer(words, offer)}" for offer in offers)


def _position(words: Wording, value: Mapping[str, Any]) -> str:
    accuracy = PositionAccuracy(value["accuracy"]).label(words.language)
    point = f"{degree_text(value['lon'])}, {degree_text(value['lat'])}"
    given = Crs(value["given_crs"])
    if given is Crs.WGS84:
        return gettext("%(point)s (WGS-84, %(how)s)", point=point, how=accuracy)
    written = f"{degree_text(value['given_lon'])}, {degree_text(value['given_lat'])}"
    return gettext(
        "%(point)s (WGS-84, %(how)s), given as %(written)s in %(crs)s",
        point=point,
        how=accuracy,
        written=written,
        crs=str(CRS_NAMES[given]),
    )


def _district(words: Wording, code: str) -> str:
    known = {unit.code: unit for unit in words.place.units}
    return known[code].name(words.language) if code in known else code


def _hours(_words: Wording, value: Mapping[str, Any]) -> str:
    rule, said = value["rule"], value["original_text"]
    if rule is None:
        return gettext("unknown (%(words)s)", words=said) if said else gettext("unknown")
    return f"{said} ({rule})" if said else str(rule)


def _entry_methods(words: Wording, codes: Iterable[str]) -> str:
    return words.listed(EntryMethod(code).label(words.language) for code in codes)


def _awards(words: Wording, awards: Iterable[Mapping[str, Any]]) -> str:
    return "\n".join(
        gettext(" · ").join(
            part
            for part in (
                AwardScheme(award["scheme"]).label(words.language),
                award["level"],
                str(award.get("year", "")),
                award.get("granted_by", ""),
            )
            if part
        )
        for award in awards
    )


def _alert(words: Wording, value: Mapping[str, Any]) -> str:
    until = words.moment(datetime.fromisoformat(value["expires_at"]))
    return gettext("%(text)s (until %(time)s)", text=value["text"], time=until)


def _verified(words: Wording, value: Mapping[str, Any]) -> str:
    return gettext(" · ").join((value["on"], VerifiedHow(value["how"]).label(words.language)))


def _photo(words: Wording, digest: str) -> str:
    return gettext("a photo (%(digest)s)", digest=digest[:8])


def _yes_no(words: Wording, value: bool) -> str:
    return gettext("yes") if value else gettext("no")


_WORDERS: Final[Mapping[str, Callable[[Wording, Any], str]]] = {
    "other_names": Wording.listed,
    "position": _position,
    "district_code": _district,
    "hours": _hours,
    "entry_methods": _entry_methods,
    "services": _services,
    "awards": _awards,
    "alert": _alert,
    "last_verified": _verified,
    "photo": _photo,
    "is_sample": _yes_no,
}


def _moved(change: FieldChange) -> str:
    """How far a position moved."""
    if change.field != "position" or not change.old or not change.new:
        return ""
    old, new = change.old, change.new
    distance_m = float(great_circle_m(old["lon"], old["lat"], new["lon"], new["lat"]))
    return gettext("moved by %(metres)s m", metres=f"{distance_m:.0f}" if distance_m >= 1 else f"{distance_m:.2f}")
