"""Which addresses are counted together when passwords are guessed."""

import pytest

from enlist.services.accounts.sign_in import network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:50123", "192.0.2.7"),  # some proxies add the port
        ("::ffff:192.0.2.7", "192.0.2.7"),  # IPv4, as a socket of both kinds tells it
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2:3:4:5:6]:50123", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),  # a socket of the machine itself
        ("unknown", "unknown"),
    ],
)
def test_addresses_of_one_network_are_counted_together(address: str, network: str) -> None:
    assert network_of(address) == network
