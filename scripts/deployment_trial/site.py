"""Where a trial's parts lie, and the files of ``deploy/`` as they read there."""

from __future__ import annotations

import re
import shlex
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from installation.layout import PROJECT_DIR

DEPLOY_DIR: Final = PROJECT_DIR / "deploy"
NAME: Final = "stations.example"
_EXEC: Final = re.compile(r"^ExecStart=(.+)$", re.MULTILINE)
_ENVIRONMENT: Final = re.compile(r"^Environment=(.+)$", re.MULTILINE)
_SETTING: Final = re.compile(r"^    (\w+): \w+ = ", re.MULTILINE)
_OTHER_FAMILY: Final = re.compile(r"^\s*listen \[::\]:.*\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Site:
    """One trial: its folder stands for ``/``, its ports for the usual ones."""

    root: Path
    web_port: int
    http_port: int
    https_port: int
    worker_port: int

    @property
    def program_dir(self) -> Path:
        """What stands for /opt/stationmap."""
        return self.root / "opt" / "stationmap"

    @property
    def data_dir(self) -> Path:
        """What stands for /var/lib/stationmap."""
        return self.root / "var" / "lib" / "stationmap"

    @property
    def backups_dir(self) -> Path:
        """What stands for /var/backups/stationmap."""
        return self.root / "var" / "backups" / "stationmap"

    @property
    def log_dir(self) -> Path:
        """What stands for /var/log."""
        return self.root / "var" / "log"

    @property
    def run_dir(self) -> Path:
        """What stands for /run."""
        return self.root / "run"

    @property
    def credentials_dir(self) -> Path:
        """What stands for /etc/stationmap/credentials."""
        return self.root / "etc" / "stationmap" / "credentials"

    @property
    def handed_dir(self) -> Path:
        """Where systemd would hand the credentials over."""
        return self.run_dir / "credentials"

    @property
    def tls_dir(self) -> Path:
        """Where the certificate lies."""
        return self.root / "etc" / "tls"

    def here(self, text: str) -> str:
        """A text of ``deploy/`` with this trial's paths and ports in the place of the usual ones."""
        places = {
            "/opt/stationmap": self.program_dir,
            "/var/lib/stationmap": self.data_dir,
            "/var/backups/stationmap": self.backups_dir,
            "/run/stationmap-web": self.run_dir / "stationmap-web",
            "127.0.0.1:8000": f"127.0.0.1:{self.web_port}",
            "127.0.0.1:9109": f"127.0.0.1:{self.worker_port}",
        }
        for usual, ours in places.items():
            text = text.replace(usual, str(ours))
        return text

    def unit(self, name: str) -> tuple[list[str], dict[str, str]]:
        """The command a systemd unit runs, and the variables it sets itself."""
        text = self.here((DEPLOY_DIR / "systemd" / name).read_text(encoding="utf-8"))
        found = _EXEC.search(text)
        assert found, f"{name} has no ExecStart"  # noqa: S101 - the file is ours
        words = [word for line in _ENVIRONMENT.findall(text) for word in shlex.split(line)]
        return shlex.split(found[1]), dict(word.split("=", 1) for word in words)

    def settings(self, **more: str) -> dict[str, str]:
        """The example of the settings as a shell reads it, with more on top; only what the program there knows."""
        text = self.here((DEPLOY_DIR / "stationmap.env.example").read_text(encoding="utf-8"))
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        values = dict(shlex.split(line)[0].split("=", 1) for line in lines) | more
        known = known_settings(self.program_dir)
        return {name: value for name, value in values.items() if name in known}

    def nginx_configuration(self, *, as_root: bool) -> str:
        """A whole configuration of nginx around ``deploy/nginx/stationmap.conf``."""
        site = self.here((DEPLOY_DIR / "nginx" / "stationmap.conf").read_text(encoding="utf-8"))
        site = _OTHER_FAMILY.sub("", site)
        replaced: Mapping[str, str] = {
            "listen 80": f"listen 127.0.0.1:{self.http_port}",
            "listen 443": f"listen 127.0.0.1:{self.https_port}",
            f"/etc/letsencrypt/live/{NAME}/fullchain.pem": f"{self.tls_dir}/certificate.pem",
            f"/etc/letsencrypt/live/{NAME}/privkey.pem": f"{self.tls_dir}/key.pem",
            "/var/log/nginx": str(self.log_dir),
        }
        for usual, ours in replaced.items():
            site = site.replace(usual, ours)
        temporary = "\n".join(
            f"    {kind}_temp_path {self.run_dir}/nginx-{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user www-data;" if as_root else ""
        return f"""{user}
daemon off;
worker_processes 2;
pid {self.run_dir}/nginx.pid;
error_log {self.log_dir}/nginx.log warn;
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    sendfile on;
{temporary}
{site}
}}
"""

    def caddy_configuration(self) -> str:
        """``deploy/caddy/Caddyfile`` with the trial's ports and certificate, and no way to be told otherwise."""
        text = self.here((DEPLOY_DIR / "caddy" / "Caddyfile").read_text(encoding="utf-8"))
        ours = f"""admin off
	http_port {self.http_port}
	https_port {self.https_port}
	default_bind 127.0.0.1
"""
        text = text.replace("\n{\n", "\n{\n\t" + ours, 1)
        tls = f"tls {self.tls_dir}/certificate.pem {self.tls_dir}/key.pem"
        return text.replace(f"\n{NAME} {{\n", f"\n{NAME} {{\n\t{tls}\n", 1)


def known_settings(program_dir: Path) -> frozenset[str]:
    """The variables a program knows, read from its source: it may be an older one than ours."""
    source = (program_dir / "mapapp" / "settings.py").read_text(encoding="utf-8")
    return frozenset(f"MAPAPP_{name.upper()}" for name in _SETTING.findall(source))


def free_ports(count: int) -> list[int]:
    """So many ports of 127.0.0.1 that nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()
