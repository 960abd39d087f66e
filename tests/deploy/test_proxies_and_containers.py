"""nginx, Caddy and the containers: they say what the application says, and name what there is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any, Final
from wsgiref.headers import Headers

import pytest
import yaml

from deployment_trial.site import Site, known_settings
from mapapp.settings import Settings
from mapapp.web.access import MAX_IMPORT_FORM_BYTES
from mapapp.web.headers import add_static_headers

PROJECT_DIR: Final = Path(__file__).resolve().parents[2]
DEPLOY_DIR: Final = PROJECT_DIR / "deploy"
ADDED: Final = re.compile(r'add_header (\S+) (?:"([^"]*)"|(\S+)) always;')
OF_CADDY: Final = re.compile(r'^\t\t\t([A-Z][A-Za-z-]+) (?:"([^"]*)"|(\S+))$', re.MULTILINE)
BY_TLS: Final = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
OF_FILES: Final = {"Cache-Control", "Vary"}


def nginx() -> str:
    return (DEPLOY_DIR / "nginx" / "stationmap.conf").read_text(encoding="utf-8")


def caddy() -> str:
    return (DEPLOY_DIR / "caddy" / "Caddyfile").read_text(encoding="utf-8")


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((DEPLOY_DIR / "container" / "compose.yaml").read_text(encoding="utf-8"))
    return loaded


def headers_of_the_application() -> dict[str, str]:
    headers = Headers()
    add_static_headers(headers, "", "")
    return dict(headers.items())


@pytest.mark.parametrize(("text", "pattern"), [(nginx(), ADDED), (caddy(), OF_CADDY)], ids=["nginx", "caddy"])
def test_built_files_have_the_headers_the_application_gives_them(text: str, pattern: re.Pattern[str]) -> None:
    given = {name: quoted or bare for name, quoted, bare in pattern.findall(text)}

    assert {
        name: value for name, value in given.items() if name not in OF_FILES
    } == headers_of_the_application() | BY_TLS
    assert given["Cache-Control"] == "max-age=315360000, public, immutable"


def test_the_largest_form_passes_both() -> None:
    [nginx_mb] = re.findall(r"client_max_body_size (\d+)m;", nginx())
    [caddy_mb] = re.findall(r"max_size (\d+)MB", caddy())

    assert int(nginx_mb) * 2**20 >= MAX_IMPORT_FORM_BYTES
    assert int(caddy_mb) * 10**6 >= MAX_IMPORT_FORM_BYTES


def test_neither_writes_down_addresses_or_queries() -> None:
    assert len(re.findall(r"^server \{", nginx(), re.MULTILINE)) - 1 == nginx().count("access_log off;")
    assert "error_log /var/log/nginx/stationmap.error.log crit;" in nginx()
    # Caddy tells a request that failed with its address and query, wherever it logs at all.
    assert re.findall(r"^\s*log\b[^{]*\{[^}]*\}", caddy(), re.MULTILINE) == [
        "\tlog default {\n\t\texclude http.log.error\n\t}"
    ]


def test_a_visitors_word_for_their_address_is_not_passed_on() -> None:
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in nginx()
    assert "$proxy_add_x_forwarded_for" not in nginx()
    assert "trusted_proxies" not in caddy()


@pytest.mark.skipif(shutil.which("caddy") is None, reason="caddy is missing: apt-get install caddy")
def test_caddy_takes_the_example(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(DEPLOY_DIR / "caddy" / "Caddyfile")]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is missing: apt-get install nginx-light")
def test_nginx_takes_the_example(tmp_path: Path) -> None:
    site = Site(tmp_path, 1, 2, 3, 4)
    for folder in (site.log_dir, site.run_dir, site.tls_dir):
        folder.mkdir(parents=True)
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    files = ["-keyout", str(site.tls_dir / "key.pem"), "-out", str(site.tls_dir / "certificate.pem")]
    subprocess.run([*command, "-subj", "/CN=stations.example", *files], check=True, capture_output=True)
    (tmp_path / "nginx.conf").write_text(site.nginx_configuration(as_root=False), encoding="utf-8")

    done = subprocess.run(
        ["nginx", "-t", "-q", "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_the_example_settings_are_settings() -> None:
    text = (DEPLOY_DIR / "stationmap.env.example").read_text(encoding="utf-8")
    named = {line.lstrip("#").partition("=")[0] for line in text.splitlines() if re.match(r"#?MAPAPP_\w+=", line)}
    known = {f"MAPAPP_{field.name.upper()}" for field in fields(Settings)}

    assert named <= known
    assert known_settings(PROJECT_DIR) == known


def test_the_example_settings_start_the_service(tmp_path: Path) -> None:
    site = Site(tmp_path, 8000, 80, 443, 9109)
    (site.program_dir / "mapapp").mkdir(parents=True)
    shutil.copy(PROJECT_DIR / "mapapp" / "settings.py", site.program_dir / "mapapp")

    settings = Settings.from_environment(site.settings())

    assert settings.trusted_proxies == 1
    assert settings.data_dir == str(site.data_dir)


def test_the_containers_settings_are_settings() -> None:
    known = {f"MAPAPP_{field.name.upper()}" for field in fields(Settings)}
    given = compose()["x-stationmap"]["environment"]
    in_image = re.findall(r"\b(MAPAPP_\w+)=", (DEPLOY_DIR / "container" / "Containerfile").read_text(encoding="utf-8"))

    assert set(given) | set(in_image) <= known


def test_what_the_image_copies_is_there() -> None:
    text = (DEPLOY_DIR / "container" / "Containerfile").read_text(encoding="utf-8")
    copied = [word for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for word in line.split()[:-1]]

    assert [name for name in copied if not (PROJECT_DIR / name).exists()] == []
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["set-up", "web", "worker"])
def test_a_container_may_do_little(name: str) -> None:
    service = compose()["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_only_the_web_server_is_reached_and_only_from_its_machine() -> None:
    services = compose()["services"]

    assert {name: service["ports"] for name, service in services.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"]
    }


def test_no_secret_is_written_into_the_file() -> None:
    text = (DEPLOY_DIR / "container" / "compose.yaml").read_text(encoding="utf-8")
    given = re.findall(r"^\s+\w*(?:PASSWORD|KEY|TOKEN)\w*: (.+)$", text, re.MULTILINE)

    assert given
    assert all(value.startswith("${") for value in given)
