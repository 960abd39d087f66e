"""What an administrator does to a running service: reload, back up, upgrade, roll back; and limits over processes."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from deployment_trial import installing
from deployment_trial.looks import NEAREST, Visitor, directly, telling_logs
from deployment_trial.running import Service, TrialFailed
from deployment_trial.site import Site, free_ports, known_settings
from mapapp.services.keeping.sealing import is_sealed

__all__ = ["free_ports", "limits_over_processes", "reloads", "set_up", "upgrade_and_roll_back", "while_away"]

_LIMIT: Final = 30
_ASKED: Final = 3 * _LIMIT
_REDIS: Final = "MAPAPP_REDIS_URL"


def set_up(site: Site, *, install: bool) -> None:
    """Make the program in the site's folder one that runs."""
    if install:
        installing.install_program(site)
        return
    installing.borrow_packages(site)
    if not (site.program_dir / "mapapp" / "static" / "built").is_dir():
        installing.build_program(site)


def limits_over_processes(service: Service, visitor: Visitor) -> Iterator[tuple[str, bool, object]]:
    """With Redis two processes count as one; without it each lets as many through."""
    service.stop()
    service.start(MAPAPP_RATE_LIMIT=f"{_LIMIT}/hour")
    taken = [visitor.get(NEAREST).status for _ in range(_ASKED)]
    passed = taken.count(200)
    if _REDIS in known_settings(service.site.program_dir):
        yield f"of {_ASKED} requests {_LIMIT} pass two processes", passed == _LIMIT, passed
    else:
        yield "each process lets its share pass", _LIMIT <= passed <= 2 * _LIMIT, passed
    yield "all others are told to come later", set(taken) == {200, 429}, set(taken)
    refused = visitor.get(NEAREST)
    yield "and when", int(refused.headers.get("retry-after", "0")) > 0, refused.headers.get("retry-after")
    service.stop()
    service.start()


def while_away(service: Service, visitors: Sequence[Visitor]) -> Iterator[tuple[str, bool, object]]:
    """While the application is away the proxies say so, and nowhere who asked for what."""
    service.stop()
    for visitor in visitors:
        status = visitor.get(NEAREST).status
        yield f"{visitor.proxy} says that the application is away", status == 502, status
    told = telling_logs(service.site)
    yield "and no log says who asked meanwhile", not told, told
    service.start()


def reloads(service: Service, visitor: Visitor) -> Iterator[tuple[str, bool, object]]:
    """While the processes are renewed, nobody is turned away."""
    statuses: list[int] = []
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.is_set():
            statuses.append(visitor.get(NEAREST).status)

    asking = threading.Thread(target=ask)
    before = _processes(visitor)
    asking.start()
    service.reload()
    try:
        _wait_for_others(visitor, before)
    finally:
        is_over.set()
        asking.join()
    after = _processes(visitor)
    yield "a reload renews both processes", len(after) == 2 and not after & before, (before, after)
    yield f"{len(statuses)} requests meanwhile are all answered", set(statuses) == {200}, set(statuses)


def upgrade_and_roll_back(
    service: Service, visitor: Visitor, *, from_commit: str | None, install: bool
) -> Iterator[tuple[str, bool, object]]:
    """Docs/deployment.md's upgrade and rollback, word by word."""
    site = service.site
    service.command("admin", "create", "before")
    backup = _made_backup(service)
    yield "a backup is made and looked through", backup.endswith(".backup"), backup
    if not from_commit:
        yield "it is encrypted by the key that was handed over", is_sealed(Path(backup)), backup
        own_key = site.data_dir / "secret_key"
        yield "the secret key is the one that was handed over", not own_key.exists(), own_key
    service.command("admin", "create", "after")
    codes = service.stop()
    yield "both stop when told to", set(codes.values()) == {0}, codes
    old_program = site.program_dir.with_name("stationmap.before")
    site.program_dir.rename(old_program)
    installing.copy_program(site)
    set_up(site, install=install)
    old_settings = service.settings
    if from_commit:
        service.settings = {**site.settings(), **{key: old_settings[key] for key in ("MAPAPP_DATABASE_URL",)}}
    service.command("db", "upgrade")
    service.start()
    yield "the upgraded service answers", visitor.get("/").status == 200, ""
    yield "and is ready", directly(site.web_port, "/readyz").status == 200, ""
    service.stop()
    try:
        service.command("restore", backup)
        refused = "restored over what was there"
    except TrialFailed as failure:
        refused = str(failure)
    yield "a restore over data wants to be told so", "--replace" in refused, refused
    service.command("restore", "--replace", backup)
    shutil.rmtree(site.program_dir)
    old_program.rename(site.program_dir)
    service.settings = old_settings
    service.start()
    names = service.command("admin", "list")
    yield "rolled back: what was there before is there", "before" in names, names
    yield "and what came after is not", "after" not in names, names
    yield "the rolled-back service answers", visitor.get(NEAREST).status == 200, ""


def _made_backup(service: Service) -> str:
    """The file of a backup, made by the script of ``deploy/`` where the program has it."""
    site = service.site
    script = site.program_dir / "deploy" / "backup.sh"
    if script.exists():
        service.run([str(script), str(site.backups_dir)])
    else:
        service.command("backup", str(site.backups_dir))
    return str(next(site.backups_dir.glob("*.backup"), ""))


def _processes(visitor: Visitor) -> set[str]:
    text = directly(visitor.site.web_port, "/metrics").body.decode()
    marker = 'stationmap_process_resident_bytes{pid="'
    return {line.partition('"')[2].partition('"')[0] for line in text.splitlines() if line.startswith(marker)}


def _wait_for_others(visitor: Visitor, before: set[str]) -> None:
    give_up = threading.Event()
    for _ in range(300):
        now = _processes(visitor)
        if len(now) == 2 and not now & before:
            return
        give_up.wait(0.2)
