"""Which addresses are public, and what an operator may allow beside them."""

from ipaddress import ip_address, ip_network

import pytest

from digests.net.addresses import Allowed, check_addresses, is_public, literal_address
from digests.net.errors import FetchError

PUBLIC = [
    "1.1.1.1",
    "93.184.216.34",
    "100.63.255.255",
    "100.128.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.167.255.255",
    "198.17.255.255",
    "223.255.255.254",
    "2001:4860:4860::8888",
    "2606:2800:220:1:248:1893:25c8:1946",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
]
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - nothing is bound
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",  # metadata of Alibaba
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",  # Azure
    "169.254.1.1",
    "169.254.169.254",  # metadata of most clouds
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.9",
    "192.0.0.192",  # metadata of Oracle
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",  # an IPv4 address in the form that was given up
    "::ffff:0:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:224.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::101:101",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:101:101::",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",  # metadata of Amazon
    "fe80::1",
    "fe80::1%1",
    "2606:2800:220:1:248:1893:25c8:1946%1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_machine_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_all_else_is_not(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("feeds.example:8080", Allowed("feeds.example", 8080)),
        ("Feeds.Example.:8080", Allowed("feeds.example", 8080)),
        ("内网.example:80", Allowed("xn--v6q792i.example", 80)),
        ("10.1.2.3:80", Allowed(ip_network("10.1.2.3"), 80)),
        (" 10.0.0.0/8:8000 ", Allowed(ip_network("10.0.0.0/8"), 8000)),
        ("[::1]:65535", Allowed(ip_network("::1"), 65535)),
        ("[fd00::/8]:443", Allowed(ip_network("fd00::/8"), 443)),
    ],
)
def test_an_exception_is_read(entry: str, expected: Allowed) -> None:
    assert Allowed.parse(entry) == expected


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ("", "neither host:port nor network:port"),
        ("feeds.example", "neither host:port nor network:port"),
        ("feeds.example:", "neither host:port nor network:port"),
        ("feeds.example:0", "neither host:port nor network:port"),
        ("feeds.example:65536", "neither host:port nor network:port"),
        ("feeds.example:８０", "neither host:port nor network:port"),
        ("http://feeds.example:80", "neither host:port nor network:port"),
        ("::1:80", "neither host:port nor network:port"),
        ("user@feeds.example:80", "not the name of a host"),
        ("feeds example:80", "not the name of a host"),
        (".:80", "not the name of a host"),
        ("10.0.0.1/8:80", "has host bits set"),
        ("10.0.0.0/33:80", "is no network"),
        ("127.1:80", "is no network"),
        ("0x7f000001:80", "is no network"),
        ("[feeds.example]:80", "is no network"),
    ],
)
def test_what_is_no_exception_is_refused_with_the_reason(entry: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Allowed.parse(entry)


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("intranet.example", 8080, "10.0.0.1"),
        ("intranet.example.", 8080, "10.0.0.1"),
        ("any.example", 9000, "192.168.7.1"),
        ("192.168.7.1", 9000, "192.168.7.1"),
        ("any.example", 9000, "::ffff:192.168.7.1"),
        ("any.example", 9000, "fd00::1"),
        ("any.example", 443, "1.1.1.1"),
    ],
)
def test_an_exception_opens_its_host_or_network(host: str, port: int, address: str) -> None:
    check_addresses(host, port, [ip_address(address)], EXCEPTIONS)


@pytest.mark.parametrize(
    ("host", "port", "address"),
    [
        ("intranet.example", 8081, "10.0.0.1"),
        ("intranet.example", 80, "10.0.0.1"),
        ("an.intranet.example", 8080, "10.0.0.1"),
        ("any.example", 8080, "10.0.0.1"),
        ("any.example", 9000, "192.169.7.1"),
        ("any.example", 80, "192.168.7.1"),
        ("any.example", 9000, "1.1.1.1"),
        ("any.example", 9000, "fe00::1"),
    ],
)
def test_an_exception_opens_nothing_else(host: str, port: int, address: str) -> None:
    with pytest.raises(FetchError, match="address"):
        check_addresses(host, port, [ip_address(address)], EXCEPTIONS)


EXCEPTIONS = [
    Allowed.parse(entry)
    for entry in ("intranet.example:8080", "192.168.0.0/16:9000", "[fd00::/8]:9000")
]


@pytest.mark.parametrize(
    "host",
    [
        "127.1",
        "127.0.1",
        "0x7f000001",
        "0x7f.0.0.1",
        "0X7F.1".lower(),
        "2130706433",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.01",
        "127.0.0.1.",
        "127.0.0.256",
        "1.1.1.1.1",
        "feeds.example.1",
        "feeds.0x",
        "a b.example",
        "a%2eb.example",
        "feeds..example",
        "feeds_example\x00",
        "",
        "x" * 64,
    ],
)
def test_a_host_is_an_address_in_full_or_a_name(host: str) -> None:
    with pytest.raises(FetchError, match="address"):
        literal_address(host)


@pytest.mark.parametrize("host", ["feeds.example", "feeds.example.", "xn--psst31g.cn", "a_b.x1"])
def test_a_name_is_no_address(host: str) -> None:
    assert literal_address(host) is None
