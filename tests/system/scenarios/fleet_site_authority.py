"""A fleet that takes the certificates of the authority that its site has anyway."""
import json

from fleet import NODES, PORT
from hostile_host import HostileHost, HungUp
from site_authority import ED25519, OPTIONS, P_384, RSA, SiteAuthority
from web01 import until

FOLDER = "/etc/secondstep/fleet"


def _create(fleet, site):
    site.give(fleet.auth1, RSA)
    fleet.create(*OPTIONS)
    fleet.auth1.start()


def _join(fleet, host):
    fleet.join(host, options=OPTIONS)


def _fingerprint(fleet, host):
    hosts = json.loads(fleet.auth1.run_tool("fleet", "hosts", "--json"))
    return next(one for one in hosts if one["host"] == host.name)["certificate"]


def _ask_anew(host):
    """Over a new connection; host's last word about its node is of that one."""
    before = host.log().count("is asked from now on")
    host.stop_relay()
    host.start_relay()
    until(lambda: host.log().count("is asked from now on") > before, f"{host.name} to ask its node again")


def certificates_of_the_sites_authority_make_a_fleet(fleet):
    """Root, one between, and a kind of key for each machine."""
    site = SiteAuthority()
    _create(fleet, site)
    for host, kind in ((fleet.web01, ED25519), (fleet.web02, P_384)):
        certificate, key = site.give(host, kind)
        _join(fleet, host)
        host.start()
        host.start_sshd(address=host.address)
        host.expect_node_is("asked")
        assert host.read(f"{FOLDER}/host.pem") == certificate
        assert host.run("stat", "-c", "%U %a", f"{FOLDER}/host.key") == "secondstep-relay 400\n"
        assert "BEGIN PRIVATE KEY" in host.read(f"{FOLDER}/host.key")
        assert host.ended_with("test", "-e", f"{FOLDER}/host.next")[0] != 0
    alice = fleet.add_person("alice", enrolled=True)
    fleet.logs_in(fleet.web01, alice)
    fleet.logs_in(fleet.web02, alice)
    fleet.auth1.expect_any_log("Host web01 from .* is connected")
    assert "the site's own authority, Example Root" in fleet.auth1.run_tool("fleet", "status")
    assert "the site's own authority, Example Root" in fleet.auth1.run_tool("fleet", "hosts")
    for machine, part in ((fleet.auth1, "node"), (fleet.web01, "host")):
        assert f"{part}.pem is of {machine.name}, until" in machine.ended_with("secondstep", "doctor")[1]
    # A host that brings none is told what to bring.
    status, said = fleet.web03.ended_with("secondstep", "setup", "--join", NODES, "--token-file", "-",
                                          input=fleet.token_of(fleet.auth1, "web03") + "\n")
    assert status == 1 and "--certificate FILE --key FILE --ca FILE" in said, said


class _Stranger:
    """Who has a certificate of the site's authority, and is no host."""

    def __init__(self, certificate, key):
        self._files = {f"{FOLDER}/host.pem": certificate, f"{FOLDER}/host.key": key}

    def read(self, path):
        return self._files[path]


def a_certificate_of_the_sites_authority_opens_nothing_without_a_token(fleet):
    site = SiteAuthority()
    _create(fleet, site)
    certificate, key = site.give(fleet.web01)
    stranger = HostileHost(_Stranger(certificate, key), fleet.auth1)
    stranger.send(3)  # TLS let it in: what decides is the registry
    try:
        while stranger.receive():
            pass
    except HungUp:
        pass
    fleet.auth1.expect_any_log("is disconnected: it is no host of the fleet")
    # The same in the place of a host's own files, in the hands of our own relay.
    site.give(fleet.web02)
    _join(fleet, fleet.web02)
    fleet.web02.start()
    fleet.web02.expect_node_is("asked")
    fleet.auth1.run_tool("fleet", "drop-host", "web02")
    fleet.web02.expect_node_is("not asked")
    assert fleet.web02.answers_at("root", "sshd", "198.51.100.7", 1) == ["unavailable"]
    fleet.web02.join(NODES, fleet.token_of(fleet.auth1, "web02"), "--again", *OPTIONS)
    fleet.web02.expect_node_is("asked")
    # A token of another host's name does not make it one either.
    status, said = fleet.web01.ended_with("secondstep", "setup", "--join", NODES, "--token-file", "-", *OPTIONS,
                                          input=fleet.token_of(fleet.auth1, "web03") + "\n")
    assert status == 1 and "the token is for other hosts than web01" in said, said
    # The control: the same certificate, once a token has registered it.
    _join(fleet, fleet.web01)
    fleet.web01.start()
    fleet.web01.expect_node_is("asked")
    assert fleet.web01.read(f"{FOLDER}/host.pem") == certificate


