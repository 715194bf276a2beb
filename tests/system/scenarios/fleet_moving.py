"""People of a host's own store move into the fleet, and back."""
import base64
import json

BUNDLE = "/root/moving.bundle"


def who_was_enrolled_on_a_host_takes_phone_and_used_codes_along_and_back(fleet):
    fleet.create()
    fleet.auth1.start()
    fleet.web01.run_tool("setup")
    fleet.web01.start_service()
    fleet.web01.start_sshd(address=fleet.web01.address)
    alice = fleet.add_person("alice", enrolled_on=fleet.web01)
    fleet.logs_in(fleet.web01, alice)
    on_the_host = alice.phone.given[-1]

    token = _token_of(fleet, "fleet", "let-migrate", "web01")
    _give_token(fleet.web01, token, "--to", "fleet", "--output", BUNDLE)
    # The service of before runs with its old configuration, and has the store open.
    fleet.ends_without_a_login(fleet.begin(fleet.web01, alice))
    _carry(fleet.web01, fleet.auth1)
    moved = json.loads(fleet.auth1.run_tool("store", "migrate", "--to", "fleet", BUNDLE, "--json"))
    assert (moved["equal"], moved["left"], moved["different"]) == (1, [], []), moved
    fleet.auth1.run("rm", BUNDLE)
    fleet.auth1.run_tool("fleet", "end-migration", "web01")
    fleet.web01.stop_service()
    fleet.join(fleet.web01, fleet.web02)
    fleet.web01.start()
    fleet.web02.start()
    fleet.web02.start_sshd(address=fleet.web02.address)
    for host in (fleet.web01, fleet.web02):
        _is_refused(fleet, host, alice, on_the_host)
        fleet.logs_in(host, alice)
    in_the_fleet = alice.phone.given[-1]

    token = _token_of(fleet, "store", "migrate", "--to", "files", "web01", "--all", "--output", BUNDLE)
    assert "not enrolled" in fleet.auth1.ended_with("secondstep", "export", "alice", "--plain", "--yes")[1]
    _carry(fleet.auth1, fleet.web01)
    _give_token(fleet.web01, token, "--to", "files", BUNDLE)
    fleet.web01.stop()
    fleet.web01.run("rm", "/etc/secondstep/conf.d/fleet.conf")
    fleet.web01.start_service()
    _is_refused(fleet, fleet.web01, alice, in_the_fleet)
    fleet.logs_in(fleet.web01, alice)
    fleet.auth1.run_tool("fleet", "end-migration", "web01", "--taken-over")
    assert fleet.auth1.run("find", "/var/lib/secondstep/fleet/moves", "-name", "*.account") == ""


def _token_of(fleet, *words):
    token = json.loads(fleet.auth1.run_tool(*words, "--json"))["token"]
    fleet.plant([token])
    return token


def _give_token(host, token, *words):
    host.run("secondstep", "store", "migrate", *words, "--token-file", "-", input=token + "\n")


def _carry(one, other):
    """As an administrator does; it is gone there afterwards."""
    content = one.run("base64", BUNDLE)
    assert b"alice" not in base64.b64decode(content)
    one.run("rm", BUNDLE)
    other.run("sh", "-c", f"umask 077 && base64 -d > {BUNDLE}", input=content)


def _is_refused(fleet, host, person, code):
    session = fleet.at_the_prompt(host, person)
    session.type(code)
    fleet.is_refused(session)
