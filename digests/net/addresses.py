"""Which IP addresses and ports may be reached: the public ones, and what the operator allows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

import idna

from digests.net.errors import Failure, FetchError

type Address = IPv4Address | IPv6Address
type Network = IPv4Network | IPv6Network

WEB_PORTS = {80, 443}

_HOST = re.compile(r"(?!.{254})[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?")
# Whatever ends like this, some resolvers take for an IPv4 address: 127.1, 0x7f.1, 2130706433.
_NUMERIC = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)\.?")
_ENTRY = re.compile(r"(\[[^\[\]]+\]|[^\[\]:]+):([0-9]{1,5})")

_GLOBAL_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
# Networks that lead to somewhere else, or that `is_global` does not know in every Python we run on.
_REFUSED = [
    ip_network(network)
    for network in (
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "168.63.129.16/32",  # Azure's own services, at an address that looks public
        "192.0.0.0/24",  # protocol assignments, and Oracle's metadata
        "192.88.99.0/24",  # relays of 6to4
    )
]


def is_public(address: Address) -> bool:
    """Whether the address belongs to one machine of the public internet.

    An address that holds an IPv4 address is judged by that.
    """
    if isinstance(address, IPv6Address):
        if embedded := _embedded(address):
            return is_public(embedded)
        if address not in _GLOBAL_UNICAST or address.scope_id:
            return False
    if any(address in network for network in _REFUSED):
        return False
    return address.is_global and not address.is_multicast


def _embedded(address: IPv6Address) -> IPv4Address | None:
    if address.ipv4_mapped:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None


@dataclass(frozen=True)
class Allowed:
    """What the operator allows beside the public web: a host, or a network, at one port."""

    where: str | Network
    port: int

    @classmethod
    def parse(cls, entry: str) -> "Allowed":
        """Read `host:port` or `network:port`, IPv6 in brackets.

        Raises `ValueError` with the reason as a sentence.
        """
        match = _ENTRY.fullmatch(entry.strip())
        if not match or not 0 < int(match[2]) < 65536:
            raise ValueError(f"{entry!r} is neither host:port nor network:port.")
        return cls(_host_or_network(match[1]), int(match[2]))

    def covers(self, host: str, port: int, address: Address) -> bool:
        if port != self.port:
            return False
        if isinstance(self.where, str):
            return host.removesuffix(".") == self.where
        if isinstance(address, IPv6Address):
            address = _embedded(address) or address
        return address in self.where


def _host_or_network(text: str) -> str | Network:
    """Read what stands before the port. What looks like an address must be one in full."""
    if text[0] == "[" or "/" in text or _NUMERIC.fullmatch(text):
        try:
            return ip_network(text.strip("[]"))
        except ValueError as error:
            raise ValueError(f"{text!r} is no network: {error}.") from None
    try:
        host = text.lower() if text.isascii() else idna.encode(text, uts46=True).decode()
    except idna.IDNAError:
        host = ""
    if not _HOST.fullmatch(host):
        raise ValueError(f"{text!r} is not the name of a host.")
    return host.removesuffix(".")


def literal_address(host: str) -> Address | None:
    """The IP address that a URL has for its host, or None if that is a name.

    Raises `FetchError` for what is neither, and for IPv4 in a form that only some programs read.
    """
    try:
        return ip_address(host)
    except ValueError:
        if _NUMERIC.fullmatch(host) or not _HOST.fullmatch(host):
            raise FetchError(Failure.ADDRESS, f"{host!r} is not the name of a host") from None
        return None


def check_port(port: int, allowed: Iterable[Allowed]) -> None:
    """Refuse a port at which nothing may be reached, before anybody is asked for addresses."""
    if port not in WEB_PORTS and all(entry.port != port for entry in allowed):
        raise FetchError(Failure.ADDRESS, f"port {port}")


def check_addresses(
    host: str, port: int, addresses: Iterable[Address], allowed: Iterable[Allowed]
) -> None:
    """Refuse a host if any of its addresses may not be reached at the port."""
    for address in addresses:
        if port in WEB_PORTS and is_public(address):
            continue
        if not any(entry.covers(host, port, address) for entry in allowed):
            raise FetchError(Failure.ADDRESS, f"{host} is {address}, port {port}")
