"""How gunicorn runs the application: threads, no log of its own, and no trust in anybody's headers.

``scripts/serve.py`` passes address and process count on the command line; everything that is a
matter of safety is here. ``MAPAPP_TRUSTED_PROXIES`` is the only way forwarded headers are believed.
"""

import gc
import hashlib
import importlib
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

_METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_PACKAGES = Path(__file__).resolve().parents[1] / "requirements.txt"
_OURS = frozenset({"mapapp", "geodata"})
_PARTS = (
    "mapapp.api",
    "mapapp.maps.basemaps",
    "mapapp.patient_worker",
    "mapapp.planner",
    "mapapp.public",
    "mapapp.services.container",
    "mapapp.settings",
    "mapapp.staff",
    "mapapp.web",
    "mapapp.web.access_log",
    "mapapp.web.assets",
    "mapapp.web.away",
    "mapapp.web.bodies",
    "mapapp.web.doorkeeper",
    "mapapp.web.failure_log",
    "mapapp.web.headers",
    "mapapp.web.hosts",
    "mapapp.web.language",
    "mapapp.web.limiter",
    "mapapp.web.metrics",
    "mapapp.web.problems",
    "mapapp.web.proxies",
    "mapapp.web.release",
    "mapapp.web.requests",
)
"""All that ``create_app`` imports, and the worker's class: a test compares."""
_LOOK_AT_DATABASE = (sys.executable, "-m", "mapapp", "--lang", "en", "db", "check")
_LOOK_WITHIN_S = 30.0
_UNFIT = (
    "The new code cannot start with the database as it is: nothing is reloaded, the old code goes on answering. "
    "Where the database is of another version, stop the service, upgrade the database, start the service; "
    "where it is away, reload once it is there again."
)


class DatabaseUnfit(RuntimeError):
    """Why no process of the new code could start: it has nothing to read its stations from."""


class Discretion(logging.Filter):
    """Takes out of gunicorn's own log what it would repeat of a request: query string and address."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, without what it quotes."""
        if str(record.msg).startswith("Invalid request"):
            record.msg, record.args = "A request that is no proper HTTP was refused.", ()
        elif str(record.msg).startswith("Error handling request") and isinstance(record.args, tuple):
            record.args = tuple(str(word).partition("?")[0] for word in record.args)
        return True


def on_starting(server: Any) -> None:
    """Begin to be discreet, and load the code once: the processes that answer inherit both.

    Only modules are loaded here. The application itself is made in each process, with a database
    connection and a snapshot thread of its own.
    """
    server.log.error_log.addFilter(Discretion())
    _make_metrics_folder()  # before prometheus-client is imported: it asks for it then, once
    _use_our_lines(server.log.error_log)
    server.stationmap_packages = _fingerprint_of_packages()
    _load_parts()


def on_reload(server: Any) -> None:
    """Let the new processes run the code that is on the disk now, all of it; where they cannot, keep the old ones.

    gunicorn has read this file anew when it calls this, and starts the new processes next: copies of the
    master, with the modules that it has. Where the new code cannot be loaded, or cannot read the database as it
    is, no process is started and none is told to end: those that answer go on, with the code and the templates they
    have in memory. A process that cannot start would end the whole server.
    """
    _use_our_lines(server.log.error_log)  # gunicorn has just given it lines of its own again
    if getattr(server, "stationmap_packages", None) not in {None, _fingerprint_of_packages()}:
        _refuse(server, "requirements.txt is another: nothing is reloaded. Restart the service in the place of that.")
        return
    try:
        server.worker_class = _load_anew(server)
    except DatabaseUnfit as unfit:
        _refuse(server, f"{_UNFIT} It says: {unfit}")
    except (Exception, SystemExit):
        server.log.exception("The new code cannot be loaded: nothing is reloaded, the old code goes on answering.")
        _keep_processes(server)
    else:
        gc.collect()  # the old modules hold each other; the new processes need no copy of them
        server.log.info("The code was loaded anew.")


def _load_parts() -> None:
    for part in _PARTS:
        importlib.import_module(part)


