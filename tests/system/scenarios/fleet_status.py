"""What a node says of its hosts: who is connected, of which version they are, and how far their clocks are off."""
import json
import re

from web01 import PROJECT, until

BEHIND = 3  # seconds; libfaketime takes what a clock is ahead off timers as well


def _status(fleet):
    return json.loads(fleet.auth1.run_tool("fleet", "status", "--json"))


def _host(fleet, name):
    return next(host for host in _status(fleet)["hosts"] if host["host"] == name)


def _is_off_by(fleet, name, least, most):
    ahead = _host(fleet, name)["clock_ahead_ms"]
    return ahead is not None and least <= ahead <= most


def _doctor_says(fleet):
    findings = json.loads(fleet.auth1.ended_with("secondstep", "doctor", "--json")[1])["findings"]
    return "\n".join(f"{one['level']}: {one['text']}" for one in findings if one["subject"] == "fleet")


def a_node_says_which_hosts_are_connected_and_what_they_say_of_themselves(fleet):
    fleet.stand(hosts=[fleet.web01, fleet.web02], clocks={fleet.web01: -BEHIND})
    fleet.join(fleet.web03)
    until(lambda: _is_off_by(fleet, "web01", -4500, -2000), "a clock that is behind")
    until(lambda: _is_off_by(fleet, "web02", -900, 900), "one that agrees")
    version = fleet.auth1.run_tool("--version").split()[1]
    for name in ("web01", "web02"):
        host = _host(fleet, name)
        assert host["connected"] and host["version"] == version and host["address"] == getattr(fleet, name).address, host
        assert host["connected_since"] <= host["heard"], host
    away = _host(fleet, "web03")
    assert (away["connected"], away["heard"], away["version"]) == (False, None, None), away
    until(lambda: "warning: by what they say, clocks of hosts differ" in _doctor_says(fleet), "a warning")
    assert "web01 (" in _doctor_says(fleet) and " s behind)" in _doctor_says(fleet), _doctor_says(fleet)
    assert "2 of 3 hosts connected" in _doctor_says(fleet)
    # The control: the clock is right again, and nothing else has changed.
    fleet.web01.move_clock(BEHIND)
    until(lambda: _is_off_by(fleet, "web01", -900, 900), "the clock that was set right")
    assert "clocks" not in _doctor_says(fleet), _doctor_says(fleet)


def _shape(screen):
    """What stays the same from one fleet to the next."""
    for pattern, name in ((r"\d{4}-\d\d-\d\d \d\d:\d\d", "TIME"), (r"\b[0-9a-f]{10}\b", "ID"), (r"Fleet [0-9a-f]{8}", "Fleet ID"),
                          (r"\b\d+\.\d+\.\d+ ", "VERSION "), (r" +", " ")):
        screen = re.sub(pattern, name, screen)
    return [line.strip() for line in screen.splitlines()]


def the_readme_shows_what_a_node_shows(fleet):
    fleet.stand(hosts=[fleet.web01, fleet.web02])
    until(lambda: all(host["connected"] for host in _status(fleet)["hosts"]), "both hosts")
    with open(f"{PROJECT}/README.md", encoding="utf-8") as file:
        shown = re.search(r"^    auth1# secondstep fleet status\n(.*?)\n\n(?=\S)", file.read(), re.MULTILINE | re.DOTALL).group(1)
    assert _shape(fleet.auth1.run_tool("fleet", "status")) == _shape(shown), _shape(shown)


def what_a_node_cannot_tell_of_its_hosts_is_not_no(fleet):
    fleet.stand(hosts=[fleet.web01])
    until(lambda: _host(fleet, "web01")["connected"], "the host")
    fleet.web01.stop_relay("KILL")
    until(lambda: _host(fleet, "web01")["connected"] is False, "its end")
    assert _host(fleet, "web01")["heard"] and _host(fleet, "web01")["version"], "as it was heard last"
    fleet.auth1.stop_relay()
    told = _status(fleet)
    assert told["relay"]["answers"] is False and "nobody listens" in told["relay"]["problem"], told["relay"]
    assert told["hosts"][0]["connected"] is None and told["hosts"][0]["class"] == "login", told["hosts"]
    assert "cannot be told" in fleet.auth1.run_tool("fleet", "status")
    assert "does not say which hosts are connected" in _doctor_says(fleet)
    fleet.auth1.start_relay()
    fleet.web01.start_relay()
    until(lambda: _host(fleet, "web01")["connected"], "both are back")
