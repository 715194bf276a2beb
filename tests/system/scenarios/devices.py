"""Somebody has a second device beside the first: adds it, logs in with either, and removes the first when it is lost."""
import json

from dialogue import CODE_IN_THE_APP, LOOK, begin, logs_in, phone_with, typed_off_the_screen
from terminal import Terminal
from web01 import CODE_PROMPT, REFUSED, run

PRESENT = "Present verification or recovery code: "


def _tool(person, *words):
    return Terminal("secondstep", *words, user=person.name)


def _list(person):
    session = _tool(person, "devices", "--json")
    assert session.end() == 0, session.transcript
    return json.loads(session.transcript)["devices"]


def _names(person):
    return [device["name"] for device in _list(person)]


def _add_tablet(alice):
    """As she does it herself, at a terminal; the tablet."""
    session = _tool(alice, "enroll", "--add", "--name", "tablet")
    session.expect("recovery codes")
    session.answer(PRESENT, alice.phone.code())
    session.answer(LOOK, "t")
    tablet = typed_off_the_screen(session)
    session.answer(CODE_IN_THE_APP, tablet.code())
    session.expect("Your recovery codes stay as they are".replace(" ", r"\s+"))
    assert session.end() == 0, session.transcript
    return tablet


def _logs_in_with(web01, alice, device):
    session = begin(web01, alice)
    session.answer(CODE_PROMPT, device.code())
    logs_in(session)


def _is_refused(web01, alice, code):
    session = begin(web01, alice)
    session.answer(CODE_PROMPT, code)
    session.expect(REFUSED)
    session.end_by_force()


def from_the_second_one_to_the_loss_of_the_first(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    tablet = _add_tablet(alice)
    web01.expect_log("change=device-added user=alice service=secondstep proof=code device=tablet")
    assert _names(alice) == ["phone", "tablet"]
    _logs_in_with(web01, alice, tablet)
    web01.expect_log("verdict=accepted user=alice service=sshd rhost=127.0.0.1 method=totp device=tablet reason=right")
    _logs_in_with(web01, alice, alice.phone)
    web01.expect_log("verdict=accepted user=alice service=sshd rhost=127.0.0.1 method=totp device=phone reason=right")
    assert all(device["last_used"] for device in _list(alice)), _list(alice)
    session = _tool(alice, "devices", "remove", "phone")
    session.expect("This removes")
    session.answer(PRESENT, tablet.code())
    session.expect("is removed")
    assert session.end() == 0, session.transcript
    web01.expect_log("change=device-removed user=alice service=secondstep proof=code device=phone")
    assert _names(alice) == ["tablet"]
    _is_refused(web01, alice, alice.phone.code())
    _logs_in_with(web01, alice, tablet)
    session = begin(web01, alice)
    session.answer(CODE_PROMPT, alice.recovery_codes[0])
    logs_in(session)
    session = _tool(alice, "devices", "remove", "tablet")
    session.expect(r"last\s+device")
    assert session.end() == 1, session.transcript
    assert _names(alice) == ["tablet"]


def an_administrator_does_the_same(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    made = json.loads(run("secondstep", "enroll", "alice", "--add", "--name", "tablet", "--no-confirm", "--json"))
    assert "recovery_codes" not in made, made
    tablet = phone_with(made["key"])
    web01.planted.append(made["key"])
    _logs_in_with(web01, alice, tablet)
    run("secondstep", "devices", "rename", "alice", "tablet", "pad")
    run("secondstep", "devices", "remove", "alice", "phone", "--yes")
    _is_refused(web01, alice, alice.phone.code())
    _logs_in_with(web01, alice, tablet)
    web01.expect_log("method=totp device=pad reason=right")
    status = json.loads(run("secondstep", "status", "alice", "--json"))[0]
    assert status["devices"] == ["pad"], status
