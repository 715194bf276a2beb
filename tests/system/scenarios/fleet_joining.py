"""Machines that become hosts of a fleet."""
import json
import re
import time

from fleet import NODES, PORT
from web01 import until

HOSTS = [f"h{number:02}" for number in range(40)]
LONGEST = 120.0
NODE_CERTIFICATE = "/etc/secondstep/fleet/node.pem"
TWO_THIRDS_OF_A_YEAR = 244 * 86400


def forty_hosts_join_with_one_token_within_two_minutes(fleet):
    """They share two cores, and a network card."""
    fleet.create()
    fleet.auth1.start()
    token = fleet.token_of(fleet.auth1, *HOSTS)
    fleet.web01.run_tool("setup")
    # On machines of their own each makes it for itself.
    fleet.web01.run("useradd", "--system", "--user-group", "--shell", "/usr/sbin/nologin", "secondstep-relay")
    begun = time.monotonic()
    fleet.web01.join_all_as(HOSTS, NODES, token)
    took = time.monotonic() - begun
    print(f"{len(HOSTS)} hosts have joined in {took:.1f} s")
    assert took < LONGEST
    assert len(set(fleet.web01.certificates_of(HOSTS))) == len(HOSTS)
    assert _registered(fleet) == HOSTS
    fleet.web01.start_relays_of(HOSTS)
    until(lambda: _connected(fleet) == HOSTS, "all hosts at the node")
    seen = json.loads(fleet.auth1.run_tool("fleet", "status", "--json"))["hosts"]
    assert all(host["connected"] and host["version"] for host in seen) and len(seen) == len(HOSTS), seen
    # The control: it was the token that let them in, and it is used up.
    status, said = fleet.web02.ended_with("secondstep", "setup", "--join", NODES, "--token-file", "-", "--name", "h40",
                                          input=token + "\n")
    assert status != 0 and "not" in said, said
    assert _registered(fleet) == HOSTS


def _registered(fleet):
    return sorted(host["host"] for host in json.loads(fleet.auth1.run_tool("fleet", "hosts", "--json")))


def _connected(fleet):
    return sorted(set(re.findall(r"Host (\S+) from \S+ is connected", fleet.auth1.log())))


def the_certificate_of_a_node_is_renewed_without_anybody(fleet):
    """Two thirds of its year are over; hosts believe the next one as they did the one before."""
    fleet.auth1.run_tool("setup")
    fleet.auth1.run_tool_at(-TWO_THIRDS_OF_A_YEAR, "fleet", "create", "--listen", f"{fleet.auth1.address}:{PORT}")
    first = fleet.auth1.read(NODE_CERTIFICATE)
    fleet.auth1.start()
    fleet.auth1.expect_any_log("The certificate of this node is renewed")
    fleet.auth1.expect_any_log("fleet: certificate given node=auth1")
    assert fleet.auth1.read(NODE_CERTIFICATE) != first
    fleet.join(fleet.web01)
    fleet.web01.start()
    fleet.web01.expect_node_is("asked")
    fleet.begin_anew_on_the_node("relay", hosts=[fleet.web01])
    # Once: the next one is new.
    assert fleet.auth1.log().count("The certificate of this node is renewed") == 1
    assert "node.pem is of auth1, until" in fleet.auth1.ended_with("secondstep", "doctor")[1]
