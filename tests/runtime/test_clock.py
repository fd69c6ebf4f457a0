"""Clocks say the time in UTC; the virtual one stands still until it is moved."""

from datetime import UTC, datetime, timedelta

import pytest

from signoff.runtime.clock import SystemClock, VirtualClock


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta()


def test_a_virtual_clock_stands_still_until_it_is_moved() -> None:
    clock = VirtualClock("2027-01-01T00:00Z")
    assert clock.now() == clock.now() == datetime(2027, 1, 1, tzinfo=UTC)
    assert clock.advance(timedelta(days=3)) == datetime(2027, 1, 4, tzinfo=UTC)
    assert clock.set("2027-01-02T08:00+08:00") == datetime(2027, 1, 2, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_a_time_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no offset"):
        VirtualClock("2027-01-01T00:00")
    with pytest.raises(ValueError, match="no offset"):
        VirtualClock("2027-01-01T00:00Z").set(datetime(2027, 1, 1))  # noqa: DTZ001 - the naive time is the point


def test_advancing_never_goes_back() -> None:
    with pytest.raises(ValueError, match="advances"):
        VirtualClock("2027-01-01T00:00Z").advance(timedelta(seconds=-1))
