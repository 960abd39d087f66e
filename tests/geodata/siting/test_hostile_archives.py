"""Files of siting problems that are broken, or made to do harm: refused with the reason, before they are unpacked."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.lib import format as npy

import solve_siting
from geodata.errors import GeodataError
from geodata.siting.problem_file import read_problem

CENTER: Mapping[str, object] = {"problem": "p_center", "p": 1}
COVER: Mapping[str, object] = {"problem": "mclp", "p": 1, "indptr": [0, 1, 2], "indices": [0, 1]}
MEGABYTE = 1 << 20


def packed(folder: Path, members: Mapping[str, bytes]) -> Path:
    path = folder / "problem.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return path


def stored(array: object) -> bytes:
    stream = io.BytesIO()
    npy.write_array(stream, np.asanyarray(array), allow_pickle=True)
    return stream.getvalue()


def header(shape: str, descr: str = "'<f8'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (63 - (10 + len(text)) % 64) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


def with_cost(content: bytes) -> dict[str, bytes]:
    return {name: stored(value) for name, value in CENTER.items()} | {"cost": content}


def refusal(path: Path) -> str:
    with pytest.raises(GeodataError) as refused:
        read_problem(path)
    return str(refused.value)


def test_a_sound_archive_is_read_whatever_its_order_and_width(tmp_path: Path) -> None:
    cost = np.asfortranarray(np.array([[0, 3], [4, 1], [2, 2]], dtype=np.float32))

    problem = read_problem(packed(tmp_path, with_cost(stored(cost)))).distance

    assert problem is not None
    assert problem.costs.tolist() == cost.tolist()


@pytest.mark.parametrize("shape", ["(100000, 100000)", "(10**9,)", "(0, 10000000000)", "(-1, -5)", "(200000001,)"])
def test_a_header_that_announces_too_much_is_refused_before_memory_is_taken(tmp_path: Path, shape: str) -> None:
    path = packed(tmp_path, with_cost(header(shape.replace("10**9", "1000000000")) + bytes(4 * MEGABYTE)))

    tracemalloc.start()
    try:
        said = refusal(path)
        _now, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert "at most 200,000,000 numbers" in said
    assert peak_bytes < 2 * MEGABYTE


def test_the_script_ends_with_two_and_says_which_field_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = packed(tmp_path, with_cost(header("(90000, 90000)") + bytes(MEGABYTE)))

    code = solve_siting.solve(Namespace(problem=path, time_limit=5.0, mode="exact", seed=1))

    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert said.err.startswith("Error (cost): cost may hold at most")


def test_arrays_that_are_too_large_together_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("geodata.siting.problem_archive.MOST_CELLS", 10)
    members = {name: stored(value) for name, value in COVER.items()} | {"demand": stored(np.ones(9))}

    assert "in all" in refusal(packed(tmp_path, members))


@pytest.mark.parametrize("content", [header("(2, 2)") + bytes(24), header("(2, 2)") + bytes(MEGABYTE)])
def test_an_array_shorter_or_longer_than_its_header_says_is_refused(tmp_path: Path, content: bytes) -> None:
    assert "than its header says" in refusal(packed(tmp_path, with_cost(content)))


@pytest.mark.parametrize(
    "array",
    [
        np.array([[{"a": 1}]], dtype=object),
        np.array([[1 + 2j]]),
        np.array([["1"]]),
        np.array([["2026-01-01"]], dtype="datetime64[D]"),
        np.zeros((1, 1), dtype=[("a", "f8")]),
        np.zeros((1, 1), dtype=np.bool_),
        np.zeros((1, 1), dtype=np.longdouble),
    ],
    ids=["object", "complex", "text", "date", "record", "truth", "long double"],
)
def test_what_is_not_a_number_of_at_most_eight_bytes_is_refused(tmp_path: Path, array: np.ndarray) -> None:
    assert "cost must be numbers" in refusal(packed(tmp_path, with_cost(stored(array))))


class Harmful:
    """Unpickled, it would touch a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.path,)


def test_no_stored_object_is_ever_unpickled(tmp_path: Path) -> None:
    touched = tmp_path / "touched"
    members = {name: stored(np.array(Harmful(touched), dtype=object)) for name in ("problem", "p", "cost")}

    assert "must be numbers" in refusal(packed(tmp_path, members))
    assert not touched.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"indices": np.array([0, -1])}, "at least 0"),
        ({"indices": np.array([0, 2**62])}, "whole numbers"),
        ({"indices": np.array([0, 4_999_999 + 1])}, "At most 5000000 candidates"),
        ({"indices": np.array([0.0, np.nan])}, "whole numbers"),
        ({"indptr": np.array([0, 2, 1])}, "indptr must begin"),
        ({"indptr": np.array([0, 9])}, "indptr must begin"),
        ({"demand": np.array([1.0, np.nan])}, "finite"),
        ({"demand": np.ones((2, 2))}, "finite numbers"),
        ({"demand": np.zeros((2, 2, 2))}, "too many dimensions"),
        ({"required": np.array([-3])}, "0–1"),
        ({"problem": np.array(["mclp"])}, "too many dimensions"),
        ({"problem": np.array("m" * 5000)}, "problem must be numbers"),
        ({"p": np.array(np.inf)}, "whole numbers"),
        ({"sites": np.array([1])}, "Unknown field"),
    ],
)
def test_a_field_that_cannot_be_meant_is_refused(tmp_path: Path, changed: dict[str, object], said: str) -> None:
    members = {name: stored(value) for name, value in ({**COVER, **changed}).items()}

    assert said in refusal(packed(tmp_path, members))


def test_a_cost_that_is_no_number_is_refused(tmp_path: Path) -> None:
    assert "A cost must be" in refusal(packed(tmp_path, with_cost(stored(np.array([[np.nan]])))))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x93NUMPY", b"\x93NUMPY\x09\x00", b"\x93NUMPY\x03\x00\x10\x00\x00\x00", header("(("), header("('a',)"),
        header("(1,)", "'f8, f8(('"), header("(1,)", "__import__('os')"), stored(np.ones(2))[:-30],
    ],
)  # fmt: skip
def test_a_broken_header_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(packed(tmp_path, with_cost(content)))


def test_a_field_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = packed(tmp_path, with_cost(stored(np.ones((1, 1)))))
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("cost.npy", stored(np.ones((1, 1))))

    assert "twice" in refusal(path)


def test_an_archive_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = packed(tmp_path, with_cost(stored(np.ones((3, 3))))).read_bytes()
    path = tmp_path / "cut.npz"

    for length in range(4, len(whole) - 1, 37):
        path.write_bytes(whole[:length])
        assert refusal(path)
