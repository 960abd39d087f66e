"""GeoJSON: a FeatureCollection of points as a table; properties are the columns.

RFC 7946 says WGS-84. Files that still carry the older ``crs`` member are taken at its word: WGS-84 and
CGCS2000 in degrees are read as they are; any other system is refused with advice. Some Chinese tools
write ``"crs": "GCJ-02"`` and the like, which is understood.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from geodata.coordinates import Crs
from geodata.errors import UnreadableFile
from geodata.files.crs_words import crs_in_words
from geodata.files.messages import Message, RowProblem
from geodata.files.table import MAX_COLUMNS, FileKind, SourceRow, SourceTable, refuse_too_many_rows

_DEGREES_AS_WGS84: Final = ("crs84", "4326", "4490", "4979")
_MAX_DEPTH_SEEN: Final = RecursionError
BEGINNING_BYTES: Final = 1_000_000
_FEATURES: Final = re.compile(r'"features"\s*:\s*\[')
_BETWEEN: Final = re.compile(r"[\s,]*")


def read_geojson(path: Path, *, max_rows: int | None = None) -> SourceTable:
    """The table in a GeoJSON file; ``line`` counts features from 1.

    With ``max_rows``, of a large file only the beginning, for a first look: properties that no feature there has
    are not among the columns, which are else the first ones of all.

    Raises
    ------
    UnreadableFile
        Not JSON, not GeoJSON, or in a coordinate system that is not degrees.
    """
    is_large = max_rows is not None and path.stat().st_size > BEGINNING_BYTES
    document = beginning_of(path, max_rows) if max_rows is not None and is_large else parsed_geojson(path)
    features = features_of(document)
    refuse_too_many_rows(len(features))
    columns = property_names(features)
    rows: list[SourceRow] = []
    problems: list[RowProblem] = []
    for line, feature in enumerate(features, start=1):
        try:
            rows.append(_row(line, feature, columns))
        except _BadFeatureError as bad:
            problems.append(bad.problem)
    return SourceTable(
        kind=FileKind.GEOJSON,
        columns=columns,
        rows=tuple(rows),
        problems=tuple(problems),
        declared_crs=declared_crs_of(document),
        is_cut=is_large,
    )


class _BadFeatureError(Exception):
    def __init__(self, line: int, value: str, code: str, message: Message) -> None:
        super().__init__(message.en)
        self.problem = RowProblem(line=line, column="geometry", value=value, code=code, message=message)


def parsed_geojson(path: Path) -> dict[str, Any]:
    """The file's JSON object; raises UnreadableFile when it is none."""
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, _MAX_DEPTH_SEEN) as error:
        raise UnreadableFile(
            f"The file is not valid JSON ({str(error)[:120]}).", f"文件不是有效的 JSON（{str(error)[:120]}）。"
        ) from None
    if not isinstance(document, dict):
        raise _not_geojson()
    return document


def beginning_of(path: Path, most: int) -> dict[str, Any]:
    """The file's object with at most so many of its features; what stands behind these is not looked at.

    Raises UnreadableFile like ``parsed_geojson``, as far as it looks.
    """
    with path.open("rb") as stream:
        text = stream.read(BEGINNING_BYTES).decode("utf-8", "ignore").removeprefix("\ufeff")
    start = _FEATURES.search(text)
    if start is None:
        return parsed_geojson(path)
    try:
        head = json.loads(text[: start.start()].rstrip().rstrip(",") + "}")
    except (ValueError, _MAX_DEPTH_SEEN):
        return parsed_geojson(path)
    features = list(islice(_whole_values(text, start.end()), most))
    if not features:  # one feature larger than the beginning, or no JSON: the whole file says which
        return parsed_geojson(path)
    return {"type": "FeatureCollection", **head, "features": features}


def _whole_values(text: str, at: int) -> Iterator[Any]:
    """The values of an array that begins at a place, as far as they are whole."""
    read = json.JSONDecoder().raw_decode
    while (between := _BETWEEN.match(text, at)) is not None and not text.startswith("]", between.end()):
        try:
            value, at = read(text, between.end())
        except (ValueError, _MAX_DEPTH_SEEN):
            return
        yield value


def features_of(document: dict[str, Any]) -> list[Any]:
    """The features as they stand in the file, not looked at yet; raises UnreadableFile when it is no GeoJSON."""
    if document.get("type") == "Feature":
        return [document]
    features = document.get("features")
    if document.get("type") != "FeatureCollection" or not isinstance(features, list):
        raise _not_geojson()
    return features


def _not_geojson() -> UnreadableFile:
    return UnreadableFile(
        "The file is JSON but no GeoJSON FeatureCollection.",
        "文件是 JSON，但不是 GeoJSON 要素集（FeatureCollection）。",
    )


def declared_crs_of(document: dict[str, Any]) -> Crs | None:
    """The system a ``crs`` member names; raises UnreadableFile when that is none in degrees."""
    member = document.get("crs")
    if member is None:
        return None
    text = json.dumps(member).lower()
    understood = crs_in_words(text)
    if understood is not None:
        return understood
    if any(name in text for name in _DEGREES_AS_WGS84):
        return Crs.WGS84
    raise UnreadableFile(
        f"The file's coordinate system ({text[:120]}) is not WGS-84. Save it as WGS-84 (EPSG:4326).",
        f"文件声明的坐标系（{text[:120]}）不是 WGS-84。请转换为 WGS-84（EPSG:4326）后再导入。",
    )


def property_names(features: list[Any]) -> tuple[str, ...]:
    """Every property's name in the order of first sight; ``id`` for the features' own ids comes last."""
    names: dict[str, None] = {}
    for feature in features:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if isinstance(properties, dict):
            names.update(dict.fromkeys(properties))
        if len(names) > MAX_COLUMNS:
            raise UnreadableFile(f"There are more than {MAX_COLUMNS} properties.", f"属性超过 {MAX_COLUMNS} 种。")
    return tuple(names)


def _row(line: int, feature: Any, columns: tuple[str, ...]) -> SourceRow:
    if not isinstance(feature, dict):
        raise _BadFeatureError(
            line, str(feature)[:80], "no_feature", Message("不是 GeoJSON 要素。", "Not a GeoJSON feature.")
        )
    properties = feature.get("properties")
    held = properties if isinstance(properties, dict) else {}
    return SourceRow(line, tuple(held.get(name) for name in columns), _point(line, feature.get("geometry")))


def _point(line: int, geometry: Any) -> tuple[object, object] | None:
    if geometry is None:
        return None
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind == "MultiPoint" and isinstance(coordinates, list) and len(coordinates) == 1:
        kind, coordinates = "Point", coordinates[0]
    if kind != "Point":
        raise _BadFeatureError(line, str(kind), "not_a_point", Message("几何不是点。", "The geometry is not a point."))
    if coordinates == []:
        return None
    if not isinstance(coordinates, list) or len(coordinates) < 2:
        message = Message("点的坐标不完整。", "The point's coordinates are incomplete.")
        raise _BadFeatureError(line, str(coordinates)[:80], "incomplete_point", message)
    return coordinates[0], coordinates[1]
