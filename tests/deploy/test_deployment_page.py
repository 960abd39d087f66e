"""What the page on deployment tells people to type does what it says, in both languages."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Final

import pytest

PROJECT_DIR: Final = Path(__file__).resolve().parents[2]
PAGES: Final = (PROJECT_DIR / "docs" / "deployment.md", PROJECT_DIR / "docs" / "deployment.zh-CN.md")
HOOKS_DIR: Final = "/etc/letsencrypt/renewal-hooks/deploy"

both = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def blocks(page: Path) -> list[str]:
    """What stands between fences, as it is typed."""
    return re.findall(r"^```sh\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def block_with(page: Path, words: str) -> str:
    [block] = [block for block in blocks(page) if words in block]
    return block


@both
def test_after_each_renewal_nginx_reads_the_new_certificate(page: Path, tmp_path: Path) -> None:
    typed = block_with(page, HOOKS_DIR)
    hooks, programs = tmp_path / "hooks", tmp_path / "programs"
    hooks.mkdir()
    programs.mkdir()
    for name in ("certbot", "systemctl"):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >> {tmp_path}/done\n', encoding="ascii")
        (programs / name).chmod(0o755)

    subprocess.run(
        ["sh", "-eu", "-c", typed[typed.index("install -m 755 /dev/stdin") :].replace(HOOKS_DIR, str(hooks))],
        check=True,
        env={"PATH": f"{programs}{os.pathsep}/usr/bin:/bin"},
    )

    [hook] = hooks.iterdir()
    assert hook.stat().st_mode & 0o111
    assert hook.read_text(encoding="ascii") == "#!/bin/sh\nsystemctl reload nginx\n"
    assert (tmp_path / "done").read_text(encoding="ascii") == "certbot renew --dry-run\nsystemctl reload nginx\n"


@both
def test_rolling_back_puts_the_data_back_with_the_newer_program_first(page: Path) -> None:
    typed = block_with(page, "stationmap restore --replace")

    assert typed.index("stop stationmap-web") < typed.index("stationmap restore") < typed.index("git checkout")
    assert typed.index("git checkout") < typed.index("systemctl start stationmap-web")


@both
def test_the_way_back_to_a_branch_is_named(page: Path) -> None:
    rolling_back = re.split(r"^### (?:Rolling back|回退)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)[1]

    assert "git checkout main" in rolling_back.partition("\n## ")[0]


@both
def test_a_reload_is_for_the_same_packages(page: Path) -> None:
    assert "-- requirements.txt" in page.read_text(encoding="utf-8")
