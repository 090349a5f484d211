"""Loopback ports for servers that run as separate programs."""

import socket
import sys


def kept_port() -> int:
    """A free port, reserved for the caller's server as long as this process lives.

    Another program could take a port that was only found free before the server listens on it. On Linux, a socket stays
    bound to the port: the system then gives it to no program that asks for any port, but a server that names it, with
    SO_REUSEADDR, can use it. On other systems such a socket would block the server, so the port is only likely to stay
    free.
    """
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.bind(("127.0.0.1", 0))
    port = int(door.getsockname()[1])
    if sys.platform == "linux":
        # The descriptor stays open without its object, which would cause a warning at the end.
        door.detach()
    else:
        door.close()
    return port
