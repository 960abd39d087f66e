"""What a request shows of its sender, and what is made of it."""

from __future__ import annotations

import pytest

from mapapp.services.reports.sender import Sender, device_of, keys_of, network_of

KEY = "secret"
REPORT = "0b6f9f0e-6a3c-4b7e-9a59-0a4f2d3c1b2a"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_an_address_counts_by_its_subscriber(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_device_keeps_its_id_and_one_without_gets_its_reports() -> None:
    known, new = Sender("abc", "", ""), Sender(None, "", "")

    assert device_of(known, REPORT, KEY) == "abc"
    assert device_of(new, REPORT, KEY) == device_of(new, REPORT, KEY) != device_of(new, "other", KEY)


def test_nobody_without_the_secret_can_tell_the_id_of_a_new_device() -> None:
    new = Sender(None, "", "")

    assert device_of(new, REPORT, KEY) != device_of(new, REPORT, "another secret")


def test_keys_are_equal_for_equals_and_tell_nothing() -> None:
    sender = Sender("abc", "203.0.113.7", "Mozilla")

    keys = keys_of(sender, "abc", KEY)

    assert keys == keys_of(sender, "abc", KEY)
    assert keys_of(Sender("abc", "203.0.113.8", "Mozilla"), "abc", KEY).address != keys.address
    assert len({keys.device, keys.address, keys.agent}) == 3
    assert not any(word in repr(keys) for word in ("203.0", "Mozilla", "abc'"))


def test_a_sender_is_not_in_its_own_words() -> None:
    assert repr(Sender("abc", "203.0.113.7", "Mozilla")) == "Sender()"
