"""Codes that an administrator gives out: to enroll, to log in once, to enroll again. And what recovery codes say."""
import re

from dialogue import (CHOICE, CODE_IN_THE_APP, LOGGED_IN, LOOK, MENU, REGISTRATION, SAVED, begin, confirm, logs_in,
                      logs_in_with_a_code, may_enroll, shown_codes, typed_off_the_screen)
from web01 import CODE_PROMPT, REFUSED

GIVEN = "Temporary or registration code: "
NOT_A_REGISTRATION = r"Not accepted\. A registration code works once"


def _types_at_the_choice(web01, person, *codes):
    """Begins a first login, and types one registration code after the other."""
    session = begin(web01, person)
    session.answer(CHOICE, "t")
    for code in codes:
        session.answer(REGISTRATION, code)
    return session


def _from_the_menu(web01, person, number):
    session = begin(web01, person)
    session.answer(CODE_PROMPT, "?")
    session.answer(MENU, number)
    return session


def a_registration_code_opens_the_first_login_once(web01):
    alice = may_enroll(web01, "enrollment = registration-code")
    code = web01.given_code("invite", "alice")
    refused = _types_at_the_choice(web01, alice, "00000-00000", "11111-11111", "no code at all")
    assert refused.end() != 0
    assert refused.transcript.count("Not accepted. A registration code works once") == 2, refused.transcript
    assert "Key" not in refused.transcript
    web01.expect_log(r"verdict=refused user=alice .*by=registration-code reason=wrong")
    session = _types_at_the_choice(web01, alice, code.lower().replace("-", " "))
    alice.phone = typed_off_the_screen(session)
    confirm(session, alice)
    logs_in(session)
    web01.expect_log(r"change=enrolled user=alice .*proof=registration-code")
    web01.run_tool("disable", "alice", "--yes")
    used_up = _types_at_the_choice(web01, alice, code)
    used_up.expect(NOT_A_REGISTRATION)
    used_up.end_by_force()


def guessing_registration_codes_is_throttled(web01):
    alice = may_enroll(web01, "enrollment = registration-code")
    code = web01.given_code("invite", "alice")
    wrong = [f"{n}0000-00000" for n in range(6)]
    assert _types_at_the_choice(web01, alice, *wrong[:3]).end() != 0
    assert _types_at_the_choice(web01, alice, *wrong[3:]).end() != 0
    throttled = _types_at_the_choice(web01, alice, code)
    throttled.expect(NOT_A_REGISTRATION)
    throttled.end_by_force()
    web01.expect_log(r"verdict=refused user=alice .*by=registration-code reason=throttled")
    web01.run_tool("unlock", "alice")
    session = _types_at_the_choice(web01, alice, code)
    session.expect("Key")
    session.end_by_force()


