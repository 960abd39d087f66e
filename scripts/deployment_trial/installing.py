"""The first steps of docs/deployment.md: the program, a database with PostGIS, a certificate, nginx, Redis."""

from __future__ import annotations

import io
import os
import secrets
import shutil
import subprocess
import sys
import sysconfig
import tarfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from psycopg import sql
from sqlalchemy import make_url

from deployment_trial.running import (
    UNPRIVILEGED,
    Part,
    TrialFailed,
    as_the_service,
    give_to_the_service,
    start_part,
    wait_until,
)
from deployment_trial.site import NAME, Site
from installation.layout import PROJECT_DIR, VENV_BIN_DIR
from tests.postgres_cluster import PostgresCluster

_LEFT_OUT: Final = (
    ".git",
    ".venv",
    ".venv-*",
    "node_modules",
    "instance",
    "tests",
    "__pycache__",
    ".*_cache",
    ".hypothesis",
)
_ROLE: Final = "stationmap"


def copy_program(site: Site) -> None:
    """The present checkout as /opt/stationmap would hold it."""
    shutil.copytree(PROJECT_DIR, site.program_dir, ignore=shutil.ignore_patterns(*_LEFT_OUT))


def copy_program_of(site: Site, commit: str) -> None:
    """The program as it was at a commit."""
    packed = subprocess.run(
        ["git", "archive", "--format=tar", commit], cwd=PROJECT_DIR, capture_output=True, check=False
    )
    if packed.returncode:
        raise TrialFailed(packed.stderr.decode(errors="replace"))
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(site.program_dir, filter="data")


def install_program(site: Site) -> None:
    """``serve.py --only-set-up``: everything from the registries."""
    _must_run(["python3", "scripts/serve.py", "--only-set-up"], site.program_dir)


def borrow_packages(site: Site) -> None:
    """Use the packages of this checkout: an environment of the site's own with their folder in it.

    Raises
    ------
    TrialFailed
        No Python of their version can be run by the service's user.
    """
    venv = site.program_dir / ".venv"
    packages = Path(sysconfig.get_paths()["purelib"])
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    interpreter = next((each for each in _interpreters(version) if _can_be_run(each)), None)
    if interpreter is None:
        raise TrialFailed(f"no {version} that {UNPRIVILEGED} may run; try --install")
    (venv / "bin").mkdir(parents=True)
    (venv / "lib" / version).mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(interpreter)
    (venv / "lib" / version / "site-packages").symlink_to(packages)
    (venv / "pyvenv.cfg").write_text(f"home = {interpreter.parent}\n", encoding="utf-8")


def _interpreters(version: str) -> Iterator[Path]:
    """The Python that runs us, without its environment, then the system's."""
    yield Path(sys.base_prefix) / "bin" / version
    yield Path("/usr/bin") / version


def _can_be_run(interpreter: Path) -> bool:
    try:
        return subprocess.run([interpreter, "-V"], capture_output=True, check=False, **as_the_service()).returncode == 0
    except OSError:
        return False


def build_program(site: Site) -> None:
    """The assets and translations of a program that brought none, with this checkout's tools."""
    (site.program_dir / "node_modules").symlink_to(PROJECT_DIR / "node_modules")
    _must_run(["node", "scripts/build_assets.mjs"], site.program_dir)
    _must_run([VENV_BIN_DIR / "pybabel", "-q", "compile", "-d", "mapapp/translations"], site.program_dir)


def _must_run(command: Sequence[str | Path], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise TrialFailed(f"{' '.join(map(str, command))} → {done.returncode}\n{done.stdout}{done.stderr}")


@contextmanager
def database() -> Iterator[str]:
    """A new PostgreSQL server with a database of the service's own; its URL by way of the network."""
    with PostgresCluster() as cluster:
        password = secrets.token_hex(16)
        cluster.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(_ROLE), sql.Literal(password))
        )
        words = "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0"
        cluster.execute(sql.SQL(words).format(sql.Identifier(_ROLE), sql.Identifier(_ROLE)))
        cluster.execute(sql.SQL("CREATE EXTENSION postgis"), _ROLE)
        url = make_url(cluster.network_url(_ROLE)).set(username=_ROLE, password=password)
        yield url.render_as_string(hide_password=False)


def make_credentials(site: Site) -> None:
    """The secrets of docs/deployment.md, and copies as systemd hands them to the units."""
    site.credentials_dir.mkdir(parents=True, mode=0o700)
    give_to_the_service(site.handed_dir)
    for name in ("SECRET_KEY", "BACKUP_KEY"):
        file, handed = site.credentials_dir / name, site.handed_dir / f"MAPAPP_{name}"
        file.write_text(f"{secrets.token_hex(32)}\n", encoding="ascii")
        file.chmod(0o600)
        shutil.copy(file, handed)
        if os.geteuid() == 0:
            shutil.chown(handed, UNPRIVILEGED)


def make_certificate(site: Site) -> Path:
    """A certificate of our own for the site's name; its file."""
    site.tls_dir.mkdir(parents=True)
    certificate, key = site.tls_dir / "certificate.pem", site.tls_dir / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-days", "2", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate


def start_nginx(site: Site, *, as_root: bool) -> Part:
    """Start nginx with the example's configuration, checked before.

    Raises
    ------
    TrialFailed
        nginx refuses it.
    """
    file = site.root / "etc" / "nginx.conf"
    file.write_text(site.nginx_configuration(as_root=as_root), encoding="utf-8")
    checked = subprocess.run(["nginx", "-t", "-q", "-c", file], capture_output=True, text=True, check=False)
    if checked.returncode:
        raise TrialFailed(checked.stderr)
    return start_part("nginx", ["nginx", "-c", file], site.log_dir)


def start_caddy(site: Site) -> Part:
    """Start Caddy with the example's configuration, checked before.

    Raises
    ------
    TrialFailed
        Caddy refuses it.
    """
    file = site.root / "etc" / "Caddyfile"
    file.write_text(site.caddy_configuration(), encoding="utf-8")
    homes = [f"{name}={site.run_dir / 'caddy'}" for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME")]
    command = ["env", *homes, "caddy", "{}", "--adapter", "caddyfile", "--config", str(file)]
    checked = subprocess.run(
        [word.replace("{}", "validate") for word in command], capture_output=True, text=True, check=False
    )
    if checked.returncode:
        raise TrialFailed(checked.stderr)
    part = start_part("caddy", [word.replace("{}", "run") for word in command], site.log_dir)
    wait_until(lambda: "serving initial configuration" in part.tail(), part)
    return part


def start_redis(site: Site, port: int) -> Part:
    """Redis as the compose file runs it: in memory, for counts alone."""
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    part = start_part("redis", [*command, "--dir", site.run_dir], site.log_dir)
    wait_until(lambda: "Ready to accept connections" in part.tail(), part)
    return part
