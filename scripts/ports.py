"""Ports of the loopback for servers that are started as programs of their own."""

import socket
import sys


def kept_port() -> int:
    """A free port that no other program gets as long as this process lives, but for the server that is told it.

    A port that is merely found free may be another's before the server listens there. On Linux a socket stays bound to
    it, which is in nobody's way who names the port (SO_REUSEADDR, as servers set it), and nobody is given it who asks
    for any. Elsewhere that would be in the server's way, too: there the port is only likely to stay free.
    """
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", 0))
    port = int(door.getsockname()[1])
    if sys.platform == "linux":
        # The descriptor stays open without its object, which would be warned of at the end.
        door.detach()
    else:
        door.close()
    return port
