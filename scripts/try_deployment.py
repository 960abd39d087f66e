#!/usr/bin/env python3
"""Try the deployment of docs/deployment.md in a clean folder: real nginx, Caddy, Redis, PostgreSQL with PostGIS, TLS.

Installs the program, makes the database, starts the systemd units' commands as a user without rights, looks at
everything from outside, then reloads, backs up, upgrades and rolls back. Ends with exit code 0 if every sentence
holds. Debian's nginx, redis-server, openssl and postgresql-15-postgis-3 have to be there, and caddy where it is to be
tried too; nothing of what runs on the machine already is touched. Some twenty seconds; with ``--install``, minutes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deployment_trial.looks import Visitor
    from deployment_trial.site import Site

PROJECT_DIR = Path(__file__).resolve().parent.parent
PROGRAMS = {"nginx": "nginx", "redis-server": "redis-server", "openssl": "openssl", "setpriv": "util-linux"}


def main() -> int:
    """Try; the exit code."""
    options = parse_options()
    from installation.layout import VENV_DIR, VENV_PYTHON

    if Path(sys.prefix).resolve() != VENV_DIR.resolve():
        if not VENV_PYTHON.exists():
            print("先运行一次 scripts/serve.py / run scripts/serve.py once before.", file=sys.stderr)
            return 1
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])  # noqa: S606 - our own interpreter, our own arguments
    sys.path.insert(1, str(PROJECT_DIR))
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    if missing:
        print(f"缺少 / missing: apt-get install {' '.join(missing)}", file=sys.stderr)
        return 1
    from deployment_trial.running import TrialFailed

    try:
        return run_trial(options)
    except TrialFailed as failure:
        print(f"✗ {failure}", file=sys.stderr)
        return 1


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Try the documented deployment in a clean folder / 试装一遍")
    parser.add_argument("--install", action="store_true", help="bring all packages anew from the registries")
    parser.add_argument("--from-commit", metavar="REF", help="install that version first, then upgrade to this one")
    parser.add_argument("--keep", action="store_true", help="leave the folder with its logs")
    return parser.parse_args()


def run_trial(options: argparse.Namespace) -> int:
    """Put everything up, look at it, drill, take it down; 0 if every sentence holds."""
    from deployment_trial import drills, installing, looks
    from deployment_trial.running import Service, give_to_the_service

    holds = Sentences()
    with ExitStack() as stack:
        site = stack.enter_context(clean_site(keep=options.keep))
        step("程序 / the program")
        if options.from_commit:
            installing.copy_program_of(site, options.from_commit)
        else:
            installing.copy_program(site)
        drills.set_up(site, install=options.install)
        step("PostgreSQL + PostGIS, Redis, TLS, nginx")
        url = stack.enter_context(installing.database())
        [redis_port] = drills.free_ports(1)
        stack.callback(installing.start_redis(site, redis_port).end)
        certificate = installing.make_certificate(site)
        stack.callback(installing.start_nginx(site, as_root=os.geteuid() == 0).end)
        installing.make_credentials(site)
        give_to_the_service(site.data_dir, site.backups_dir, site.run_dir / "stationmap-web")
        settings = site.settings(MAPAPP_DATABASE_URL=url, MAPAPP_REDIS_URL=f"redis://127.0.0.1:{redis_port}/0")
        service = Service(site, settings)
        step("数据库与示例 / the database and the sample")
        service.command("setup")
        step("服务 / the service")
        stack.callback(service.stop)
        service.start()
        visitor = looks.Visitor(site, certificate)
        if not options.from_commit:
            visitors = [visitor, *by_caddy(stack, visitor)]
            for each in visitors:
                step(each.proxy)
                for look in looks.LOOKS:
                    holds.take(look(each))
            step("运维 / drills")
            holds.take(drills.while_away(service, visitors))
            holds.take(drills.limits_over_processes(service, visitor))
            holds.take(drills.reloads(service, visitor))
        holds.take(
            drills.upgrade_and_roll_back(service, visitor, from_commit=options.from_commit, install=options.install)
        )
    print(
        f"{holds.count - len(holds.broken)} of {holds.count} hold" + "".join(f"\n  ✗ {each}" for each in holds.broken)
    )
    return 1 if holds.broken else 0


def by_caddy(stack: ExitStack, by_nginx: Visitor) -> list[Visitor]:
    """Somebody who comes through Caddy, beside nginx before the same service; nobody where there is no Caddy."""
    from deployment_trial import drills, installing

    if shutil.which("caddy") is None:
        print("— 没有 Caddy，未试 / there is no Caddy here (apt-get install caddy): not tried", flush=True)
        return []
    http_port, https_port = drills.free_ports(2)
    site = replace(by_nginx.site, http_port=http_port, https_port=https_port)
    stack.callback(installing.start_caddy(site).end)
    return [replace(by_nginx, site=site, proxy="Caddy")]


class Sentences:
    """What was looked at: how many sentences, and those that do not hold."""

    def __init__(self) -> None:
        self.count = 0
        self.broken: list[str] = []

    def take(self, looked: Iterator[tuple[str, bool, object]]) -> None:
        """Print each sentence as it comes."""
        for sentence, is_so, found in looked:
            self.count += 1
            print(f"  {'✓' if is_so else '✗'} {sentence}" + ("" if is_so else f": {found}"), flush=True)
            if not is_so:
                self.broken.append(f"{sentence}: {found}")


def step(title: str) -> None:
    """Say what comes."""
    print(f"— {title}", flush=True)


@contextmanager
def clean_site(*, keep: bool) -> Iterator[Site]:
    """A new folder that stands for the root of a machine."""
    from deployment_trial.site import Site, free_ports

    root = Path(tempfile.mkdtemp(prefix="stationmap-deployment-"))
    root.chmod(0o755)
    site = Site(root, *free_ports(4))
    for folder in (site.program_dir.parent, site.log_dir, site.run_dir, root / "etc"):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        yield site
    finally:
        if keep:
            print(f"→ {root}")
        else:
            shutil.rmtree(root, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
