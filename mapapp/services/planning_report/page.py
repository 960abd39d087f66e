"""The report as one HTML file that needs nothing outside itself: styles, scripts, data and drawings are in it.

Its own Content-Security-Policy lets run only what the file was written with, by hash, and forbids every request. Names
stand in it as text and as JSON, never as markup; the one piece of markup made elsewhere is Folium's, for which
``maps.fragment`` vouches.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from geodata.places import Place
from mapapp.maps.report_map import report_map
from mapapp.services.planning_report.answer_layers import state_words
from mapapp.services.planning_report.area_layers import HEAT
from mapapp.services.planning_report.content import Feature, Layer, LayerLook, Report
from mapapp.services.planning_report.drawing import still_map
from mapapp.services.planning_report.page_charts import page_chart
from mapapp.services.planning_report.page_tables import page_table
from mapapp.services.planning_report.speech import Speech, catalogue
from mapapp.settings import PROJECT_DIR, Settings

HTML: Final = "text/html; charset=utf-8"
_BUILT: Final = PROJECT_DIR / "mapapp" / "static" / "built"
_URL: Final = re.compile(r"url\((?!\"?#)[^)]*\)")
_SCRIPT_END: Final = re.compile(r"</(script)", re.IGNORECASE)
_STYLE_END: Final = re.compile(r"</(style)", re.IGNORECASE)


class AssetsMissing(RuntimeError):
    """The front-end files that a report holds are not built."""


class _Slots:
    """Places of the page that scripts, styles and data are put into once it is drawn, as they are.

    Their names begin with what nobody could have written into a station's name.
    """

    def __init__(self) -> None:
        self._token = f"slot-{secrets.token_hex(16)}-"
        self._held: list[str] = []

    def slot(self, part: Inlined) -> str:
        """Keep a part; what stands for it until the end."""
        self._held.append(part.text)
        return f"{self._token}{len(self._held) - 1};"

    def filled(self, page: str) -> str:
        """The page with every part in its place."""
        return re.sub(re.escape(self._token) + r"(\d+);", lambda found: self._held[int(found[1])], page)


@dataclass(frozen=True, slots=True)
class Inlined:
    """A script or a style as it stands in the file, and how the policy names it."""

    text: str
    kind: str = ""

    @property
    def source(self) -> str:
        """The hash of the text as a source of the policy."""
        digest = hashlib.sha256(self.text.encode()).digest()
        return f"'sha256-{base64.b64encode(digest).decode()}'"


def report_page(report: Report, place: Place, settings: Settings) -> str:
    """The file. Raises AssetsMissing before the front end is built."""
    fragment = report_map(place, settings, report.speech.tag)
    data = {"language": report.speech.tag, "messages": _messages(report.speech), "layers": _drawn_layers(report)}
    scripts = (
        Inlined(_script_text(_built("leaflet.js"))),
        Inlined(_script_text(_built("report_document.js")), "module"),
        Inlined(_script_text(str(fragment.script)), "module"),
    )
    styles = (Inlined(_style_text(_built("leaflet.css"))), Inlined(_style_text(_built("report_document.css"))))
    page_data = Inlined(_json_text(data), "application/json")
    return _render(
        report,
        place,
        map_html=fragment.html,
        page_data=page_data,
        scripts=scripts,
        styles=styles,
        policy=_policy(scripts, styles),
        picture=None,
    )


def paper_page(report: Report, place: Place, pictures: Mapping[str, bytes]) -> str:
    """The same report for a PDF: no scripts, and drawings as pictures, by key; ``map`` is the map's."""
    style = Inlined(_style_text(_built("report_document.css")))
    addresses = {
        key: f"data:image/png;base64,{base64.b64encode(content).decode()}" for key, content in pictures.items()
    }
    return _render(
        report, place, map_html=None, page_data=None, scripts=(), styles=(style,), policy="", picture=addresses
    )


def _render(report: Report, place: Place, *, picture: Mapping[str, str] | None, **parts: Any) -> str:
    behind_charts = {chart.table_key for chart in report.charts} - {""}
    tables = [
        page_table(table, report.speech)
        for table in report.tables
        if table.page_rows
        and (table.key not in behind_charts or (picture is not None and len(table.rows) <= table.page_rows))
    ]
    template, slots = _templates(report.speech.language).get_template("planner/report_document.html"), _Slots()
    page = template.render(
        report=report,
        charts=[page_chart(report, chart) for chart in report.charts],
        tables=tables,
        still=still_map(report, place),
        switches=[layer for layer in report.layers if layer.on_map],
        map_key=_map_key(report),
        picture=picture,
        slot=slots.slot,
        **parts,
    )
    return slots.filled(page)


def _by_shade(layer: Layer) -> list[Feature]:
    """The layer's features, those in shades of one colour from the lightest on."""
    return sorted(layer.features, key=lambda feature: HEAT.index(feature.look) if feature.look in HEAT else -1)


def _map_key(report: Report) -> list[tuple[str, str]]:
    """What each look on the map means, without repeats."""
    states, key = state_words(report.speech), []
    for layer in report.layers:
        looks = {feature.look or layer.look: feature.label for feature in _by_shade(layer)} if layer.on_map else {}
        key += [
            (look.value, states.get(look, words if look is not layer.look else layer.title))
            for look, words in looks.items()
        ]
    return list(dict.fromkeys(key))


def _drawn_layers(report: Report) -> list[dict[str, Any]]:
    return [_drawn_layer(layer) for layer in report.layers if layer.on_map]


def _drawn_layer(layer: Layer) -> dict[str, Any]:
    is_gap = layer.look is LayerLook.GAP
    return {
        "key": layer.key,
        "look": layer.look.value,
        "features": [
            {
                "geometry": feature.geometry,
                "words": list(feature.words),
                "look": feature.look.value if feature.look else None,
                "size": round(feature.size, 3),
                "label": feature.label if is_gap else "",
            }
            for feature in layer.features
        ],
    }


def _messages(speech: Speech) -> dict[str, str]:
    gettext = speech.gettext
    return {
        "map": gettext("Map"),
        "zoom_in": gettext("Zoom in"),
        "zoom_out": gettext("Zoom out"),
        "close_popup": gettext("Close"),
    }


def _policy(scripts: tuple[Inlined, ...], styles: tuple[Inlined, ...]) -> str:
    """Nothing but what the file holds; pictures only as data."""
    script_sources = " ".join(each.source for each in scripts)
    style_sources = " ".join(each.source for each in styles)
    return (
        f"default-src 'none'; script-src {script_sources}; style-src {style_sources}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _built(name: str) -> str:
    try:
        manifest: dict[str, str] = json.loads((_BUILT / "manifest.json").read_text(encoding="utf-8"))
        return (_BUILT / manifest[name]).read_text(encoding="utf-8")
    except (FileNotFoundError, KeyError) as error:
        raise AssetsMissing(f"{name} is not built; run scripts/build_assets.mjs.") from error


def _script_text(text: str) -> str:
    """A script that cannot end the element it stands in."""
    return _SCRIPT_END.sub(r"<\\/\1", text)


def _style_text(text: str) -> str:
    """A style sheet without the addresses of pictures, which would be asked for."""
    return _STYLE_END.sub(r"<\\/\1", _URL.sub('url("data:,")', text))


def _json_text(data: Any) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def _templates(language: str) -> Environment:
    """The project's templates, drawn without a request, with the catalogue's words."""
    environment = Environment(
        loader=FileSystemLoader(PROJECT_DIR / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    messages = catalogue(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # of its extension
        messages.ugettext, messages.ungettext, newstyle=True
    )
    return environment
