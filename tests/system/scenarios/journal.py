"""What the log may never hold. Every other scenario ends with the same search."""
from web01 import CODE_PROMPT, MODULE_LINE, run


def _log_in_with(web01, name, *answers):
    session = web01.pamtester("portal", name)
    for answer in answers:
        session.answer(CODE_PROMPT, answer)
    session.end()


def no_code_no_password_and_no_unknown_name_is_ever_logged(web01):
    web01.set_action("require")
    web01.use_stack("portal", text=MODULE_LINE + " debug\n")
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    _log_in_with(web01, "alice", alice.phone.code())
    _log_in_with(web01, "alice", alice.password, alice.phone.wrong_code(), alice.recovery_codes[0])
    # People type their password where the name belongs, and the other way round.
    password_as_name = "Secret-of-alice-8f3a"
    web01.planted += [password_as_name, "no-code-at-all"]
    _log_in_with(web01, password_as_name, "no-code-at-all", "no-code-at-all", "no-code-at-all")
    web01.expect_log("verdict=accepted user=alice")
    assert web01.own_log().count("verdict=") >= 3, web01.own_log()
    leaked = [secret for secret in web01.planted if secret in web01.own_log()]
    assert not leaked, f"Secondstep logged {leaked}"
    web01.planted.remove(password_as_name)  # pamtester and libpam may log names; Secondstep may not


def the_search_finds_what_was_logged(web01):
    """Control: a code and a password in the log are found."""
    alice = web01.add_person("alice", enrolled=True)
    code = alice.phone.code()
    run("logger", "--tag", "control", f"somebody typed {code} after {alice.password}")
    web01.expect_any_log("control")
    assert sorted(web01.secrets_in_log()) == sorted([code, alice.password])
    web01.people.clear()
