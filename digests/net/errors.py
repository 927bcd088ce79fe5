"""Why a request failed, for a program to act on; the desk finds the words for people."""

from enum import StrEnum


class Failure(StrEnum):
    """The kinds of failure."""

    ADDRESS = "address"  # the URL, its host, its port or an IP address may not be reached
    DNS = "dns"  # the host's name was not found
    CONNECT = "connect"
    TLS = "tls"  # no encrypted connection, or a certificate that is not the host's
    TIMEOUT = "timeout"
    BROKEN = "broken"  # the answer broke off, or was no HTTP
    TOO_BIG = "too big"
    REDIRECTS = "redirects"  # more of them than are followed
    STATUS = "status"  # the server answered, and refused


class FetchError(Exception):
    """A request that failed. `detail` is the library's own English, for logs.

    After `STATUS`, `status` is the status and `retry_after` the seconds for which the server asked,
    if it did.
    """

    def __init__(
        self,
        kind: Failure,
        detail: str = "",
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{kind}: {detail}" if detail else str(kind))
        self.kind = kind
        self.detail = detail
        self.status = status
        self.retry_after = retry_after
