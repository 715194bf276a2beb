"""Real ssh sessions: the OpenSSH client and sshd, with the example stacks of etc/pam.d/debian."""
import subprocess

from web01 import CODE_PROMPT, REFUSED, Person

LOGGED_IN = r"logged in as alice"


def _password(session, person):
    session.answer("Password: ", person.password)


def _alice_with_password_and_code(web01, **enrollment):
    alice = web01.add_person("alice", enrolled=True, **enrollment)
    web01.start_service()
    web01.start_sshd()
    return alice


def _alice_with_key_and_code(web01, **enrollment):
    alice = web01.add_person("alice", enrolled=True, **enrollment)
    web01.give_key(alice)
    web01.start_service()
    web01.start_sshd("publickey,keyboard-interactive", "sshd-publickey-and-code")
    return alice


def _logs_in(session, code):
    session.answer(CODE_PROMPT, code)
    session.expect(LOGGED_IN)
    assert session.end() == 0


def _is_refused(session, code, *others):
    """All three questions answered, with the same code where no others are given."""
    second, third = others or (code, code)
    session.answer(CODE_PROMPT, code)
    session.expect(REFUSED)
    session.answer(CODE_PROMPT, second)
    session.expect(REFUSED)
    session.answer(CODE_PROMPT, third)
    assert session.end() != 0
    assert "logged in as" not in session.transcript


def _begin(web01, person):
    session = web01.ssh(person.name)
    if not person.has_key:
        _password(session, person)
    return session


# Password and code


def a_password_and_a_right_code_log_in(web01):
    alice = _alice_with_password_and_code(web01)
    _logs_in(_begin(web01, alice), alice.phone.code())
    web01.expect_log(r"verdict=accepted user=alice service=sshd rhost=127\.0\.0\.1 method=totp .*reason=right")


def a_password_and_a_wrong_code_do_not_log_in(web01):
    alice = _alice_with_password_and_code(web01)
    _is_refused(_begin(web01, alice), alice.phone.wrong_code())
    web01.expect_log(r"verdict=refused user=alice service=sshd")


def the_right_code_after_a_wrong_one_logs_in_within_one_connection(web01):
    alice = _alice_with_password_and_code(web01)
    session = _begin(web01, alice)
    session.answer(CODE_PROMPT, alice.phone.wrong_code())
    session.expect(REFUSED)
    _logs_in(session, alice.phone.code())


def the_same_code_again_does_not_log_in(web01):
    alice = _alice_with_password_and_code(web01)
    code = alice.phone.code()
    _logs_in(_begin(web01, alice), code)
    _is_refused(_begin(web01, alice), code)


def a_code_older_than_the_last_one_does_not_log_in(web01):
    alice = _alice_with_password_and_code(web01)
    older, newer = alice.phone.code(), alice.phone.code()
    _logs_in(_begin(web01, alice), newer)
    _is_refused(_begin(web01, alice), older)


def a_counter_based_code_logs_in_once(web01):
    alice = _alice_with_password_and_code(web01, method="hotp")
    code = alice.phone.code()
    _logs_in(_begin(web01, alice), code)
    _is_refused(_begin(web01, alice), code)
    _logs_in(_begin(web01, alice), alice.phone.code())


def a_recovery_code_logs_in_once(web01):
    alice = _alice_with_password_and_code(web01)
    code = alice.recovery_codes[0]
    _logs_in(_begin(web01, alice), code)
    web01.expect_log(r"verdict=accepted user=alice .*recovery_left=3")
    _is_refused(_begin(web01, alice), code)


def a_recovery_code_may_be_typed_in_small_letters_without_dashes(web01):
    alice = _alice_with_password_and_code(web01)
    typed = alice.recovery_codes[0].replace("-", "").lower()
    web01.planted.append(typed)
    _logs_in(_begin(web01, alice), typed)


def a_question_mark_shows_help_and_the_code_is_asked_for_again(web01):
    alice = _alice_with_password_and_code(web01)
    session = _begin(web01, alice)
    session.answer(CODE_PROMPT, "?")
    session.expect("(?i)recovery code")
    session.answer(r"Number \(Enter = back\): ", "")
    _logs_in(session, alice.phone.code())


