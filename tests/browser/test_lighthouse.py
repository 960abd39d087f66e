"""What Lighthouse says of the worker's pages, as far as it does not depend on how fast the machine is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from benchmarks.lighthouse import LEAST, PAGES, Verdict, judge
from geodata.places import Place
from tests.browser.conftest import LiveServer


@pytest.mark.long
def test_lighthouse_finds_every_page_accessible_and_well_made(
    live_server: LiveServer, place: Place, tmp_path: Path
) -> None:
    """All at once: each visit, in a browser of its own, is waiting for quiet most of the time."""

    def visit(name: str) -> Verdict:
        path, _ = PAGES[name]
        folder = tmp_path / str(list(PAGES).index(name))
        folder.mkdir()
        return judge(live_server.url + path.format(prefix=place.code_prefix), folder, tuple(LEAST))

    with ThreadPoolExecutor(len(PAGES)) as pool:
        verdicts = dict(zip(PAGES, pool.map(visit, PAGES), strict=True))

    below = {
        page: verdict.failures
        for page, verdict in verdicts.items()
        if any(verdict.scores[name] < least for name, least in LEAST.items())
    }
    assert below == {}
