"""People help themselves: they enroll at their first login, and set up again when the phone is lost, over real ssh."""
import re
import time

from authenticator import Authenticator
from screen import DARK_THEME, TmuxTerminal, decode
from web01 import CODE_PROMPT, REFUSED

LOGGED_IN = r"logged in as alice"
VERIFIED = r"Code successfully verified\. 2FA method is set to TOTP\."
CHOICE = "Choice: "
MENU = r"Number \(Enter = back\): "
RECOVERY_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")


def _may_enroll(web01, terms="enrollment = open"):
    """An account without a second step under a rule that enrolls."""
    alice = web01.add_person("alice")
    web01.add_rule("people", f"users = alice\naction = enroll\n{terms}")
    web01.start_service()
    web01.start_sshd()
    return alice


def _begin(web01, person, **options):
    session = web01.ssh(person.name, **options)
    session.answer("Password: ", person.password)
    return session


def _phone_with(key):
    return Authenticator(f"otpauth://totp/web01:alice?secret={key.replace(' ', '')}&issuer=web01")


def _typed_off_the_screen(session):
    """The key that stands there as text, typed into the app."""
    return _phone_with(session.expect(r"Key +((?:[A-Z2-7]{4} ?)+)").group(1))


def _shown_codes(session):
    codes = RECOVERY_CODE.findall(session.transcript)
    assert len(codes) == 10, session.transcript
    return codes


def _confirm(session, person):
    session.answer("Code in the app: ", person.phone.code())
    session.expect(VERIFIED)
    session.expect('Type "saved" to go on: ')
    person.recovery_codes = _shown_codes(session)
    session.type("saved")


def _logs_in(session):
    session.expect(LOGGED_IN)
    assert session.end() == 0


def _logs_in_with_a_code(web01, person):
    session = _begin(web01, person)
    session.answer(CODE_PROMPT, person.phone.code())
    _logs_in(session)
    return session


def a_first_login_enrolls_and_the_next_one_asks_for_the_code(web01):
    alice = _may_enroll(web01)
    session = _begin(web01, alice)
    session.expect("asks for a second step")
    session.answer(CHOICE, "t")
    alice.phone = _typed_off_the_screen(session)
    _confirm(session, alice)
    _logs_in(session)
    web01.expect_log(r"change=enrolled user=alice service=sshd rhost=127\.0\.0\.1 proof=open")
    # sshd shows what comes after the last prompt to a shell only.
    session = _begin(web01, alice, command=())
    session.answer(CODE_PROMPT, alice.phone.code())
    session.expect(r"Your second step was changed on .* from\s+127\.0\.0\.1: it was\s+set up\. Not you\?")
    session.type("exit")
    assert session.end() == 0


def the_picture_is_scanned_from_the_screen_of_a_real_terminal(web01):
    alice = _may_enroll(web01)
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
    _may_enroll(web01)
    session = web01.ssh("alice")
    session.answer("Password: ", "not her password")
    assert session.end() != 0
    assert "second step" not in session.transcript, session.transcript


def until_the_deadline_it_can_be_declined(web01):
    alice = _may_enroll(web01, "enroll_until = 2099-03-31\nenrollment = open")
    session = _begin(web01, alice)
    session.expect(r"asks for a second step after 31 March")
    session.answer(CHOICE, "")
    _logs_in(session)


def after_the_deadline_it_cannot(web01):
    alice = _may_enroll(web01, "enroll_until = 2020-03-31\nenrollment = open")
    session = _begin(web01, alice)
    session.answer(CHOICE, "")
    session.answer(CHOICE, "not now")
    session.answer(CHOICE, "")
    assert session.end() != 0
    assert "logged in as" not in session.transcript
    web01.expect_log(r"verdict=refused user=alice service=sshd .*it is due")


