"""Where things lie in a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Final

PROJECT_DIR: Final = Path(__file__).resolve().parent.parent.parent
VENV_DIR: Final = PROJECT_DIR / ".venv"
VENV_BIN_DIR: Final = VENV_DIR / "bin"
VENV_PYTHON: Final = VENV_BIN_DIR / "python"
SEMGREP_VENV_DIR: Final = PROJECT_DIR / ".venv-semgrep"
SEMGREP_BIN_DIR: Final = SEMGREP_VENV_DIR / "bin"
"""An environment of its own: its pins do not agree with ours."""
NODE_MODULES_DIR: Final = PROJECT_DIR / "node_modules"
STATIC_DIR: Final = PROJECT_DIR / "mapapp" / "static"
BUILT_DIR: Final = STATIC_DIR / "built"
BUILD_SCRIPT: Final = PROJECT_DIR / "scripts" / "build_assets.mjs"
TRANSLATIONS_DIR: Final = PROJECT_DIR / "mapapp" / "translations"
MIGRATIONS_DIR: Final = PROJECT_DIR / "mapapp" / "store" / "migrations"
