"""People help themselves: they enroll at their first login, and set up again when the phone is lost, over real ssh."""
from authenticator import Authenticator
from dialogue import (CHOICE, CODE_IN_THE_APP, LOOK, MENU, NEW_CODES, RECOVERY_CODE, REGISTRATION, SAVED, begin, confirm,
                      logs_in, logs_in_with_a_code, may_enroll, shown_codes, typed_off_the_screen)
from screen import DARK_THEME, TmuxTerminal, decode
from terminal import Terminal
from web01 import CODE_PROMPT, REFUSED


def a_first_login_enrolls_and_the_next_one_asks_for_the_code(web01):
    alice = may_enroll(web01)
    session = begin(web01, alice)
    session.expect("asks for a second step")
    session.answer(CHOICE, "t")
    alice.phone = typed_off_the_screen(session)
    confirm(session, alice)
    logs_in(session)
    web01.expect_log(r"change=enrolled user=alice service=sshd rhost=127\.0\.0\.1 proof=open")
    # sshd shows what comes after the last prompt to a shell only.
    session = begin(web01, alice, command=())
    session.answer(CODE_PROMPT, alice.phone.code())
    session.expect(r"Your second step was changed on .* from\s+127\.0\.0\.1: it was\s+set up\. Not you\?")
    session.type("exit")
    assert session.end() == 0


def the_picture_is_scanned_from_the_screen_of_a_real_terminal(web01):
    alice = may_enroll(web01)
    terminal = TmuxTerminal("ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                            "-o", "LogLevel=ERROR", "-o", "PubkeyAuthentication=no", "alice@127.0.0.1",
                            columns=80, rows=40)
    terminal.wait_for("Password:")
    terminal.type(alice.password)
    terminal.wait_for("Choice:")
    terminal.type("q")
    terminal.wait_for("Code in the app")
    scanned = decode(terminal.picture(DARK_THEME))
    assert scanned.startswith("otpauth://totp/"), f"nothing to scan in\n{terminal.text()}"
    alice.phone = Authenticator(scanned)
    terminal.type(alice.phone.code())
    terminal.wait_for("Code successfully verified. 2FA method is set to TOTP.")
    alice.recovery_codes = RECOVERY_CODE.findall(terminal.text())
    terminal.close()
    web01.expect_log(r"change=enrolled user=alice")


def after_a_wrong_password_nothing_is_offered(web01):
    may_enroll(web01)
    session = web01.ssh("alice")
    session.answer("Password: ", "not her password")
    assert session.end() != 0
    assert "second step" not in session.transcript, session.transcript


def until_the_deadline_it_can_be_declined(web01):
    alice = may_enroll(web01, "enroll_until = 2099-03-31\nenrollment = open")
    session = begin(web01, alice)
    session.expect(r"asks for a second step after 31 March")
    session.answer(CHOICE, "")
    logs_in(session)


def after_the_deadline_it_cannot(web01):
    alice = may_enroll(web01, "enroll_until = 2020-03-31\nenrollment = open")
    session = begin(web01, alice)
    session.answer(CHOICE, "")
    session.answer(CHOICE, "not now")
    session.answer(CHOICE, "")
    assert session.end() != 0
    assert "logged in as" not in session.transcript
    web01.expect_log(r"verdict=refused user=alice service=sshd .*it is due")


