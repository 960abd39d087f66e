"""The catalogues are complete, and the check would notice if they were not."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages import Catalog

from translate import bring_up_to_date, messages_in_use

CATALOGUE = """\
# The pages in Chinese.
msgid ""
msgstr ""
"Language: zh_CN\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"

msgid "Map"
msgstr "地图"
"""


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    path = tmp_path / "messages.po"
    path.write_text(CATALOGUE, encoding="utf-8")
    return path


def using(*messages: str) -> Catalog:
    used = Catalog()
    for message in messages:
        used.add(message)
    return used


def test_a_complete_catalogue_is_left_in_peace(catalogue: Path) -> None:
    assert bring_up_to_date(catalogue, using("Map"), write=True) == []

    assert catalogue.read_text(encoding="utf-8") == CATALOGUE


def test_a_message_that_is_missing_is_named(catalogue: Path) -> None:
    complaints = bring_up_to_date(catalogue, using("Map", "List"), write=False)

    assert any("not in the catalogue: 'List'" in complaint for complaint in complaints)
    assert catalogue.read_text(encoding="utf-8") == CATALOGUE


def test_a_message_no_longer_used_is_named(catalogue: Path) -> None:
    (complaint,) = bring_up_to_date(catalogue, using(), write=False)

    assert "obsolete: 'Map'" in complaint


def test_a_new_message_is_added_to_be_translated(catalogue: Path) -> None:
    bring_up_to_date(catalogue, using("Map", "List"), write=True)

    (complaint,) = bring_up_to_date(catalogue, using("Map", "List"), write=False)
    assert "not translated: 'List'" in complaint


def test_a_guessed_translation_does_not_count(catalogue: Path) -> None:
    catalogue.write_text(CATALOGUE.replace('msgid "Map"', '#, fuzzy\nmsgid "Map"'), encoding="utf-8")

    (complaint,) = bring_up_to_date(catalogue, using("Map"), write=False)

    assert "not translated: 'Map'" in complaint


def test_messages_are_found_in_code_and_in_templates() -> None:
    used = messages_in_use()

    assert "Hours unknown" in used  # mapapp/public/phrases.py
    assert "Skip to the content" in used  # templates/base.html
