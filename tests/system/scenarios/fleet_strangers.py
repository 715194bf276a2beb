"""Machines with certificates that are not, or not any more, those of this fleet."""
from fleet import NODE, PORT

AUTHORITY = "/etc/secondstep/fleet/authority.pem"
MORE_THAN_A_YEAR = 400 * 86400


def _found(fleet, node, host, name=NODE):
    """A fleet of two machines, whose node says that it is called `name`."""
    node.run_tool("setup")
    node.run_tool("fleet", "create", "--listen", f"{node.address}:{PORT}", "--name", name)
    node.start()
    token = fleet.token_of(node, host.name)
    host.join(f"{name}={node.address}:{PORT}", token)
    host.start()
    host.expect_node_is("asked")


def _ask_another(host, node, name=NODE):
    host.stop_relay()
    host.point_to(f"{name}={node.address}:{PORT}")
    host.start_relay()


def a_certificate_of_another_fleet_opens_nothing_in_either_direction(fleet):
    _found(fleet, fleet.auth1, fleet.web01)
    _found(fleet, fleet.web03, fleet.web02)
    # Another node of the same name at that address: the host tells it nothing.
    _ask_another(fleet.web01, fleet.web03)
    fleet.web01.expect_any_log("is not asked: its certificate is not accepted")
    # A host that believes this fleet's authority, but has another one's certificate.
    fleet.web02.write(AUTHORITY, fleet.web01.read(AUTHORITY))
    _ask_another(fleet.web02, fleet.auth1)
    fleet.auth1.expect_any_log(f"{fleet.web02.address}.*certificate")
    assert fleet.web02.answers_at("root", "sshd", "198.51.100.7", 1) == ["unavailable"]
    assert "web02" not in fleet.auth1.run_tool("fleet", "hosts")
    # The control: the address and the name are good for who has the right one.
    _ask_another(fleet.web01, fleet.auth1)
    fleet.web01.expect_node_is("asked")


def a_certificate_that_has_ended_opens_nothing(fleet):
    _found(fleet, fleet.auth1, fleet.web01)
    fleet.auth1.stop_relay()
    fleet.auth1.start_relay(**fleet.auth1.set_clock(MORE_THAN_A_YEAR))
    fleet.web01.expect_node_is("not asked")
    fleet.auth1.expect_any_log("certificate has expired")
    assert fleet.web01.answers_at("root", "sshd", "198.51.100.7", 1) == ["unavailable"]
    # The control: the same certificate, while it lasts.
    fleet.auth1.stop_relay()
    fleet.auth1.start_relay(**fleet.auth1.set_clock(-MORE_THAN_A_YEAR))
    fleet.web01.expect_node_is("asked")


def a_host_whose_certificate_has_ended_asks_nobody(fleet):
    _found(fleet, fleet.auth1, fleet.web01)
    fleet.web01.stop_relay()
    fleet.web01.start_relay(**fleet.web01.set_clock(MORE_THAN_A_YEAR))
    fleet.web01.expect_any_log("secondstep-relay.*the certificate of this host, .*, has ended")
    assert fleet.web01.answers_at("root", "sshd", "198.51.100.7", 1) == ["unavailable"]