def programs_without_a_person_go_on_until_the_deadline_and_are_denied_quickly_after_it(web01):
    alice = web01.add_person("alice")
    web01.give_key(alice)
    web01.add_rule("people", "users = alice\naction = enroll\nenroll_until = 2099-03-31\nenrollment = open")
    web01.start_service()
    web01.start_sshd("publickey")
    session = web01.ssh("alice")
    _logs_in(session)
    with open("/etc/secondstep/secondstep.conf", encoding="utf-8") as file:
        text = file.read()
    with open("/etc/secondstep/secondstep.conf", "w", encoding="utf-8") as file:
        file.write(text.replace("2099-03-31", "2020-03-31"))
    web01.stop_service()
    web01.start_service()
    begin = time.monotonic()
    denied = web01.ssh("alice")
    assert denied.end() != 0
    assert "logged in as" not in denied.transcript
    assert time.monotonic() - begin < 10
    web01.expect_log(r"verdict=refused user=alice service=sshd .*it is due")


def a_lost_phone_is_replaced_with_a_recovery_code(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    lost, old_codes = alice.phone, list(alice.recovery_codes)
    session = _begin(web01, alice)
    session.answer(CODE_PROMPT, "?")
    session.answer(MENU, "2")
    session.answer("Recovery code: ", old_codes[0].lower().replace("-", " "))
    session.expect(r"this code resumes until \d\d:\d\d")
    session.answer(r"QR picture or text \(q/t\): ", "t")
    alice.phone = _typed_off_the_screen(session)
    _confirm(session, alice)
    _logs_in(session)
    assert "-2" in session.transcript, "the new entry has a name of its own"
    refused = _begin(web01, alice)
    refused.answer(CODE_PROMPT, lost.code())
    refused.expect(REFUSED)
    refused.answer(CODE_PROMPT, old_codes[1])
    refused.expect(REFUSED)
    refused.answer(CODE_PROMPT, alice.phone.code())
    _logs_in(refused)


def who_hangs_up_in_the_middle_keeps_the_old_phone_and_resumes_with_the_same_key(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    code = alice.recovery_codes[0]
    keys = []
    for _ in range(2):
        session = _begin(web01, alice)
        session.answer(CODE_PROMPT, "?")
        session.answer(MENU, "2")
        session.answer("Recovery code: ", code)
        session.answer(r"QR picture or text \(q/t\): ", "t")
        keys.append(_typed_off_the_screen(session).secret)
        session.expect("Code in the app: ")
        session.end_by_force()
    assert keys[0] == keys[1]
    _logs_in_with_a_code(web01, alice)
    refused = _begin(web01, alice)
    refused.answer(CODE_PROMPT, code)
    refused.expect(REFUSED)
    refused.end_by_force()


def who_hangs_up_before_saved_is_offered_new_codes(web01):
    alice = _may_enroll(web01)
    session = _begin(web01, alice)
    session.answer(CHOICE, "t")
    alice.phone = _typed_off_the_screen(session)
    session.answer("Code in the app: ", alice.phone.code())
    session.expect('Type "saved" to go on: ')
    session.end_by_force()
    again = _begin(web01, alice)
    again.answer(CODE_PROMPT, alice.phone.code())
    again.answer(r"New recovery codes now \(y, Enter = later\): ", "y")
    again.expect('Type "saved" to go on: ')
    alice.recovery_codes = _shown_codes(again)
    again.type("saved")
    _logs_in(again)


def of_two_terminals_exactly_one_becomes_valid_and_the_other_is_told(web01):
    alice = _may_enroll(web01)
    first, second = _begin(web01, alice), _begin(web01, alice)
    for session in (first, second):
        session.answer(CHOICE, "t")
        alice.phone = _typed_off_the_screen(session)
        session.expect("Code in the app: ")
    code = alice.phone.code()
    first.type(code)
    first.expect('Type "saved" to go on: ')
    alice.recovery_codes = _shown_codes(first)
    second.type(code)
    assert second.end() != 0
    first.type("saved")
    _logs_in(first)
    web01.expect_log(r"set up in another login meanwhile")


def a_remembered_client_is_not_asked_again(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.add_rule("people", "users = alice\naction = require\nremember = 8h")
    web01.start_service()
    web01.start_sshd()
    _logs_in_with_a_code(web01, alice)
    session = _begin(web01, alice)
    _logs_in(session)
    assert CODE_PROMPT not in session.transcript
    web01.expect_log(r"verdict=accepted user=alice service=sshd .*reason=remembered")
    elsewhere = web01.pamtester("sshd", "alice", rhost="198.51.100.7")
    elsewhere.answer("Password: ", alice.password)
    elsewhere.expect(CODE_PROMPT)
    elsewhere.end_by_force()