def the_next_certificate_of_the_site_takes_the_place_of_the_one_before(fleet):
    """What a site's tool does after it has renewed one: the same command again, and no token."""
    site = SiteAuthority()
    _create(fleet, site)
    first = site.give(fleet.web01)
    _join(fleet, fleet.web01)
    fleet.web01.start()
    fleet.web01.expect_node_is("asked")
    before = _fingerprint(fleet, fleet.web01)
    assert "nothing changed" in fleet.web01.run_tool("setup", "--join", NODES, *OPTIONS)
    certificate, _ = site.give(fleet.web01, RSA)
    assert "over the connection that it has" in fleet.web01.run_tool("setup", "--join", NODES, *OPTIONS)
    fleet.web01.expect_any_log("The certificate of this host is renewed")
    assert fleet.web01.read(f"{FOLDER}/host.pem") == certificate
    assert fleet.web01.ended_with("test", "-e", f"{FOLDER}/host.next")[0] != 0
    # Nobody logs in: the connection is made anew with it.
    fleet.auth1.expect_any_log("fleet: renewed host=web01")
    assert _fingerprint(fleet, fleet.web01) != before
    # The one before is nobody's, though the authority stands by it for 90 days.
    stranger = HostileHost(_Stranger(*first), fleet.auth1)
    stranger.send(3)
    fleet.auth1.expect_any_log("is disconnected: it is no host of the fleet")
    # And the node's.
    certificate, _ = site.give(fleet.auth1)
    made = fleet.auth1.run_tool("fleet", "create", "--listen", f"{fleet.auth1.address}:{PORT}", *OPTIONS)
    assert "before this ends" in made, made
    assert fleet.auth1.read(f"{FOLDER}/node.pem") == certificate
    fleet.auth1.stop_relay()
    fleet.auth1.start_relay()
    _ask_anew(fleet.web01)


def the_authority_of_the_site_goes_on_when_its_own_certificate_is_another_one(fleet):
    """Of the same key. The node has it first, and hosts follow; in between they know each other."""
    site = SiteAuthority()
    _create(fleet, site)
    site.give(fleet.web01)
    _join(fleet, fleet.web01)
    fleet.web01.start()
    fleet.web01.expect_node_is("asked")
    site.make_root(7300)
    site.give(fleet.auth1)
    made = fleet.auth1.run_tool("fleet", "create", "--listen", f"{fleet.auth1.address}:{PORT}", *OPTIONS)
    assert "of the same key: restart secondstepd.service" in made, made
    fleet.auth1.stop()
    fleet.auth1.start()
    _ask_anew(fleet.web01)
    assert not fleet.web01.read(f"{FOLDER}/authority.pem").endswith(site.root)
    before = _fingerprint(fleet, fleet.web01)
    site.give(fleet.web01)
    assert "over the connection that it has" in fleet.web01.run_tool("setup", "--join", NODES, *OPTIONS)
    fleet.auth1.expect_any_log("fleet: renewed host=web01")
    assert _fingerprint(fleet, fleet.web01) != before
    for machine in (fleet.auth1, fleet.web01):
        assert machine.read(f"{FOLDER}/authority.pem").endswith(site.root)