def a_wrong_password_is_never_followed_by_the_question_for_a_code(web01):
    alice = _alice_with_password_and_code(web01)
    session = web01.ssh("alice")
    session.answer("Password: ", "not her password")
    assert session.end() != 0
    assert CODE_PROMPT not in session.transcript
    assert "verdict=" not in web01.own_log()
    # And with the right one it is.
    _logs_in(_begin(web01, alice), alice.phone.code())


def who_is_not_enrolled_logs_in_with_the_password_alone_under_allow(web01):
    alice = web01.add_person("alice")
    web01.start_service()
    web01.start_sshd()
    session = _begin(web01, alice)
    session.expect(LOGGED_IN)
    assert session.end() == 0
    assert CODE_PROMPT not in session.transcript
    web01.expect_log(r"verdict=not-needed user=alice service=sshd .*not enrolled")


def who_is_not_enrolled_is_refused_under_require(web01):
    alice = web01.add_person("alice")
    web01.set_action("require")
    web01.start_service()
    web01.start_sshd()
    _is_refused(_begin(web01, alice), "123456")


def who_was_disabled_logs_in_with_the_password_alone_under_allow(web01):
    alice = _alice_with_password_and_code(web01)
    web01.run_tool("disable", "alice", "--yes")
    session = _begin(web01, alice)
    session.expect(LOGGED_IN)
    assert session.end() == 0


