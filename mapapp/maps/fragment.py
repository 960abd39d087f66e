"""From a Folium map to parts of our own page.

Folium writes a whole page. We keep three things of it: the map's element, the script, and the URLs of
its scripts and stylesheets, which are our own built files. The rest of its header (a viewport that
forbids zooming, inline styles) is dropped. This is the one file that admits markup made elsewhere:
Folium's templates hold no text from the database, and our elements write data as JSON, with ``<``,
``>``, ``&`` and ``'`` escaped, so that no name can end the script or begin a tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink
from markupsafe import Markup

AssetUrl = Callable[[str], str]
"""The URL of a built file, from its plain name."""

_BETWEEN_TAGS: Final = re.compile(r"\s+")
_INDENT: Final = re.compile(r"\n\s*")


@dataclass(frozen=True, slots=True)
class MapFragment:
    """A map as parts of a page: put ``html`` where it shall stand and ``script`` after the page's own."""

    html: Markup
    script: Markup
    stylesheets: tuple[str, ...]
    scripts: tuple[str, ...]


def fragment_of(tree: folium.Map) -> MapFragment:
    """The parts of a finished map; equal maps give equal parts in every process."""
    figure = tree.get_root()
    assert isinstance(figure, Figure)  # noqa: S101 - Folium puts every map into one
    _name_elements(tree)
    figure.render()
    links = list(figure.header._children.values())  # noqa: SLF001 - branca offers no other way to its links
    return MapFragment(
        html=_markup(figure.html, _BETWEEN_TAGS, " "),
        script=_markup(figure.script, _INDENT, "\n"),
        stylesheets=tuple(link.url for link in links if isinstance(link, CssLink)),
        scripts=tuple(link.url for link in links if isinstance(link, JavascriptLink)),
    )


def _name_elements(root: Element) -> None:
    """Count through the tree instead of Folium's random names, so that ETags agree between processes."""
    pending, number = [root], 0
    while pending:
        element = pending.pop(0)
        element._id = str(number)  # noqa: SLF001 - the name Folium writes is made from it
        number += 1
        pending += element._children.values()  # noqa: SLF001


def _markup(part: Element, space: re.Pattern[str], instead: str) -> Markup:
    return Markup(space.sub(instead, part.render()).strip())  # noqa: S704 - see the module's docstring
