#!/usr/bin/env python3
"""Serve the station map: set up what is missing, start the web server and the worker, print the address.

Needs Python 3.11 or newer and nothing else. The first start makes ``.venv``, installs the pinned
requirements, builds the front end and creates the database; later starts only start the two. Both end
together; a worker that dies is started again.
``MAPAPP_*`` variables are the settings (docs/operations.md). ``--only-set-up`` prepares the program and ends,
for those who run it by other means (docs/deployment.md); it leaves the database alone.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from installation.job_worker import JobWorker
    from installation.web_server import Address, WebServer

ANSWER_WITHIN_S = 60.0
LOOK_EVERY_S = 1.0


def main() -> int:
    """Set up, serve until told to stop; the exit code."""
    options = parse_options()
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python can read this file, and must be told
        print("需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed, this is", sys.version.split()[0])
        return 1
    from installation.child_process import StopRequested, stop_on_signals
    from installation.steps import SetupError, report_failure
    from installation.web_server import Address, AddressError

    stop_on_signals()
    address = Address(options.host, options.port)
    try:
        if options.only_set_up:
            set_up(with_database=False)
            return 0
        address.require_free()
        set_up()
    except AddressError as problem:
        print(f"✗ 无法监听 / cannot listen on {problem}", file=sys.stderr)
        print("→ 换一个端口或地址 / Choose another port or address: --port 8001, --host 127.0.0.1", file=sys.stderr)
        return 1
    except SetupError as failure:
        report_failure(failure)
        return 1
    except StopRequested as stop:
        print("\n已中断，安装未完成；下次启动会继续 / interrupted; the next start goes on.", file=sys.stderr)
        return 128 + stop.signal_number
    return serve(address, options.workers)


def parse_options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description="Serve the station map / 启动驿站地图服务")
    parser.add_argument("--port", type=port_number, default=8000, help="default / 默认: 8000")
    parser.add_argument("--host", default="127.0.0.1", help="default / 默认: 127.0.0.1; 0.0.0.0 = every address")
    parser.add_argument("--workers", type=int, default=2, choices=range(1, 65), metavar="N", help="processes / 进程数")
    parser.add_argument("--only-set-up", action="store_true", help="prepare the program and end / 只安装，不启动")
    return parser.parse_args()


def port_number(text: str) -> int:
    """A TCP port, or a complaint argparse can show."""
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 1 … 65535")
    return int(text)


def set_up(*, with_database: bool = True) -> None:
    """Whatever a fresh clone lacks, in order."""
    from installation.bytecode import compiled_modules
    from installation.database import ready_database
    from installation.front_end import built_assets, front_end_packages
    from installation.python_packages import run_time_packages
    from installation.steps import prepare
    from installation.translations import compiled_translations

    steps = [run_time_packages(), front_end_packages(), built_assets(), compiled_translations(), compiled_modules()]
    prepare([*steps, ready_database(os.environ)] if with_database else steps)


def serve(address: Address, workers_count: int) -> int:
    """Run the server until a signal or its own end; the exit code."""
    from installation.child_process import StopRequested
    from installation.job_worker import JobWorker
    from installation.web_server import WebServer

    server, worker = WebServer(address, workers_count), JobWorker()
    try:
        server.start()
        if server.wait_until_answering(ANSWER_WITHIN_S):
            print(f"驿站地图已启动 / the station map is at  {address.url}  (Ctrl-C 停止 / stops it)", flush=True)
            exit_code = watch(server, worker)
            print(f"✗ 服务意外结束 / the server ended by itself, exit code {exit_code}", file=sys.stderr)
        else:
            print("✗ 服务没有启动，原因见上 / the server did not start; see above", file=sys.stderr)
    except StopRequested:
        print("\n正在停止 / stopping …", flush=True)
        return 0
    finally:
        worker.ask_to_stop()
        server.stop()
        worker.stop()
    return 1


def watch(server: WebServer, worker: JobWorker) -> int:
    """Keep a worker beside the server until the server ends by itself; its exit code."""
    worker.start()
    while True:
        exit_code = server.wait(LOOK_EVERY_S)
        if exit_code is not None:
            return exit_code
        died = worker.look_after()
        if died is not None:
            print(f"✗ 后台任务进程结束，将重新启动 / the worker ended ({died}); it is started again", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
