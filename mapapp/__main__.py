"""``python -m mapapp``: the administrative command line."""

from __future__ import annotations

import os

from mapapp.commands import cli

if __name__ == "__main__":
    cli(obj=os.environ, prog_name="python -m mapapp")
