"""What keeps the log short while something fails again and again. Known troubles have more to say:
`newsroom/troubles.py`."""

import logging
import time

MINUTE = 60.0


class NoRepeats(logging.Filter):
    """Passes each message once a minute: what is tried every second fails every second."""

    def __init__(self) -> None:
        super().__init__()
        self._passed: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        now = time.monotonic()
        passed = {message: at for message, at in self._passed.items() if at > now - MINUTE}
        message = (record.name, record.getMessage())
        is_new = message not in passed
        self._passed = passed | {message: now} if is_new else passed
        return is_new
