"""A port reserved for a server is given to no other program."""

import socket
import sys
from contextlib import closing

import pytest

from ports import kept_port

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no port can be kept")


def is_refused(port: int) -> bool:
    """Whether a program that doesn't know whose port it is cannot have it."""
    with closing(socket.socket()) as other:
        try:
            other.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False


def test_a_kept_port_is_the_servers_alone_before_during_and_after_its_life() -> None:
    port = kept_port()
    assert is_refused(port)

    with socket.create_server(("127.0.0.1", port)):
        assert is_refused(port)
        socket.create_connection(("127.0.0.1", port)).close()

    assert is_refused(port)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
    socket.create_server(("127.0.0.1", port)).close()


def test_no_two_are_given_one_port() -> None:
    ports = [kept_port() for _ in range(50)]

    assert len(set(ports)) == 50
