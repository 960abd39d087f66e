"""Who sent a report, as far as anybody needs to know: three keyed hashes, none of which says who."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SenderKeys:
    """Equal keys mean the same device, network address or user agent; nothing can be read from a key."""

    device: str
    address: str
    agent: str