def who_was_disabled_is_refused_under_require_with_the_old_code(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.set_action("require")
    web01.start_service()
    web01.start_sshd()
    web01.run_tool("disable", "alice", "--yes")
    _is_refused(_begin(web01, alice), alice.phone.code())


def after_many_wrong_codes_the_right_one_waits_until_the_administrator_unlocks(web01):
    alice = _alice_with_password_and_code(web01)
    for _ in range(2):
        _is_refused(_begin(web01, alice), *(alice.phone.wrong_code() for _ in range(3)))
    right = alice.phone.code()
    _is_refused(_begin(web01, alice), right)
    web01.expect_log(r"verdict=refused user=alice .*reason=.*(throttled|wait)")
    web01.run_tool("unlock", "alice")
    _logs_in(_begin(web01, alice), right)


def the_emergency_account_of_the_example_always_gets_in(web01):
    web01.set_action("require")
    emergency = web01.add_person("emergency")
    alice = web01.add_person("alice")
    with open(f"{web01.project}/etc/pam.d/debian/sshd-password-and-code", encoding="utf-8") as file:
        example = file.read()
    for phase in ("auth   ", "account"):
        commented = f"#{phase}   [success=1 default=ignore]  pam_succeed_if.so"
        assert commented in example
        example = example.replace(commented, commented[1:])
    web01.start_sshd(stack=None)
    web01.use_stack("sshd", text=example)
    # No service, and nothing that could stand in for it: Secondstep does not work at all.
    web01.break_secondstep()
    session = _begin(web01, emergency)
    session.expect("logged in as emergency")
    assert session.end() == 0
    # Everybody else is refused then.
    session = _begin(web01, alice)
    assert session.end() != 0
    assert "logged in as" not in session.transcript


# sshd's method `password` asks once


def _alice_with_one_line(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.use_stack("sshd", text="""auth    requisite  pam_secondstep.so prompt=combined enroll=account
auth    required   pam_unix.so try_first_pass
account required   pam_secondstep.so
account required   pam_unix.so
session required   pam_permit.so
""")
    web01.start_service()
    web01.start_sshd("password", stack=None)
    return alice


def the_method_password_takes_password_and_code_in_one_line(web01):
    alice = _alice_with_one_line(web01)
    session = web01.ssh("alice")
    session.answer("password: ", alice.password + alice.phone.code())
    session.expect(LOGGED_IN)
    assert session.end() == 0


def the_method_password_refuses_one_line_with_a_wrong_half(web01):
    alice = _alice_with_one_line(web01)
    for line in (alice.password + alice.phone.wrong_code(), "not her password" + alice.phone.code(), "no code at all"):
        session = web01.ssh("alice")
        session.answer("password: ", line)
        assert session.end() != 0
        assert "logged in as" not in session.transcript
    assert web01.own_log().count("reason=wrong") == 1, web01.own_log()


# Public key and code


def a_key_and_a_right_code_log_in(web01):
    alice = _alice_with_key_and_code(web01)
    session = _begin(web01, alice)
    _logs_in(session, alice.phone.code())
    assert "assword" not in session.transcript


def a_key_and_a_wrong_code_do_not_log_in(web01):
    alice = _alice_with_key_and_code(web01)
    _is_refused(_begin(web01, alice), alice.phone.wrong_code())


def a_key_and_the_same_code_again_do_not_log_in(web01):
    alice = _alice_with_key_and_code(web01)
    code = alice.phone.code()
    _logs_in(_begin(web01, alice), code)
    _is_refused(_begin(web01, alice), code)


def the_log_says_that_sshd_replaced_roots_answer(web01):
    """PermitRootLogin as Debian ships it: sshd hands an answer of its own to PAM, also after a right key."""
    root = Person("root", "nobody types it")
    web01.people["root"] = root
    web01.enroll(root)
    web01.give_key(root)
    web01.start_service()
    web01.start_sshd("publickey,keyboard-interactive", "sshd-publickey-and-code")
    _is_refused(_begin(web01, root), root.phone.code())
    web01.expect_log(r'verdict=refused user=root service=sshd .*reason="sshd replaced the answer')
    assert "not a code" not in web01.own_log(), web01.own_log()
    found = subprocess.run(["secondstep", "check-config"], capture_output=True, text=True, check=False).stdout
    assert "root is asked and refused whatever is typed" in " ".join(found.split()), found
    assert "mend  PermitRootLogin yes" in found, found


def a_key_and_a_recovery_code_log_in_once(web01):
    alice = _alice_with_key_and_code(web01)
    _logs_in(_begin(web01, alice), alice.recovery_codes[3])
    _is_refused(_begin(web01, alice), alice.recovery_codes[3])


def a_code_without_the_key_is_never_asked_for(web01):
    _alice_with_key_and_code(web01)
    session = web01.ssh("alice", with_key=False)
    assert session.end() != 0
    assert CODE_PROMPT not in session.transcript


def a_key_alone_logs_in_who_is_not_enrolled_under_allow(web01):
    alice = web01.add_person("alice")
    web01.give_key(alice)
    web01.start_service()
    web01.start_sshd("publickey,keyboard-interactive", "sshd-publickey-and-code")
    session = _begin(web01, alice)
    session.expect(LOGGED_IN)
    assert session.end() == 0


def a_key_alone_does_not_log_in_who_is_not_enrolled_under_require(web01):
    alice = web01.add_person("alice")
    web01.give_key(alice)
    web01.set_action("require")
    web01.start_service()
    web01.start_sshd("publickey,keyboard-interactive", "sshd-publickey-and-code")
    _is_refused(_begin(web01, alice), "123456")


# What is said after the code: once


def _says_it_once(web01, person):
    """To a login shell, with a client as people use it (with LogLevel=ERROR it shows no banner)."""
    session = web01.ssh(person.name, command=(), level="INFO")
    if not person.has_key:
        _password(session, person)
    session.answer(CODE_PROMPT, person.recovery_codes.pop())
    session.expect(r"\$ ")
    session.type("echo logged in as $(id -un); exit")
    session.expect(LOGGED_IN)
    session.end()
    for sentence in ("recovery codes left", "Your second step was changed"):
        assert session.transcript.count(sentence) == 1, session.transcript


def a_notice_and_the_codes_that_are_left_are_told_once(web01):
    _says_it_once(web01, _alice_with_password_and_code(web01))


def a_notice_is_told_once_after_a_key_too(web01):
    _says_it_once(web01, _alice_with_key_and_code(web01))
