"""Values made quickly are those that the class makes."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, field

import pytest

from mapapp.store.quick_values import quick_maker


@dataclass(frozen=True, slots=True)
class Door:
    """A door for the tests."""

    name: str
    width_cm: int = 90
    keys: tuple[str, ...] = field(default_factory=tuple)
    is_open: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        if self.width_cm <= 0:
            raise ValueError("A door has a width.")


@dataclass(frozen=True, slots=True)
class Bolt:
    """One that checks nothing."""

    length_cm: int


DOOR = quick_maker(Door)


def test_it_is_a_value_of_the_class_and_equal_to_its_own() -> None:
    made = DOOR("east", 80, is_open=True)
    assert type(made) is Door
    assert made == Door("east", 80, is_open=True)
    assert hash(made) == hash(Door("east", 80, is_open=True))
    assert repr(made) == repr(Door("east", 80, is_open=True))


def test_what_is_not_given_is_as_the_class_has_it() -> None:
    assert DOOR("east") == Door("east")
    assert quick_maker(Bolt)(4) == Bolt(4)


def test_it_is_checked_and_frozen() -> None:
    with pytest.raises(ValueError, match="has a width"):
        DOOR("east", 0)
    with pytest.raises(FrozenInstanceError):
        DOOR("east").name = "west"  # type: ignore[misc]  # that is what is tried


def test_a_field_that_is_missing_or_unknown_is_an_error() -> None:
    with pytest.raises(TypeError):
        DOOR()  # type: ignore[call-arg]  # that is what is tried
    with pytest.raises(TypeError):
        DOOR("east", colour="green")  # type: ignore[call-arg]  # that is what is tried


def test_a_class_of_another_layout_is_refused() -> None:
    @dataclass(frozen=True)
    class WithoutSlots:
        name: str

    with pytest.raises(TypeError):
        quick_maker(WithoutSlots)("east")
