"""The documented deployment, put up for real by scripts/try_deployment.py."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres_cluster import missing_package

PROJECT_DIR = Path(__file__).resolve().parents[2]


@pytest.mark.long
def test_the_documented_deployment_holds() -> None:
    """nginx, Redis, PostgreSQL, TLS, two processes and a worker: looked at, reloaded, upgraded, rolled back."""
    absent = [name for name in ("nginx", "redis-server") if shutil.which(name) is None]
    if missing_package() or absent:
        pytest.skip(f"{missing_package() or absent[0]} is missing")

    done = subprocess.run(
        [sys.executable, "scripts/try_deployment.py"], cwd=PROJECT_DIR, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    print(done.stdout.splitlines()[-1])