def _load_anew(server: Any) -> Any:
    """Put the project's modules, as they are on the disk, in the place of those in memory; the worker's class of them.

    Whatever goes wrong, the old modules are all there again. Those of other projects stay as they are.
    """
    old = {name: sys.modules[name] for name in _loaded_modules_of_ours()}
    try:
        _drop_modules()
        importlib.invalidate_caches()
        _load_parts()
        worker_class = server.cfg.worker_class
        _require_database()
    except BaseException:
        _drop_modules()
        sys.modules.update(old)
        raise
    return worker_class


def _loaded_modules_of_ours() -> list[str]:
    return [name for name in sys.modules if name.partition(".")[0] in _OURS]


def _drop_modules() -> None:
    for name in _loaded_modules_of_ours():
        del sys.modules[name]


def _require_database() -> None:
    """Let the code on the disk say whether it can read the database, in a process that ends: we hold no connection.

    Raises
    ------
    DatabaseUnfit
        It cannot, or has not said so in time.
    """
    environment = {name: value for name, value in os.environ.items() if name != _METRICS_FOLDER}
    try:
        looked = subprocess.run(  # noqa: S603 - our own interpreter, our own arguments
            _LOOK_AT_DATABASE, env=environment, capture_output=True, text=True, timeout=_LOOK_WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise DatabaseUnfit(f"nothing for {_LOOK_WITHIN_S:.0f} s.") from late
    if looked.returncode:
        raise DatabaseUnfit(" ".join((looked.stdout + looked.stderr).split()))


def _refuse(server: Any, why: str) -> None:
    """Say why nothing is reloaded, and go on."""
    server.log.error(why)
    _keep_processes(server)


def _keep_processes(server: Any) -> None:
    """Let the reload that goes on start no process: then it tells none to end either.

    How many there should be the server has noted before; where one dies, it still starts another. Then it would wait
    for the old ones to end, for as long as requests may take, and hear no signal: it takes for old who is no younger
    than the last that was started. So all become a little younger than that, in their order.
    """
    server.cfg.set("workers", 0)
    living = sorted(server.WORKERS.values(), key=lambda worker: worker.age)
    for place, worker in enumerate(living, start=1):
        worker.age = server.worker_age + place / (len(living) + 1)


def _fingerprint_of_packages() -> str:
    """What stands for the packages that should be installed; modules of packages cannot be loaded anew."""
    return hashlib.sha256(_PACKAGES.read_bytes()).hexdigest() if _PACKAGES.exists() else ""


def child_exit(_server: Any, worker: Any) -> None:
    """Take a process that has ended out of what the living ones are at; what it counted stays counted."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # it ships half its types


def on_exit(_server: Any) -> None:
    """Remove the folder of the metrics, unless somebody gave us one."""
    if "STATIONMAP_METRICS_FOLDER_IS_OURS" in os.environ:
        shutil.rmtree(os.environ[_METRICS_FOLDER], ignore_errors=True)


def _make_metrics_folder() -> None:
    """Where the processes put their numbers together: an empty folder, ours unless the environment names one."""
    if "GUNICORN_PID" in os.environ:
        return  # started by another master, which is still counting there
    named = os.environ.get(_METRICS_FOLDER)
    if named is None:
        os.environ[_METRICS_FOLDER] = tempfile.mkdtemp(prefix="stationmap-metrics-")
        os.environ["STATIONMAP_METRICS_FOLDER_IS_OURS"] = "1"
        return
    Path(named).mkdir(parents=True, exist_ok=True)
    for left_over in Path(named).glob("*.db"):
        left_over.unlink()


def _use_our_lines(log: logging.Logger) -> None:
    """Let the server's own lines look as the application's do."""
    from mapapp.services.observing.log_lines import log_formatter
    from mapapp.settings import Settings

    log_format = Settings.from_environment(os.environ).log_format
    if log_format == "json":
        for handler in log.handlers:
            handler.setFormatter(log_formatter(log_format))


wsgi_app = "mapapp:create_app()"
worker_class = "mapapp.patient_worker.PatientWorker"  # threads, of which slow visitors hold none
threads = 8
preload_app = False  # each process builds its own snapshot and follows the data in its own thread
accesslog = None  # mapapp.web.access_log writes one line without query, address or user agent
errorlog = "-"
control_socket_disable = True
forwarded_allow_ips = ""
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
keepalive = 15
graceful_timeout = 10