def a_lost_phone_is_replaced_with_a_recovery_code(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    lost, old_codes = alice.phone, list(alice.recovery_codes)
    session = begin(web01, alice)
    session.answer(CODE_PROMPT, "?")
    session.answer(MENU, "2")
    session.answer("Recovery code: ", old_codes[0].lower().replace("-", " "))
    session.expect(r"this code resumes until \d\d:\d\d")
    session.answer(LOOK, "t")
    alice.phone = typed_off_the_screen(session)
    confirm(session, alice)
    logs_in(session)
    assert "-2" in session.transcript, "the new entry has a name of its own"
    refused = begin(web01, alice)
    refused.answer(CODE_PROMPT, lost.code())
    refused.expect(REFUSED)
    refused.answer(CODE_PROMPT, old_codes[1])
    refused.expect(REFUSED)
    refused.answer(CODE_PROMPT, alice.phone.code())
    logs_in(refused)


def who_hangs_up_in_the_middle_keeps_the_old_phone_and_resumes_with_the_same_key(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    code = alice.recovery_codes[0]
    keys = []
    for _ in range(2):
        session = begin(web01, alice)
        session.answer(CODE_PROMPT, "?")
        session.answer(MENU, "2")
        session.answer("Recovery code: ", code)
        session.answer(LOOK, "t")
        keys.append(typed_off_the_screen(session).secret)
        session.expect(CODE_IN_THE_APP)
        session.end_by_force()
    assert keys[0] == keys[1]
    logs_in_with_a_code(web01, alice)
    refused = begin(web01, alice)
    refused.answer(CODE_PROMPT, code)
    refused.expect(REFUSED)
    refused.end_by_force()


def _hangs_up_before_saved(web01, alice):
    session = begin(web01, alice)
    session.answer(CHOICE, "t")
    alice.phone = typed_off_the_screen(session)
    session.answer(CODE_IN_THE_APP, alice.phone.code())
    session.expect(SAVED)
    session.end_by_force()


def who_hangs_up_before_saved_is_offered_new_codes(web01):
    alice = may_enroll(web01)
    _hangs_up_before_saved(web01, alice)
    # Nobody takes that for a login.
    web01.expect_log(r"change=enrolled user=alice ")
    web01.expect_log(r"recovery codes of alice: nobody was there to confirm that they are saved")
    again = begin(web01, alice)
    again.answer(CODE_PROMPT, alice.phone.code())
    again.answer(r"New recovery codes now \(y, Enter = later\): ", "y")
    alice.recovery_codes = shown_codes(again.before(SAVED))
    again.type("saved")
    logs_in(again)


def of_two_terminals_exactly_one_becomes_valid_and_the_other_is_told(web01):
    alice = may_enroll(web01)
    first, second = begin(web01, alice), begin(web01, alice)
    phones = []
    for session in (first, second):
        session.answer(CHOICE, "t")
        phones.append(typed_off_the_screen(session))
        session.expect(CODE_IN_THE_APP)
    assert phones[0].secret != phones[1].secret, "who knows the password alone is not shown what was shown before"
    alice.phone = phones[0]
    first.type(phones[0].code())
    alice.recovery_codes = shown_codes(first.before(SAVED))
    second.type(phones[1].code())
    assert second.end() != 0
    first.type("saved")
    logs_in(first)
    web01.expect_log(r"set up in another login meanwhile")


def a_remembered_client_is_not_asked_again(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.add_rule("people", "users = alice\naction = require\nremember = 8h")
    web01.start_service()
    web01.start_sshd()
    logs_in_with_a_code(web01, alice)
    session = begin(web01, alice)
    logs_in(session)
    assert CODE_PROMPT not in session.transcript
    web01.expect_log(r"verdict=accepted user=alice service=sshd .*reason=remembered")
    elsewhere = web01.pamtester("sshd", "alice", rhost="198.51.100.7")
    elsewhere.answer("Password: ", alice.password)
    elsewhere.expect(CODE_PROMPT)
    elsewhere.end_by_force()


# What a phase may believe


def _codes_that_nobody_saved(web01, alice):
    _hangs_up_before_saved(web01, alice)
    session = begin(web01, alice)
    session.answer(CODE_PROMPT, alice.phone.code())
    session.answer(NEW_CODES, "")
    logs_in(session)


def who_was_let_in_as_remembered_is_offered_nothing(web01):
    """The password and the address of somebody who logged in minutes ago are no second factor, and make none."""
    alice = may_enroll(web01, "enrollment = open\nremember = 8h")
    _codes_that_nobody_saved(web01, alice)
    with web01.nothing_changes():
        session = begin(web01, alice)
        logs_in(session)
        assert "ecovery code" not in session.transcript, session.transcript
    web01.expect_log(r"verdict=accepted user=alice service=sshd .*reason=remembered")
    # Whoever gives a code is offered them still.
    web01.run_tool("clients", "drop", "alice")
    session = begin(web01, alice)
    session.answer(CODE_PROMPT, alice.phone.code())
    session.answer(NEW_CODES, "y")
    alice.recovery_codes = shown_codes(session.before(SAVED))
    session.type("saved")
    logs_in(session)


def a_program_that_enters_the_account_phase_alone_is_offered_nothing(web01):
    alice = may_enroll(web01)
    _codes_that_nobody_saved(web01, alice)
    web01.use_stack("reader", text="account required pam_secondstep.so\naccount required pam_permit.so\n")
    with web01.nothing_changes():
        session = Terminal("pamtester", "reader", "alice", "acct_mgmt")
        assert session.end() == 0
        assert "ecovery code" not in session.transcript, session.transcript


def a_key_that_was_shown_is_not_shown_at_the_next_address(web01):
    alice = may_enroll(web01, "enrollment = registration-code")
    code = web01.given_code("invite", "alice")
    keys = []
    for address in ("127.0.0.1", "127.0.0.2", "127.0.0.1"):
        session = web01.ssh("alice", options=("-b", address))
        session.answer("Password: ", alice.password)
        session.answer(CHOICE, "t")
        session.answer(REGISTRATION, code)
        keys.append(typed_off_the_screen(session).secret)
        session.end_by_force()
    assert keys[0] == keys[2], "whoever comes back and proves the same goes on"
    assert keys[0] != keys[1], "a neighbour is shown another one"