def a_temporary_code_logs_in_once_at_the_prompt_and_from_the_menu(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    code = web01.given_code("temporary-code", "alice", "--valid", "8h")
    session = begin(web01, alice)
    session.answer(CODE_PROMPT, code)
    logs_in(session)
    web01.expect_log(r"verdict=accepted user=alice .*by=temporary-code")
    again = begin(web01, alice)
    again.answer(CODE_PROMPT, code)
    again.expect(REFUSED)
    again.end_by_force()
    code = web01.given_code("temporary-code", "alice", "--valid", "8h")
    session = _from_the_menu(web01, alice, "3")
    session.answer(GIVEN, code.lower().replace("-", ""))
    logs_in(session)


def whoever_shall_enroll_again_does_so_at_the_next_login(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    lost = alice.phone
    code = web01.given_code("re-enroll", "alice")
    session = _from_the_menu(web01, alice, "3")
    session.answer(GIVEN, code)
    session.answer(LOOK, "t")
    alice.phone = typed_off_the_screen(session)
    confirm(session, alice)
    logs_in(session)
    web01.expect_log(r"change=enrolled user=alice .*proof=registration-code")
    # Who has the phone still needs no registration code.
    web01.run_tool("re-enroll", "alice", "--no-code")
    session = begin(web01, alice)
    session.answer(CODE_PROMPT, lost.code())
    session.expect(REFUSED)
    session.answer(CODE_PROMPT, alice.phone.code())
    session.expect(r"asks you to set up your second step again")
    session.answer(LOOK, "t")
    alice.phone = typed_off_the_screen(session)
    confirm(session, alice)
    logs_in(session)
    web01.expect_log(r"change=enrolled user=alice .*proof=code")


def a_recovery_code_says_how_many_are_left_and_the_menu_helps(web01):
    web01.set_first_line("recovery_codes = 4\ncontact = IT night desk, +49 30 1234")
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    session = begin(web01, alice, command=())
    session.answer(CODE_PROMPT, "?")
    session.answer(MENU, "4")
    session.expect(r"clock set automatically[^\0]*web01 and\s+alice")
    session.answer(CODE_PROMPT, "?")
    session.expect(r"None of these: call IT night desk, \+49 30 1234")
    session.answer(MENU, "5")
    session.expect(r"Call the administrator \(IT night desk, \+49 30 1234\)")
    session.answer(CODE_PROMPT, "?")
    session.answer(MENU, "1")
    session.answer("Recovery code: ", alice.recovery_codes[0])
    # sshd shows what comes after the last prompt to a shell only.
    session.expect(r"Accepted\. 3 recovery codes left\.\s+For new ones run: secondstep recovery-codes --renew")
    session.type("exit")
    assert session.end() == 0
    for number, said in ((1, "2 recovery codes"), (2, "1 recovery code"), (3, "No recovery codes")):
        session = begin(web01, alice, command=())
        session.answer(CODE_PROMPT, alice.recovery_codes[number])
        session.expect(rf"Accepted\. {said} left\.\s+For new ones run: secondstep recovery-codes --renew")
        session.type("exit")
        assert session.end() == 0


def a_first_login_killed_at_any_question_uses_up_nothing(web01):
    alice = may_enroll(web01, "enrollment = registration-code")
    code = web01.given_code("invite", "alice")
    answers = ((CHOICE, "t"), (REGISTRATION, code), (CODE_IN_THE_APP, None))
    keys = set()
    for killed_at in range(len(answers) + 1):
        session = begin(web01, alice)
        for prompt, answer in answers[:killed_at]:
            if prompt == CODE_IN_THE_APP:
                alice.phone = typed_off_the_screen(session)
            session.answer(prompt, answer or alice.phone.code())
        if killed_at < len(answers):
            keys.update(re.findall(r"Key: +(.*)", session.before(answers[killed_at][0])))
            session.end_by_force()
    assert len(keys) == 1 and keys.pop().replace(" ", "") == alice.phone.secret
    alice.recovery_codes = shown_codes(session.before(SAVED))
    session.type("saved")
    logs_in(session)


LOST_PHONE = ((CODE_PROMPT, "?"), (MENU, "2"), ("Recovery code: ", None), (LOOK, "t"), (CODE_IN_THE_APP, None))


def _sets_up_again_until(web01, person, questions):
    """Answers the first so many questions of the lost phone, and sees the one after them."""
    session = begin(web01, person)
    phone = None
    for prompt, answer in LOST_PHONE[:questions]:
        if prompt == CODE_IN_THE_APP:
            phone = typed_off_the_screen(session)
        answer = answer or (phone.code() if phone else person.recovery_codes[0])
        session.answer(prompt, answer)
    session.expect(SAVED if questions == len(LOST_PHONE) else LOST_PHONE[questions][0])
    return session, phone


def a_connection_killed_at_any_question_leaves_one_phone_that_works(web01):
    # Its codes are counted, so that there is one for every round.
    alice = web01.add_person("alice", enrolled=True, method="hotp")
    web01.start_service()
    web01.start_sshd()
    old = alice.phone
    for questions in range(len(LOST_PHONE)):
        session, _ = _sets_up_again_until(web01, alice, questions)
        session.end_by_force()
        logs_in_with_a_code(web01, alice)
    session, alice.phone = _sets_up_again_until(web01, alice, len(LOST_PHONE))
    session.end_by_force()
    after = begin(web01, alice)
    after.answer(CODE_PROMPT, old.code())
    after.expect(REFUSED)
    after.answer(CODE_PROMPT, alice.phone.code())
    after.answer(r"New recovery codes now \(y, Enter = later\): ", "")
    after.expect(LOGGED_IN)
    assert after.end() == 0
