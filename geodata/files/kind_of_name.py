"""Which kind of station a name speaks of.

The last such word outside brackets decides, as Chinese puts the noun last: 职工之家工会驿站 is a rest station
in a worker home. Without one outside, the words in brackets are asked.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from geodata.stations.vocabulary import StationKind

DEFAULT_KIND: Final = StationKind.REST_STATION
"""What a station is taken for when neither the file nor the name says: nine of ten are rest stations."""

_SPOKEN: Final = re.compile(
    r"(?P<driver_home>(?:司机|卡友|驾驶员)之家|driver\s*home)"
    r"|(?P<worker_home>(?:职工|工人|员工)之家|工人文化宫|职工活动中心|worker\s*home)"
    r"|(?P<rest_station>驿站|港湾|服务站|户外劳动者|小哥之家|骑手之家|rest\s*station)"
)
_BRACKETED: Final = re.compile(r"\(.*?\)|\[.*?\]|【.*?】")


def kind_of_name(name: str) -> StationKind | None:
    """The kind the name speaks of, or None."""
    plain = unicodedata.normalize("NFKC", name).lower()
    for text in (_BRACKETED.sub(" ", plain), plain):
        spoken = [match.lastgroup for match in _SPOKEN.finditer(text)]
        if spoken:
            return StationKind(spoken[-1] or "")
    return None
