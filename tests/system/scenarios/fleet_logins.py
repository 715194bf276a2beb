"""People who enroll once and log in on every host of a fleet."""
import json
import re

from dialogue import CHOICE, REGISTRATION, confirm, typed_off_the_screen
from fleet import NODES
from web01 import until


def who_enrolled_on_the_node_logs_in_on_a_host_at_once(fleet):
    fleet.stand(sshd=True)
    alice = fleet.add_person("alice", enrolled=True)
    fleet.logs_in(fleet.web02, alice)
    fleet.auth1.expect_log("verdict=accepted user=alice service=sshd rhost=192.0.2.1 host=web02 method=totp")
    _refused_elsewhere(fleet, alice, alice.phone.given[-1])
    fleet.logs_in(fleet.web01, alice)


def who_enrolls_on_one_host_logs_in_on_another_at_once(fleet):
    """In a login over ssh, on a host of class `enroll`, with the registration code that the node gave."""
    fleet.stand(hosts=[fleet.web01, fleet.web02], sshd=True)
    fleet.auth1.run_tool("fleet", "class", "web01", "enroll")
    fleet.let_people_enroll([fleet.web01, fleet.web02])
    alice = fleet.add_person("alice")
    session = fleet.begin(fleet.web01, alice)
    session.answer(CHOICE, "t")
    session.answer(REGISTRATION, fleet.given_code("invite", "alice"))
    alice.phone = typed_off_the_screen(session)
    confirm(session, alice)
    fleet.is_in(session, fleet.web01, alice)
    fleet.logs_in(fleet.web02, alice)


def _refused_elsewhere(fleet, person, used):
    for host in (fleet.web01, fleet.web03):
        session = fleet.at_the_prompt(host, person)
        session.type(used)
        fleet.is_refused(session)
    fleet.auth1.expect_log("verdict=refused user=alice service=sshd rhost=192.0.2.1 host=web03 method=totp reason=reused")


def who_is_dropped_has_lost_the_connection_within_two_seconds(fleet):
    """In the middle of a login; what is typed then is judged nowhere, so it is good on another host."""
    fleet.stand(sshd=True)
    alice = fleet.add_person("alice", enrolled=True)
    standing = fleet.at_the_prompt(fleet.web01, alice)
    fleet.auth1.run_tool("fleet", "drop-host", "web01")
    fleet.web01.expect_node_is("not asked", 2.5)
    code = alice.phone.code()
    standing.type(code)
    fleet.ends_without_a_login(standing)
    fleet.ends_without_a_login(fleet.begin(fleet.web01, alice))
    fleet.web01.expect_log("verdict=unavailable user=alice")
    fleet.logs_in(fleet.web02, alice, code)


def who_was_dropped_joins_again_by_a_new_token(fleet):
    fleet.stand(hosts=[fleet.web01])
    alice = fleet.add_person("alice", enrolled=True)
    fleet.auth1.run_tool("fleet", "drop-host", "web01")
    fleet.web01.expect_node_is("not asked")
    token = fleet.token_of(fleet.auth1, "web01")
    assert "nothing changed" in fleet.web01.join(NODES, token)
    fleet.web01.join(NODES, token, "--again")
    fleet.web01.expect_node_is("asked")
    fleet.web01.ask_many([("alice", "198.51.100.7")])
    assert fleet.web01.say_many([alice.phone.code()]) == ["accepted"]


def doctor_on_a_host_compares_its_own_service_with_its_own_files(fleet):
    fleet.stand(hosts=[fleet.web01])
    other = "still has the configuration of"
    assert other not in fleet.web01.ended_with("secondstep", "check-config")[1]
    fleet.web01.set_first_line("tries = 2")
    assert other in fleet.web01.ended_with("secondstep", "check-config")[1]


def _doctor_says_of_the_node(fleet):
    findings = json.loads(fleet.web01.ended_with("secondstep", "doctor", "--json")[1])["findings"]
    return next(f"{finding['level']}: {finding['text']}" for finding in findings if finding["text"].startswith("auth1 ("))


def doctor_on_a_host_says_how_far_away_a_node_is_and_its_clock(fleet):
    """The clock is looked at with each ping."""
    fleet.stand(hosts=[fleet.web01], clocks={fleet.auth1: 0})
    said = _doctor_says_of_the_node(fleet)
    assert re.search(r"ok: auth1 \(192\.0\.2\.11:7464\) answers within \d+\.\d ms, and its clock agrees", said), said
    for ahead, level, words in ((-1.5, "warning", r"1\.5 s behind"), (-1.5, "error", r"3\.0 s behind")):
        fleet.auth1.move_clock(ahead)
        until(lambda words=words: re.search(words, _doctor_says_of_the_node(fleet)), words)
        assert _doctor_says_of_the_node(fleet).startswith(level)
    fleet.auth1.stop_relay("KILL")
    fleet.web01.expect_node_is("not asked")
    assert _doctor_says_of_the_node(fleet).startswith("error: auth1 (192.0.2.11:7464) is not asked: ")
