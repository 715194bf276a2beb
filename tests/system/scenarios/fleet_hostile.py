"""Who has broken into a plain host, and what they say to the real programs of a node: they keep to no rule of that host."""
import re

from hostile_host import CERTIFIED, ENROLL, OWN_UID, HostileHost, HungUp, introduction
from service_client import ACCOUNT
from web01 import CODE_PROMPT, REFUSED

MANAGE = 3
RECOVERY_CODES, DISABLE = 3, 4
FROM, STANDING_ASKED, RENEWAL_ASKED, NODE_RENEWAL_ASKED = 1, 6, 9, 14
BUDGET = 60  # judged failures a minute


def _uid_of(fleet, person):
    return int(fleet.auth1.run("id", "-u", person.name))


def _broken_into(fleet):
    """web01, whose own programs are gone."""
    fleet.web01.stop()
    hostile = HostileHost(fleet.web01, fleet.auth1)
    assert hostile.is_served()  # before it is, a node hangs up on who begins a conversation
    return hostile


def what_a_host_claims_makes_no_code_good_again(fleet):
    fleet.stand(hosts=[fleet.web01, fleet.web02], sshd=True)
    alice = fleet.add_person("alice", enrolled=True)
    fleet.logs_in(fleet.web02, alice)
    used, uid = alice.phone.given[-1], _uid_of(fleet, alice)
    hostile = _broken_into(fleet)
    for claims in ({}, {"methods": 15, "remember": 86400, "repeat": 86400}, {"who": OWN_UID, "caller": uid}):
        conversation = hostile.open("alice", introduction("alice", uid, **claims))
        assert conversation.heard() == CODE_PROMPT, claims
        assert conversation.answer(used) == CODE_PROMPT and REFUSED in conversation.shown, (claims, conversation.shown)
        conversation.leave()
    # The control: they speak as a host does, and a good code is one.
    conversation = hostile.open("alice", introduction("alice", uid))
    assert conversation.heard() == CODE_PROMPT
    assert conversation.answer(alice.phone.code()) == "accepted"
    fleet.auth1.expect_log("verdict=accepted user=alice service=sshd rhost=192.0.2.1 host=web01")


def who_guesses_for_a_host_is_not_judged_any_more_and_keeps_nobody_out(fleet):
    """Beyond its budget not even a right code is looked at there, and people log in elsewhere."""
    fleet.stand(hosts=[fleet.web01, fleet.web02], sshd=True)
    people = [fleet.add_person(name, enrolled=True) for name in ("alice", "bob", "carol")]
    for person in people:
        fleet.logs_in(fleet.web02, person)
    uids = [_uid_of(fleet, person) for person in people]
    hostile = _broken_into(fleet)
    for number in range(2 * BUDGET):
        who = number % len(people)
        conversation = hostile.open(people[who].name, introduction(people[who].name, uids[who]),
                                    rhost=f"10.{number}.1.1")
        if conversation.heard() == CODE_PROMPT:
            conversation.answer(people[who].phone.wrong_code())
        conversation.leave()
    alice = people[0]
    conversation = hostile.open("alice", introduction("alice", uids[0]), rhost="10.200.1.1")
    said = conversation.heard()
    if said == CODE_PROMPT:
        said = conversation.answer(alice.phone.code())
    assert said != "accepted", "a right code is judged although the budget is used up"
    judged = len(re.findall(r"verdict=refused user=\S+ service=sshd rhost=10\.\S+ host=web01 .*reason=wrong", fleet.auth1.log()))
    assert 0 < judged <= BUDGET, judged
    for person in people:
        fleet.logs_in(fleet.web02, person)


def a_host_of_class_login_changes_nobodys_second_step(fleet):
    """Whatever it says of its rules, of who asks, and of what a person may do; with a good code at hand."""
    fleet.stand(hosts=[fleet.web01, fleet.web02], sshd=True)
    fleet.auth1.add_rule("people", "users = *\naction = enroll\nallow_self_disable = yes")
    fleet.begin_anew_on_the_node("service", hosts=[fleet.web01, fleet.web02])
    alice, bob = fleet.add_person("alice", enrolled=True), fleet.add_person("bob")
    uid = _uid_of(fleet, alice)
    before = fleet.auth1.records_of("alice")
    hostile = _broken_into(fleet)
    for task in (RECOVERY_CODES, DISABLE):
        conversation = hostile.open("alice", introduction("alice", uid, OWN_UID, uid, may_disable=True), purpose=MANAGE,
                                    flags=0, task=task)
        said = conversation.heard()
        if said == CODE_PROMPT:
            said = conversation.answer(alice.phone.code())
        assert said == "not allowed", (task, said, conversation.shown)
    assert fleet.auth1.records_of("alice") == before
    _enrolls_nobody(fleet, hostile, bob)
    fleet.logs_in(fleet.web02, alice)


def _enrolls_nobody(fleet, hostile, person):
    open_rule = introduction(person.name, _uid_of(fleet, person), action=ENROLL, enrollment_open=True)
    authentication = hostile.open(person.name, open_rule, flags=1 | 4)
    said = authentication.heard()
    if said == "not needed":
        account = hostile.open(person.name, open_rule, purpose=ACCOUNT, proof=authentication.proof)
        said = account.heard()
        assert "Key:" not in account.shown, account.shown
        if said == "Choice: ":
            said = account.answer("t")
        assert said != "Code in the app: ", account.shown
    assert not fleet.auth1.records_of(person.name)


def a_host_says_nothing_that_is_a_relays_or_a_nodes(fleet):
    """Who is at the other end, and certificates for another name: it is hung up on, or gets its own."""
    fleet.stand(hosts=[fleet.web01])
    fleet.web01.stop()
    before = fleet.auth1.read("/etc/secondstep/fleet/node.pem")
    for kind, fields in ((FROM, bytes(32) + b"\0\x07192.0.2"), (NODE_RENEWAL_ASKED, b"\0\x05auth1\0\0")):
        hostile = HostileHost(fleet.web01, fleet.auth1)
        assert hostile.is_served()
        try:
            answered, _ = hostile.ask(kind, fields)
            assert answered != CERTIFIED
        except HungUp:
            pass
    assert fleet.auth1.read("/etc/secondstep/fleet/node.pem") == before
    hostile = HostileHost(fleet.web01, fleet.auth1)
    request = fleet.web01.run("openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                              "-keyout", "/dev/null", "-subj", "/CN=web02").encode()
    answered, fields = hostile.ask(RENEWAL_ASKED, len(request).to_bytes(2, "big") + request)
    if answered == CERTIFIED:
        size = int.from_bytes(fields[:2], "big")
        named = fleet.web01.run("openssl", "x509", "-noout", "-subject", input=fields[2:2 + size].decode())
        assert "web01" in named and "web02" not in named, named
