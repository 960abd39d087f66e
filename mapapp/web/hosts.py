"""Which names this service answers under: the ``Host`` header is whatever its sender writes.

Links in QR codes and one-time links fall back on it while no public address is set. Where one is set, or
names are listed, a request for another name gets 400 before anything looks at it. The machine's own
names are always right: that is how a proxy or a monitor on it asks. What cannot be a name is
refused everywhere: longer than names are, or Punycode that stands for nothing, it would break links and QR codes.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, request
from flask_babel import gettext

from mapapp.settings import Settings
from mapapp.web.problems import RequestProblem

OWN_NAMES: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_MAX_HOST_CHARS: Final = 253 + len(":65535")


def install_hosts(app: Flask, settings: Settings) -> None:
    """Refuse requests for names that are not this service's, if it is known which are."""
    app.before_request(_refuse_what_is_no_name)
    names = names_of(settings)
    if not names:
        return

    @app.before_request
    def refuse_other_names() -> None:
        if host_name(request.host) not in names:
            raise _unknown_host()


def _refuse_what_is_no_name() -> None:
    host = request.environ.get("HTTP_HOST", "")
    if len(host) > _MAX_HOST_CHARS:
        raise _unknown_host()
    if "xn--" in host.lower():
        try:
            _ = request.host_url
        except UnicodeError:
            raise _unknown_host() from None


def _unknown_host() -> RequestProblem:
    return RequestProblem(400, gettext("This service is not reached under that name."), code="unknown_host")


def names_of(settings: Settings) -> frozenset[str]:
    """The names of these settings and the machine's own; none where any name will do."""
    listed = {host_name(name.strip()) for name in settings.allowed_hosts.split(",")}
    public = host_name(urlsplit(settings.public_url).netloc)
    named = (listed | {public}) - {""}
    return frozenset(named | OWN_NAMES) if named else frozenset()


def host_name(host: str) -> str:
    """A host without its port, in lower case; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
