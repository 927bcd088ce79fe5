"""Which port a server can listen on."""

import errno
import socket


def try_port(host: str, port: int) -> None:
    """Raises OSError when nothing can listen there."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        # As servers do: a port that was in use a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def next_free_port(host: str, first: int) -> int:
    """The first port from `first` on that nobody listens on; other troubles raise OSError."""
    for port in range(first, 65536):
        try:
            try_port(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return port
    raise OSError(errno.EADDRINUSE, f"Every port from {first} on is in use")
