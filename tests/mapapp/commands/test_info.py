"""``info`` shows the settings, and of none of them what must not be seen."""

from __future__ import annotations

from dataclasses import fields

import pytest
from click.testing import CliRunner

from mapapp.commands import cli
from mapapp.settings import Settings
from mapapp.store import Store
from tests.conftest import TESTCITY_DIR

MARKER = "m4rker-of-a-secret"
SECRETS = {
    "tianditu_key": MARKER,
    "geocoder_key": MARKER,
    "secret_key": MARKER,
    "backup_key": MARKER,
    "metrics_token": MARKER,
    "geocoder_url": f"https://li:{MARKER}@gateway.example/",
    "redis_url": f"redis://:{MARKER}@redis.example:6379/0",
    "database_url": f"postgresql+psycopg://li:{MARKER}@database.example/stationmap",
    "database_replica_url": f"postgresql+psycopg://replica.example/stationmap?user=li&password={MARKER}",
}
"""Every setting that holds a secret, or may."""


def test_the_settings_show_none_of_their_secrets() -> None:
    assert MARKER not in repr(Settings(**SECRETS))  # type: ignore[arg-type]  # these are all texts


def test_every_setting_that_is_not_shown_is_tried_here() -> None:
    assert {field.name for field in fields(Settings) if not field.repr} == SECRETS.keys()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_info_shows_no_secret_and_where_the_replica_is(settings: Settings, store: Store, lang: str) -> None:
    given = {f"MAPAPP_{name.upper()}": value for name, value in SECRETS.items()}
    given |= {"MAPAPP_DATABASE_URL": settings.database_url, "MAPAPP_PLACE": str(TESTCITY_DIR)}

    done = CliRunner().invoke(cli, ["--lang", lang, "info"], obj=given)

    lines = done.output.splitlines()
    assert done.exit_code == 0, done.output
    assert MARKER not in done.output
    assert "database_replica_url\tpostgresql+psycopg://replica.example/stationmap?password=***&user=li" in lines
    for name in SECRETS.keys() - {"database_url", "database_replica_url"}:
        assert f"{name}\t{'(已设置)' if lang == 'zh' else '(set)'}" in lines
