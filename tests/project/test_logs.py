"""What fails every second is logged once a minute."""

import logging
import time

import pytest

from newsroom.logs import NoRepeats


def test_a_message_passes_once_a_minute_and_no_other_waits_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passed = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: 1000 + passed[0])
    once = NoRepeats()

    def passes(message: str, *args: object) -> bool:
        record = logging.LogRecord("a.logger", logging.ERROR, "", 0, message, args, None)
        return bool(once.filter(record))

    assert passes("digest %s", 1)
    assert not passes("digest %s", 1)
    assert passes("digest %s", 2)
    passed[0] = 59
    assert not passes("digest %s", 1)
    passed[0] = 61
    assert passes("digest %s", 1)
    assert not passes("digest %s", 1)
