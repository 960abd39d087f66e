"""Places: one folder a city, read into a Place that knows its units and whose a point is."""

from geodata.places.folder import known_places, load_place
from geodata.places.place import SNAP_M, Outline, Place, Settlement, SettlementRole, Town, Unit

__all__ = [
    "SNAP_M",
    "Outline",
    "Place",
    "Settlement",
    "SettlementRole",
    "Town",
    "Unit",
    "known_places",
    "load_place",
]
