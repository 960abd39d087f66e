"""Which services a sample station offers, and in what state: likelihoods by kind, invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

import numpy as np

from geodata.sample.shares import draw
from geodata.stations.station import Season, ServiceOffer
from geodata.stations.vocabulary import Service, ServiceState, StationKind

_S = Service

_KINDS: Final = (StationKind.REST_STATION, StationKind.DRIVER_HOME, StationKind.WORKER_HOME)
_LIKELIHOOD: Final[Mapping[Service, tuple[float, float, float]]] = MappingProxyType(
    {
        _S.REST: (0.99, 0.98, 0.90),
        _S.WATER: (0.98, 0.98, 0.95),
        _S.HEAT_MEAL: (0.85, 0.90, 0.30),
        _S.CHARGE_PHONE: (0.95, 0.95, 0.60),
        _S.COOL_WARM: (0.90, 0.85, 0.60),
        _S.FIRST_AID: (0.80, 0.70, 0.60),
        _S.TOILET: (0.45, 0.85, 0.80),
        _S.TOILET_NEARBY: (0.80, 0.70, 0.70),
        _S.READ: (0.60, 0.35, 0.85),
        _S.WIFI: (0.70, 0.75, 0.70),
        _S.RAIN_GEAR: (0.45, 0.00, 0.00),
        _S.FRIDGE: (0.35, 0.00, 0.00),
        _S.LOCKER: (0.20, 0.00, 0.00),
        _S.TOOL_REPAIR: (0.40, 0.50, 0.00),
        _S.TYRE_PUMP: (0.30, 0.00, 0.00),
        _S.TV: (0.20, 0.50, 0.50),
        _S.CHARGE_EBIKE: (0.18, 0.10, 0.00),
        _S.SWAP_EBIKE: (0.06, 0.00, 0.00),
        _S.CHARGE_EV: (0.03, 0.30, 0.00),
        _S.NURSING_ROOM: (0.06, 0.00, 0.30),
        _S.WHEELCHAIR: (0.20, 0.00, 0.40),
        _S.AED: (0.05, 0.00, 0.10),
        _S.BLOOD_PRESSURE: (0.15, 0.25, 0.30),
        _S.HAIRCUT: (0.03, 0.05, 0.00),
        _S.PARKING_TRUCK: (0.00, 0.75, 0.00),
        _S.PARKING_SECURE: (0.00, 0.45, 0.00),
        _S.HOT_WATER: (0.00, 0.95, 0.00),
        _S.SHOWER: (0.00, 0.80, 0.00),
        _S.LAUNDRY: (0.00, 0.70, 0.00),
        _S.DRYER: (0.00, 0.35, 0.00),
        _S.MEAL: (0.00, 0.60, 0.00),
        _S.SLEEP: (0.00, 0.35, 0.00),
        _S.SHOP: (0.00, 0.50, 0.00),
        _S.VEHICLE_REPAIR: (0.00, 0.30, 0.00),
        _S.LEGAL: (0.00, 0.10, 0.60),
        _S.PSYCH: (0.00, 0.00, 0.40),
        _S.JOIN_UNION: (0.08, 0.15, 0.80),
        _S.JOB: (0.00, 0.00, 0.40),
        _S.AID: (0.00, 0.00, 0.60),
        _S.POLICY: (0.08, 0.00, 0.70),
        _S.VOLUNTEER: (0.10, 0.00, 0.50),
        _S.CULTURE: (0.00, 0.00, 0.90),
        _S.TRAINING: (0.00, 0.00, 0.60),
    }
)
"""How likely each of ``_KINDS`` offers the service."""

_SEASONS: Final[Mapping[Service, tuple[float, tuple[tuple[Season, float], ...]]]] = MappingProxyType(
    {
        _S.COOL_WARM: (0.25, ((Season(6, 9), 2), (Season(11, 3), 1))),
        _S.RAIN_GEAR: (0.2, ((Season(5, 9), 1),)),
        _S.TYRE_PUMP: (0.15, ((Season(4, 10), 1),)),
        _S.SHOWER: (0.1, ((Season(5, 10), 1),)),
    }
)
"""How likely the service is a seasonal one, and in which months (1-12)."""

_STATES: Final = ((ServiceState.AVAILABLE, 92), (ServiceState.BROKEN, 3), (ServiceState.UNKNOWN, 5))

_FEES: Final[Mapping[Service, str]] = MappingProxyType(
    {
        _S.SHOWER: "5元/次",
        _S.LAUNDRY: "10元/次",
        _S.DRYER: "5元/次",
        _S.MEAL: "15元起",
        _S.SLEEP: "60元/晚",
        _S.HAIRCUT: "10元/次",
        _S.CHARGE_EV: "按电量计费",
        _S.CHARGE_EBIKE: "1元/4小时",
        _S.SWAP_EBIKE: "按次计费",
    }
)
_FEE_LIKELIHOOD: Final = 0.6
_CONFIRMED_LIKELIHOOD: Final = 0.7


def draw_services(rng: np.random.Generator, kind: StationKind, confirmed_on: date | None) -> tuple[ServiceOffer, ...]:
    """The offers of one station in display order; a toilet nearby only where there is none inside."""
    column = _KINDS.index(kind)
    offered = [service for service in Service if rng.random() < _LIKELIHOOD[service][column]]
    if _S.TOILET in offered and _S.TOILET_NEARBY in offered:
        offered.remove(_S.TOILET_NEARBY)
    return tuple(_draw_offer(rng, service, confirmed_on) for service in offered)


def _draw_offer(rng: np.random.Generator, service: Service, confirmed_on: date | None) -> ServiceOffer:
    seasonal_likelihood, seasons = _SEASONS.get(service, (0.0, ()))
    is_seasonal = rng.random() < seasonal_likelihood
    state = ServiceState.SEASONAL if is_seasonal else draw(rng, _STATES)
    return ServiceOffer(
        service=service,
        state=state,
        season=draw(rng, seasons) if is_seasonal else None,
        fee=_FEES[service] if service in _FEES and rng.random() < _FEE_LIKELIHOOD else "",
        note="等待维修" if state is ServiceState.BROKEN else "",
        confirmed_on=confirmed_on if rng.random() < _CONFIRMED_LIKELIHOOD else None,
    )
