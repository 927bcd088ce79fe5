"""Typed reading of environment variables.

An `Environment` notes every variable it reads, so that README's configuration table is made from
what the settings really use. An invalid value is refused with the variable's name, its value and
what is accepted; the value of a secret is never repeated. An empty value counts as none.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ImproperlyConfigured

LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
PERIODS = {"sec": 1, "min": 60, "hour": 60 * 60}
HOST_NAME = re.compile(rf"{LABEL}(\.{LABEL})*", re.IGNORECASE)


@dataclass(frozen=True)
class Kind[T]:
    """The type of a variable: `parse` raises ValueError, `accepted` completes "NAME must be …"."""

    parse: Callable[[str], T]
    accepted: str
    secret: bool = False


@dataclass(frozen=True)
class Variable:
    """One line of the configuration table; `default` is written for people to read."""

    name: str
    default: str
    help: str


class Environment:
    """Reads variables from `values` (name → text, usually `os.environ`) and remembers which."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values
        self.variables: list[Variable] = []

    def read[T, D](
        self, name: str, kind: Kind[T], *, default: D, help: str, shown: str | None = None
    ) -> T | D:
        """The variable's value, or `default`, which the table writes as `shown`."""
        self.variables.append(Variable(name, str(default) if shown is None else shown, help))
        value = self.values.get(name, "").strip()
        if not value:
            return default
        try:
            return kind.parse(value)
        except ValueError:
            given = "holds something else" if kind.secret else f"is {value!r}"
            # `from None`: a parser's own message may repeat a secret.
            raise ImproperlyConfigured(f"{name} {given}: it must be {kind.accepted}.") from None


def choice[T](values: Mapping[str, T]) -> Kind[T]:
    """A kind that accepts the keys of `values`, in upper or lower case, and yields their values."""

    def parse(value: str) -> T:
        for name, meaning in values.items():
            if name.casefold() == value.casefold():
                return meaning
        raise ValueError

    return Kind(parse, " or ".join(values))


def integer(least: int, most: int) -> Kind[int]:
    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise ValueError
        return int(value)

    return Kind(parse, f"a whole number from {least} to {most}")


def folder(root: Path) -> Kind[Path]:
    """A kind for the path of a folder, which need not exist; a relative one starts at `root`."""

    def parse(value: str) -> Path:
        if "\0" in value:
            raise ValueError
        return root / Path(value).expanduser()

    return Kind(parse, "the path of a folder")


def secret(least: int) -> Kind[str]:
    def parse(value: str) -> str:
        if len(value) < least:
            raise ValueError
        return value

    return Kind(parse, f"at least {least} characters long", secret=True)


def _host(value: str) -> str:
    """A host name or an IP address (IPv6 without brackets), in lower case."""
    try:
        return str(ip_address(value))
    except ValueError:
        if not HOST_NAME.fullmatch(value) or len(value) > 253:
            raise
        return value.lower()


def bracketed(host: str) -> str:
    """`host` as it is written in a URL: an IPv6 address goes in brackets."""
    return f"[{host}]" if ":" in host else host


def _allowed_host(value: str) -> str:
    if value == "*":
        return value
    if value.startswith("[") and value.endswith("]"):
        return bracketed(str(IPv6Address(value[1:-1])))
    return "." + _host(value[1:]) if value.startswith(".") else bracketed(_host(value))


def _site_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError
    port = f":{parts.port}" if parts.port else ""  # .port refuses what is not a port
    return f"{parts.scheme}://{bracketed(_host(parts.hostname))}{port}"


def _site_name(value: str) -> str:
    if len(value) > 60 or not value.isprintable():
        raise ValueError
    return value


def _redis_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise ValueError
    if not re.fullmatch(r"(/[0-9]*)?", parts.path) or (parts.port is not None and not parts.port):
        raise ValueError
    return value


class Rate(NamedTuple):
    """A rate limit: at most `most` in `seconds`."""

    most: int
    seconds: int


def _rate(value: str) -> Rate | None:
    if value.casefold() == "none":
        return None
    most, _, period = value.partition("/")
    if not re.fullmatch(r"[1-9][0-9]{0,5}", most) or period not in PERIODS:
        raise ValueError
    return Rate(int(most), PERIODS[period])


def _time_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError
    return value


FLAG = choice({"true": True, "false": False})
HOST = Kind(_host, "a host name or an IP address")
ALLOWED_HOSTS = Kind(
    lambda value: [_allowed_host(host.strip()) for host in value.split(",")],
    "host names separated by commas (.example.org also stands for every name below it)",
)
SITE_URL = Kind(_site_url, "an address such as https://news.example.org, without a path")
SITE_NAME = Kind(_site_name, "a name on one line, of at most 60 characters")
REDIS_URL = Kind(_redis_url, "an address such as redis://:password@host:6379/0", secret=True)
RATE = Kind(_rate, "a number for a time, such as 2/sec, 120/min or 5000/hour, or none")
TIME_ZONE = Kind(_time_zone, "the name of a time zone, such as Asia/Shanghai")
