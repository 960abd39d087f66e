"""Every string a person reads exists in Chinese and English, and scripts have none of their own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask

from mapapp.public.phrases import SUBJECTS, browser_phrases, phrase

PROJECT_DIR = Path(__file__).resolve().parents[3]
CATALOGUE = PROJECT_DIR / "mapapp/translations/zh/LC_MESSAGES/messages.po"
SCRIPTS = sorted((PROJECT_DIR / "mapapp/static/js").glob("**/*.js"))
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None, "n_": (1, 2)}
CHINESE = re.compile(r"[一-鿿]")


def used_msgids() -> Iterator[str]:
    for folder in ("mapapp", "templates"):
        for _, _, message, _, _ in extract_from_dir(
            str(PROJECT_DIR / folder), METHODS, keywords=KEYWORDS, options_map={"**.html": {"trimmed": "true"}}
        ):
            yield message if isinstance(message, str) else message[0]


def translations() -> dict[str, tuple[str, ...]]:
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="zh")
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (message.string,)
        if isinstance(message.string, str)
        else tuple(message.string or ())
        for message in catalogue
        if message.id
    }


def test_every_string_is_translated() -> None:
    known = translations()

    untranslated = sorted({msgid for msgid in used_msgids() if not all(known.get(msgid, ("",)))})

    assert untranslated == []


def test_no_translation_is_left_over() -> None:
    assert sorted(set(translations()) - set(used_msgids())) == []


def test_translations_keep_every_blank() -> None:
    blanks = re.compile(r"%\(\w+\)[sd]")
    differing = [
        msgid
        for msgid, texts in translations().items()
        if any(sorted(set(blanks.findall(msgid))) != sorted(set(blanks.findall(text))) for text in texts)
    ]

    assert differing == []


def scripts_of(*entry_points: str) -> set[Path]:
    """The entry points and every script they import."""
    folder, found = SCRIPTS[0].parent, set[Path]()
    pending = [folder / name for name in entry_points]
    while pending:
        path = pending.pop()
        if path not in found:
            found.add(path)
            imported = re.findall(r'from "(\.{1,2}/[\w/]+\.js)"', path.read_text(encoding="utf-8"))
            pending += [(path.parent / name).resolve() for name in imported]
    return found


ALL_KEYS = {key for subject in SUBJECTS.values() for key in subject}


def keys_used_by_scripts() -> set[str]:
    """The keys in ``t("…")``, and those made from a part and a code, as ``t(`open_until_${at}`)``."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in scripts_of("main.js", "station.js"))
    plain = set(re.findall(r'\bt\("(\w+)"', source)) | set(re.findall(r'"((?:place|open_filter)_\w+)"', source))
    made = set(re.findall(r"\bt\(`(\w+_)\$\{", source))
    return plain | {key for key in ALL_KEYS if any(key.startswith(prefix) for prefix in made)}


def test_every_phrase_a_script_asks_for_exists() -> None:
    assert keys_used_by_scripts() - ALL_KEYS == set()


READS_CHINESE = {"typed_position.js"}
"""Scripts that understand what people type: 东经, 北纬, 度, 分, 秒. They say nothing themselves."""


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_hold_no_words_for_people(path: Path) -> None:
    code = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)

    assert path.name in READS_CHINESE or not CHINESE.search(code)
    assert not re.findall(r'"[A-Z][a-z]+ [a-z]+[^"]*"', code), "a sentence in the code"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_browser_gets_every_phrase_with_its_blanks_open(pages_app: Flask, language: str) -> None:
    with pages_app.test_request_context(headers={"Accept-Language": language}):
        phrases = browser_phrases(*SUBJECTS)

    assert sorted(phrases) == sorted(key for subject in SUBJECTS.values() for key in subject)
    assert "%(time)s" in str(phrases["open_until_now"])
    assert all("%(count)s" in text for text in phrases["station_count"])


def test_one_and_several_differ_in_english_only(pages_app: Flask) -> None:
    with pages_app.test_request_context(headers={"Accept-Language": "en"}):
        assert [phrase("station_count", count=n) for n in (0, 1, 2)] == ["0 stations", "1 station", "2 stations"]
    with pages_app.test_request_context(headers={"Accept-Language": "zh"}):
        assert [phrase("station_count", count=n) for n in (1, 2)] == ["1 个站点", "2 个站点"]
