"""Machines that become hosts of a fleet."""
import json
import re
import time

from fleet import NODES
from web01 import until

HOSTS = [f"h{number:02}" for number in range(40)]
LONGEST = 120.0


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
    # The control: it was the token that let them in, and it is used up.
    status, said = fleet.web02.ended_with("secondstep", "setup", "--join", NODES, "--token-file", "-", "--name", "h40",
                                          input=token + "\n")
    assert status != 0 and "not" in said, said
    assert _registered(fleet) == HOSTS


def _registered(fleet):
    return sorted(host["host"] for host in json.loads(fleet.auth1.run_tool("fleet", "hosts", "--json")))


def _connected(fleet):
    return sorted(set(re.findall(r"Host (\S+) from \S+ is connected", fleet.auth1.log())))
