#!/usr/bin/env python3
"""Keep the message catalogues in step with the code and the templates.

``.venv/bin/python scripts/translate.py`` puts new messages into every ``.po`` file, to be translated by
hand, and moves those no longer used to its end. ``--check`` changes nothing and fails, naming them, if a
message is missing, untranslated or only guessed.
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Any, Final

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

from installation.layout import PROJECT_DIR, TRANSLATIONS_DIR

METHODS: Final = [("mapapp/**.py", "python"), ("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
KEYWORDS: Final = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "n_": (1, 2)}
"""``n_`` marks counted sentences in mapapp.public.phrases."""

COMMENT_TAG: Final = "Translators:"
LINE_WIDTH: Final = 110


def main() -> int:
    """Update or check every catalogue; the exit code."""
    parser = argparse.ArgumentParser(description="Keep the message catalogues in step with the code.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail if something is untranslated")
    checking = parser.parse_args().check
    used = messages_in_use()
    catalogues = sorted(TRANSLATIONS_DIR.glob("*/LC_MESSAGES/*.po"))
    if not catalogues:
        print(f"There are no catalogues below {TRANSLATIONS_DIR}.", file=sys.stderr)
        return 1
    complaints = [complaint for path in catalogues for complaint in bring_up_to_date(path, used, write=not checking)]
    print("\n".join(complaints) or f"{len(used)} messages, all translated")
    return 1 if complaints and checking else 0


def messages_in_use() -> Catalog:
    """Every message that the code and the templates mark for translation."""
    used = Catalog()
    found = extract_from_dir(
        PROJECT_DIR,
        METHODS,
        options_map={"templates/**.html": {"trimmed": "true", "silent": "false"}},
        keywords=KEYWORDS,
        comment_tags=[COMMENT_TAG],
        directory_filter=is_searched,
    )
    for _file, _line, message, comments, context in found:
        used.add(message, auto_comments=comments, context=context)  # without places: they change with every edit
    return used


def is_searched(folder: str | Any) -> bool:
    """Only our own folders are searched for messages."""
    parts = Path(folder).relative_to(PROJECT_DIR).parts
    return not parts or (parts[0] in {"mapapp", "templates"} and "static" not in parts)


def bring_up_to_date(path: Path, used: Catalog, *, write: bool) -> list[str]:
    """What is wrong with one catalogue; if ``write``, its new messages are added as far as that helps."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    known = {(message.id, message.context) for message in catalogue if message.id}
    complaints = [f"{path}: not in the catalogue: {message.id!r}" for message in used if is_new(message, known)]
    catalogue.update(used, no_fuzzy_matching=True)
    complaints += [f"{path}: obsolete: {message.id!r}" for message in catalogue.obsolete.values() if message.string]
    for message in catalogue:
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id and (message.fuzzy or not all(strings)):
            complaints.append(f"{path}: not translated: {message.id!r}")
    if write:
        write_catalogue(path, catalogue)
    return complaints


def write_catalogue(path: Path, catalogue: Catalog) -> None:
    """Write a catalogue under the header it has: Babel's own holds the time of writing."""
    header = path.read_text(encoding="utf-8").partition("\n\n")[0]
    body = io.BytesIO()
    write_po(body, catalogue, width=LINE_WIDTH, no_location=True, omit_header=True, sort_output=True)
    path.write_text(f"{header}\n\n{body.getvalue().decode().strip()}\n", encoding="utf-8")


def is_new(message: Any, known: set[tuple[Any, Any]]) -> bool:
    """True for a message in use that a catalogue does not know."""
    return bool(message.id) and (message.id, message.context) not in known


if __name__ == "__main__":
    sys.exit(main())
