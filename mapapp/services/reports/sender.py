"""From what a request shows of its sender to the keyed hashes that are kept for a week."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Final

from geodata.reports.sender import SenderKeys
from mapapp.services.secret import keyed_hash

_IPV6_HOME_BITS: Final = 64
"""One subscriber of an IPv6 network has a whole /64 to choose addresses from."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What a request shows: the id in the device's signed cookie, the address, the user agent.

    None of it is in the value's own words, so that no log can hold it.
    """

    device: str | None = field(repr=False)
    address: str = field(repr=False)
    user_agent: str = field(repr=False)


def device_of(sender: Sender, report_key: str, secret: str) -> str:
    """The device's id; a device without one gets the id that belongs to its report's key.

    So a report that is delivered twice, because the first answer was lost, gives one device and not two.
    """
    return sender.device or keyed_hash(secret, "device of report", report_key)[:32]


def keys_of(sender: Sender, device: str, secret: str) -> SenderKeys:
    """The hashes that are kept in place of device, address and user agent."""
    return SenderKeys(
        device=keyed_hash(secret, "device", device),
        address=keyed_hash(secret, "address", network_of(sender.address)),
        agent=keyed_hash(secret, "agent", sender.user_agent.strip()),
    )


def network_of(address: str) -> str:
    """The subscriber's part of the address: all of IPv4, the /64 of IPv6; other text as it is."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return address.strip()
    if parsed.version == 6:
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((int(parsed), _IPV6_HOME_BITS), strict=False))
    return str(parsed)
