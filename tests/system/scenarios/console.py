"""sudo, su and login on a terminal, and programs that are not root."""
from dialogue import CHOICE, confirm, typed_off_the_screen
from screen import DARK_THEME, TmuxTerminal, decode
from terminal import Terminal
from web01 import CODE_PROMPT, MODULE_LINE, REFUSED, run

AUTHENTICATED = "successfully authenticated"


def _sudo(person, **surroundings):
    return Terminal("sudo", "--", "sh", "-c", "echo done as $(id -un)", user=person.name, **surroundings)


def _su(person, **surroundings):
    """The account `visitor` becomes the person."""
    return Terminal("su", person.name, "-c", "echo done as $(id -un)", user="visitor", **surroundings)


def _login(person, **surroundings):
    return Terminal("login", person.name, **surroundings)


def _set_up(web01, program, enrolled, action):
    web01.set_action(action)
    alice = web01.add_person("alice", enrolled=enrolled)
    if program == "sudo":
        with open("/etc/sudoers.d/alice", "w", encoding="utf-8") as file:
            file.write("alice ALL=(ALL:ALL) ALL\n")
    if program == "su":
        web01.add_person("visitor")
    web01.use_stack(program)
    web01.start_service()
    return alice


PROGRAMS = {"sudo": (_sudo, "done as root"), "su": (_su, "done as alice"), "login": (_login, r"\$ ")}


def _begin(program, person, **surroundings):
    start, _ = PROGRAMS[program]
    session = start(person, **surroundings)
    session.answer("(?i)password( for alice)?: ", person.password)
    return session


def _gets_in(program, session):
    session.expect(PROGRAMS[program][1])
    if program == "login":
        session.type("echo done as $(id -un); exit")
        session.expect("done as alice")
    assert session.end() == 0
    return session


def _is_refused(program, session, code):
    for _ in range(3):
        session.answer(CODE_PROMPT, code)
    session.expect("(?i)incorrect|failure|sorry|try again|denied|refused|unable")
    session.end_by_force()
    assert "done as" not in session.transcript


def _takes_a_right_code(web01, program):
    alice = _set_up(web01, program, enrolled=True, action="allow")
    session = _begin(program, alice)
    session.answer(CODE_PROMPT, alice.phone.code())
    _gets_in(program, session)
    web01.expect_log(f"verdict=accepted user=alice service={program}")


def _refuses_a_wrong_code(web01, program):
    alice = _set_up(web01, program, enrolled=True, action="allow")
    _is_refused(program, _begin(program, alice), alice.phone.wrong_code())


def _lets_in_who_is_not_enrolled(web01, program):
    alice = _set_up(web01, program, enrolled=False, action="allow")
    session = _gets_in(program, _begin(program, alice))
    assert CODE_PROMPT not in session.transcript


def _refuses_who_is_not_enrolled(web01, program):
    alice = _set_up(web01, program, enrolled=False, action="require")
    _is_refused(program, _begin(program, alice), "123456")


def _never_asks_after_a_wrong_password(web01, program):
    alice = _set_up(web01, program, enrolled=True, action="allow")
    start, _ = PROGRAMS[program]
    session = start(alice)
    session.answer("(?i)password( for alice)?: ", "not her password")
    session.expect("(?i)incorrect|failure|sorry|try again")
    session.end_by_force()
    assert CODE_PROMPT not in session.transcript


def _looks_the_same_in_every_locale(web01, program):
    alice = _set_up(web01, program, enrolled=True, action="allow")
    screens = set()
    for locale in ("C", "C.UTF-8"):
        session = _begin(program, alice, environment={"LANG": locale})
        session.answer(CODE_PROMPT, alice.phone.wrong_code())
        session.expect(REFUSED)
        session.answer(CODE_PROMPT, alice.phone.code())
        asked = session.transcript
        _gets_in(program, session)
        screens.add(asked)
        assert asked.isascii() and all(len(line) <= 80 for line in asked.splitlines()), asked
    assert len(screens) == 1, screens


def _may_enroll(web01, program):
    web01.set_first_line("enrollment = open")
    return _set_up(web01, program, enrolled=False, action="enroll")


def _is_for_a_terminal_of_80x24(asked):
    """Every question stands on the screen together with all that was said before it and after the last one."""
    for screen in asked.split(": "):
        assert screen.count("\n") < 24 and all(len(line) <= 80 for line in screen.splitlines()), screen
    assert asked.isascii(), asked


def _enrolls_at_the_first_login(web01, program):
    alice = _may_enroll(web01, program)
    for locale in ("C", "C.UTF-8"):
        session = _begin(program, alice, environment={"LANG": locale})
        session.answer(CHOICE, "t")
        alice.phone = typed_off_the_screen(session)
        confirm(session, alice)
        asked = session.transcript
        _gets_in(program, session)
        _is_for_a_terminal_of_80x24(asked)
        web01.expect_log(f"change=enrolled user=alice service={program}")
        web01.planted += [alice.phone.secret, *alice.recovery_codes]
        web01.run_tool("disable", "alice", "--yes")


def sudo_takes_a_right_code(web01):
    _takes_a_right_code(web01, "sudo")


