"""What Lighthouse says of the worker's pages, as far as it does not depend on how fast the machine is."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.lighthouse import LEAST, PAGES, judge
from geodata.places import Place
from tests.browser.conftest import LiveServer


@pytest.mark.parametrize("page", PAGES)
def test_lighthouse_finds_the_page_accessible_and_well_made(
    live_server: LiveServer, place: Place, page: str, tmp_path: Path
) -> None:
    path, _ = PAGES[page]

    verdict = judge(live_server.url + path.format(prefix=place.code_prefix), tmp_path, tuple(LEAST))

    for name, least in LEAST.items():
        assert verdict.scores[name] >= least, verdict.failures
