"""Finding a port that a server can listen on."""

import errno
import socket


def try_port(host: str, port: int) -> None:
    """Try to listen on a port; raises OSError if that is not possible."""
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, protocol) as probe:
        # As servers do: a port that was in use a moment ago counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def next_free_port(host: str, first: int) -> int:
    """The first free port from `first` on; errors other than a port in use raise OSError."""
    for port in range(first, 65536):
        try:
            try_port(host, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
        else:
            return port
    raise OSError(errno.EADDRINUSE, f"Every port from {first} on is in use")
