"""Whom a rate limit counts."""

import pytest
from flask import Flask

from widget.extensions import client


@pytest.mark.parametrize(
    ("seen", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        # As sockets see it that listen to both: the network of all such addresses is the whole of IPv4.
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("somewhere", "somewhere"),
    ],
)
def test_one_subscriber_is_counted_as_one_and_no_two_as_one(seen: str, counted: str) -> None:
    with Flask("limits").test_request_context(environ_base={"REMOTE_ADDR": seen}):
        assert client() == counted
