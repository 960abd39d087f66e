"""What every command is given: settings, language, and the way to speak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import click

from geodata.errors import UnknownPlace
from geodata.places import Place, load_place
from mapapp.settings import Settings
from mapapp.store import FilesUnkept, Store, StoreBusy, StoreUnusable

ACTOR = "command line"


@dataclass(frozen=True, slots=True)
class Session:
    """One run of a command."""

    settings: Settings
    lang: str

    def say(self, zh: str, en: str) -> None:
        """Print one line in the run's language."""
        click.echo(self.word(zh, en))

    def word(self, zh: str, en: str) -> str:
        """One of two texts, by the run's language."""
        return zh if self.lang == "zh" else en

    def refuse(self, zh: str, en: str) -> click.ClickException:
        """The exception that ends the run with these words and exit code 1."""
        return click.ClickException(self.word(zh, en))

    def place(self) -> Place:
        """The place the settings name."""
        try:
            return load_place(self.settings.place)
        except UnknownPlace as error:
            raise self.refuse(
                f"没有这个城市 (MAPAPP_PLACE):{error}", f"No such place (MAPAPP_PLACE): {error}"
            ) from error

    @contextmanager
    def raw_store(self) -> Iterator[Store]:
        """The store as it is, migrated or not; what it refuses ends the run with its words."""
        try:
            store = Store(self.settings.database_url)
            try:
                yield store
            finally:
                store.close()
        except StoreUnusable as error:
            raise self.refuse(error.zh, error.en) from error
        except FilesUnkept as error:
            raise self.refuse(
                "磁盘空间不足，文件未保存。" if error.is_full else "文件无法写入。", str(error)
            ) from error
        except StoreBusy as error:
            raise self.refuse("其他程序正在写入数据库,请稍后再试。", str(error)) from error

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, migrated; otherwise the run ends with the command that helps."""
        with self.raw_store() as store:
            store.require_migrated()
            yield store


def language_of(environment: Mapping[str, str]) -> str:
    """The language a terminal asks for: English where its locale says so, else Chinese."""
    locale = environment.get("LC_ALL") or environment.get("LC_MESSAGES") or environment.get("LANG") or ""
    return "en" if locale.lower().startswith("en") else "zh"
