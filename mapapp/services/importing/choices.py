"""What a person chose to do with the rows of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mapapp.services.jobs.run import JobRefused


@dataclass(frozen=True, slots=True)
class Choices:
    """Lines to leave out, probable duplicates that are new all the same, and those that are a known station.

    New and changed rows are taken where nothing else is chosen, probable duplicates are left out.
    """

    skipped: frozenset[int] = frozenset()
    new: frozenset[int] = frozenset()
    merged: Mapping[int, str] = field(default_factory=dict)
    """Line → the code of the station it is."""

    @classmethod
    def of(cls, document: Any) -> Choices:
        """From ``{"skip": [3], "new": [7], "merge": {"9": "YC-0001"}}``.

        Raises
        ------
        JobRefused
            It has another form.
        """
        try:
            given = dict(document or {})
            return cls(
                frozenset(int(line) for line in given.get("skip", ())),
                frozenset(int(line) for line in given.get("new", ())),
                {int(line): str(code) for line, code in dict(given.get("merge", {})).items()},
            )
        except (TypeError, ValueError) as error:
            raise JobRefused("bad_choices", "无法读取所选的处理方式。", "The choices cannot be read.") from error