def sudo_refuses_a_wrong_code(web01):
    _refuses_a_wrong_code(web01, "sudo")


def sudo_lets_in_who_is_not_enrolled_under_allow(web01):
    _lets_in_who_is_not_enrolled(web01, "sudo")


def sudo_refuses_who_is_not_enrolled_under_require(web01):
    _refuses_who_is_not_enrolled(web01, "sudo")


def sudo_never_asks_for_a_code_after_a_wrong_password(web01):
    _never_asks_after_a_wrong_password(web01, "sudo")


def sudo_enrolls_at_the_first_login(web01):
    _enrolls_at_the_first_login(web01, "sudo")


def sudo_looks_the_same_in_every_locale(web01):
    _looks_the_same_in_every_locale(web01, "sudo")


def su_takes_a_right_code(web01):
    _takes_a_right_code(web01, "su")


def su_refuses_a_wrong_code(web01):
    _refuses_a_wrong_code(web01, "su")


def su_lets_in_who_is_not_enrolled_under_allow(web01):
    _lets_in_who_is_not_enrolled(web01, "su")


def su_refuses_who_is_not_enrolled_under_require(web01):
    _refuses_who_is_not_enrolled(web01, "su")


def su_never_asks_for_a_code_after_a_wrong_password(web01):
    _never_asks_after_a_wrong_password(web01, "su")


def su_asks_root_nothing(web01):
    alice = _set_up(web01, "su", enrolled=True, action="require")
    assert run("su", alice.name, "-c", "id -un").strip() == "alice"
    web01.stop_service()
    web01.break_secondstep()
    assert run("su", alice.name, "-c", "id -un").strip() == "alice"


def su_enrolls_at_the_first_login(web01):
    _enrolls_at_the_first_login(web01, "su")


def su_looks_the_same_in_every_locale(web01):
    _looks_the_same_in_every_locale(web01, "su")


def login_takes_a_right_code(web01):
    _takes_a_right_code(web01, "login")


def login_refuses_a_wrong_code(web01):
    _refuses_a_wrong_code(web01, "login")


def login_lets_in_who_is_not_enrolled_under_allow(web01):
    _lets_in_who_is_not_enrolled(web01, "login")


def login_refuses_who_is_not_enrolled_under_require(web01):
    _refuses_who_is_not_enrolled(web01, "login")


def login_never_asks_for_a_code_after_a_wrong_password(web01):
    _never_asks_after_a_wrong_password(web01, "login")


def login_enrolls_at_the_first_login(web01):
    _enrolls_at_the_first_login(web01, "login")


def login_looks_the_same_in_every_locale(web01):
    _looks_the_same_in_every_locale(web01, "login")


def the_picture_fits_on_a_console_of_80x24(web01):
    alice = _may_enroll(web01, "su")
    console = TmuxTerminal("setpriv", "--reuid", "visitor", "--regid", "visitor", "--init-groups", "su", "alice",
                           columns=80, rows=24)
    console.wait_for("Password:")
    console.type(alice.password)
    console.wait_for("Choice:")
    console.type("q")
    console.wait_for("Code in the app")
    scanned = decode(console.picture(DARK_THEME))
    assert scanned.startswith("otpauth://totp/"), f"nothing to scan in\n{console.text()}"
    console.close()


# Programs that are not root


def a_program_of_the_person_may_ask_for_that_person(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.use_stack("locker", text=MODULE_LINE + "\n")
    web01.start_service()
    session = web01.pamtester("locker", "alice", user="alice")
    session.answer(CODE_PROMPT, alice.phone.code())
    session.expect(AUTHENTICATED)
    assert session.end() == 0


def a_program_of_somebody_else_may_not(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.add_person("mallory")
    web01.use_stack("locker", text=MODULE_LINE + "\n")
    web01.start_service()
    right = alice.phone.code()
    session = web01.pamtester("locker", "alice", user="mallory")
    for _ in range(3):
        if session.expect(CODE_PROMPT, r"pamtester: ").group().startswith("pamtester"):
            break
        session.type(right)
    assert session.end() != 0
    assert AUTHENTICATED not in session.transcript
    # Nothing was used up by that.
    session = web01.pamtester("locker", "alice")
    session.answer(CODE_PROMPT, right)
    session.expect(AUTHENTICATED)
    assert session.end() == 0


def unknown_not_enrolled_and_wrong_look_the_same(web01):
    web01.set_action("require")
    alice = web01.add_person("alice", enrolled=True)
    web01.add_person("bob")
    web01.use_stack("portal", text=MODULE_LINE + "\n")
    web01.start_service()
    seen = []
    wrong = alice.phone.wrong_code()
    for name in ("alice", "bob", "nobody-of-that-name"):
        session = web01.pamtester("portal", name)
        for _ in range(3):
            session.answer(CODE_PROMPT, wrong)
        assert session.end() == 1
        seen.append(session.transcript)
    assert REFUSED in seen[0]
    assert seen[0] == seen[1] == seen[2], "\n----\n".join(seen)
    assert "nobody-of-that-name" not in web01.own_log()
