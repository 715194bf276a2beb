"""People without privileges manage their own second step with the tool."""
import json

from dialogue import LOOK, REGISTRATION, SAVED, begin, confirm, logs_in, logs_in_with_a_code, shown_codes, typed_off_the_screen
from terminal import Terminal
from web01 import CODE_PROMPT, REFUSED

PRESENT = "Present verification or recovery code: "
SHELL = ()


def _tool(person, *words):
    return Terminal("secondstep", *words, user=person.name)


def _said(person, *words, status=0):
    """What the tool says when it has nothing to ask."""
    session = _tool(person, *words)
    assert session.end() == status, session.transcript
    return session.transcript


def _is_told_at_the_next_login(session, change):
    words = rf"Your second step was changed on [^\0]* from this machine: {change}"
    session.expect(words.replace(" ", r"\s+"))
    session.type("exit")
    assert session.end() == 0


def from_the_first_authenticator_to_the_end_of_it(web01):
    web01.set_first_line("enrollment = open")
    alice = web01.add_person("alice")
    web01.start_service()
    web01.start_sshd()
    assert "secondstep enroll" in _said(alice, "disable", status=6)
    # Open is for logins: a program of hers has shown nothing.
    session = _tool(alice, "enroll")
    session.answer(REGISTRATION, "")
    session.answer(REGISTRATION, "")
    session.answer(REGISTRATION, "")
    assert session.end() != 0
    code = web01.given_code("invite", "alice")
    session = _tool(alice, "enroll")
    session.answer(REGISTRATION, code)
    session.answer(LOOK, "t")
    alice.phone = typed_off_the_screen(session)
    confirm(session, alice)
    assert session.end() == 0
    assert "10 of 10" in _said(alice, "recovery-codes")
    first_codes = alice.recovery_codes
    session = _tool(alice, "recovery-codes", "--renew")
    session.answer(PRESENT, alice.phone.wrong_code())
    session.expect(REFUSED)
    session.answer(PRESENT, alice.phone.code())
    alice.recovery_codes = shown_codes(session.before(SAVED))
    session.type("saved")
    assert session.end() == 0
    session = begin(web01, alice, command=SHELL)
    session.answer(CODE_PROMPT, first_codes[0])
    session.expect(REFUSED)
    session.answer(CODE_PROMPT, alice.recovery_codes[0])
    _is_told_at_the_next_login(session, "new recovery codes were made")
    known = json.loads(_said(alice, "status", "--json"))
    assert known["enrolled"] and known["recovery_codes_left"] == 9, known
    session = _tool(alice, "disable")
    session.answer(PRESENT, alice.recovery_codes[1])
    session.expect(r"Your 2FA settings have been successfully deleted\.")
    assert session.end() == 0
    _is_told_at_the_next_login(begin(web01, alice, command=SHELL), "it was deleted")
    web01.planted += first_codes
    for change in ("enrolled", "recovery-codes", "disabled"):
        web01.expect_log(f"change={change} user=alice service=secondstep")


def nobody_manages_somebody_else(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.add_person("bob", enrolled=True)
    web01.start_service()
    with web01.nothing_changes():
        for words in (("status", "bob"), ("enroll", "bob"), ("recovery-codes", "bob", "--renew"), ("disable", "bob"),
                      ("clients", "drop", "bob"), ("unlock", "bob"), ("temporary-code", "alice")):
            said = _said(alice, *words, status=5)
            assert "root" in said, said


def who_needs_a_second_step_cannot_delete_it(web01):
    web01.set_first_line("contact = IT night desk, +49 30 1234")
    people = [web01.add_person(name, enrolled=True) for name in ("alice", "bob")]
    web01.add_rule("required", "users = alice\naction = require")
    web01.add_rule("enrolling", "users = bob\naction = enroll")
    web01.start_service()
    with web01.nothing_changes():
        for person in people:
            said = _said(person, "disable", status=5)
            assert "IT night desk, +49 30 1234" in said, said
            assert "required of you" in said, said


def a_remembered_address_is_shown_and_dropped(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.add_rule("people", "users = alice\naction = require\nremember = 8h")
    web01.start_service()
    web01.start_sshd()
    assert "no remembered clients" in _said(alice, "clients", "list")
    logs_in_with_a_code(web01, alice)
    logs_in(begin(web01, alice))
    assert "127.0.0.1" in _said(alice, "clients", "list")
    session = _tool(alice, "clients", "drop")
    session.answer(r"Address to forget \(all = every one, Enter = none\): ", "127.0.0.1")
    assert session.end() == 0
    session = begin(web01, alice)
    session.expect(CODE_PROMPT)
    session.end_by_force()
