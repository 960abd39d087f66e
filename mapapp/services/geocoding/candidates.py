"""What a geocoder answers: places an address could be, each with how closely it was matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from geodata.coordinates import Crs
from geodata.errors import GeodataError
from geodata.stations.vocabulary import LabelledCode, PositionAccuracy

MAX_CANDIDATES: Final = 9
MAX_WORD_CHARS: Final = 200


class MatchLevel(LabelledCode):
    """How closely a candidate was matched."""

    DOOR = "door", "门牌或建筑", "house number or building"
    STREET = "street", "道路或小区一带", "street or neighbourhood"
    AREA = "area", "仅到乡镇、区县", "town or district only"
    UNKNOWN = "unknown", "匹配程度不明", "unknown match"

    @property
    def accuracy(self) -> PositionAccuracy:
        """What a position taken from such a candidate is worth."""
        return PositionAccuracy.GEOCODED if self is MatchLevel.DOOR else PositionAccuracy.APPROXIMATE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place an address could be: degrees in ``crs``, what the service calls it, and its own word for the level."""

    lon: float
    lat: float
    crs: Crs
    label: str
    level: MatchLevel
    level_word: str = ""


class GeocoderFailed(GeodataError, RuntimeError):
    """A geocoder that gave no places.

    Attributes
    ----------
    code : str
        ``off``: none is set up. ``nothing_asked``: there are no words to ask with. ``slow``: no whole answer in
        time. ``unreachable``: no connection, or a status of failure. ``refused``: the service says no.
        ``unreadable``: an answer that is not what its documentation says.
    detail : str
        The service's own words where it refused, without the key.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"The geocoder gave no places ({code}).")
        self.code = code
        self.detail = detail
