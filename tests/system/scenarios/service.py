"""The service dies, comes back, or is not there at all."""
import os
import signal
import subprocess

from web01 import CODE_PROMPT, MODULE_LINE, SOCKET, processes_named, until

AUTHENTICATED = "successfully authenticated"


def _alice(web01, **enrollment):
    web01.use_stack("portal", text=MODULE_LINE + "\n")
    return web01.add_person("alice", enrolled=True, **enrollment)


def _logs_in(session, code):
    session.answer(CODE_PROMPT, code)
    session.expect(AUTHENTICATED)
    assert session.end() == 0


def _is_refused(session, code):
    for _ in range(3):
        session.answer(CODE_PROMPT, code)
    assert session.end() != 0
    assert AUTHENTICATED not in session.transcript


# Nobody has judged what was typed: a service of the program's own does.
def killed_while_the_prompt_stands_the_login_goes_on_and_its_code_works_once(web01):
    alice = _alice(web01)
    web01.start_service()
    session = web01.pamtester("portal", "alice")
    session.expect(CODE_PROMPT)
    web01.stop_service("KILL")
    code = alice.phone.code()
    session.type(code)
    session.expect(AUTHENTICATED)
    assert session.end() == 0
    web01.start_service()
    _is_refused(web01.pamtester("portal", "alice"), code)


def killed_while_an_ssh_prompt_stands_the_login_goes_on(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    session = web01.ssh("alice")
    session.answer("Password: ", alice.password)
    session.expect(CODE_PROMPT)
    web01.stop_service("KILL")
    session.type(alice.phone.code())
    session.expect("logged in as alice")
    assert session.end() == 0


def restarted_while_the_prompt_stands_the_login_goes_on_and_its_code_works_once(web01):
    alice = _alice(web01)
    web01.start_service()
    session = web01.pamtester("portal", "alice")
    session.expect(CODE_PROMPT)
    web01.stop_service("TERM")
    assert web01.service.returncode == 0
    web01.start_service()
    code = alice.phone.code()
    session.type(code)
    session.expect(AUTHENTICATED)
    assert session.end() == 0
    _is_refused(web01.pamtester("portal", "alice"), code)


def a_code_used_before_a_kill_is_refused_after_the_restart(web01):
    alice = _alice(web01)
    web01.start_service()
    code = alice.phone.code()
    _logs_in(web01.pamtester("portal", "alice"), code)
    web01.stop_service("KILL")
    web01.start_service()
    _is_refused(web01.pamtester("portal", "alice"), code)


def without_a_service_a_program_of_root_verifies_with_once(web01):
    alice = _alice(web01)
    assert not os.path.exists(SOCKET)
    code = alice.phone.code()
    _logs_in(web01.pamtester("portal", "alice"), code)
    web01.expect_log("verdict=accepted user=alice service=portal")
    session = web01.pamtester("portal", "alice")
    for _ in range(3):
        session.answer(CODE_PROMPT, code)
    assert session.end() != 0
    until(lambda: not processes_named("secondstepd"), "the end of every secondstepd --once")


def with_the_socket_of_a_dead_service_ssh_verifies_with_once(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.stop_service("KILL")
    assert os.path.exists(SOCKET), "the socket file stays behind after a kill, and nobody listens on it"
    web01.start_sshd()
    session = web01.ssh("alice")
    session.answer("Password: ", alice.password)
    session.answer(CODE_PROMPT, alice.phone.code())
    session.expect("logged in as alice")
    assert session.end() == 0


def without_a_service_a_program_that_is_not_root_is_told_what_to_start(web01):
    _alice(web01)
    web01.forget_log()
    session = web01.pamtester("portal", "alice", user="alice")
    assert session.end() != 0
    assert CODE_PROMPT not in session.transcript
    assert "Authentication service cannot retrieve authentication info" in session.transcript, session.transcript
    web01.expect_log(r"pam_secondstep\(portal:auth\): .*systemctl start secondstepd\.socket")
    assert len(web01.own_log().splitlines()) == 1, web01.own_log()


def a_store_from_another_machine_is_told_at_the_start_and_shuts_nobody_out(web01):
    """Until somebody settles it."""
    with open("/run/another-machine", "w", encoding="ascii") as file:
        file.write("0123456789abcdef0123456789abcdef\n")
    alice = _alice(web01)
    web01.start_service()
    web01.stop_service()
    assert "another machine" not in web01.own_log()
    web01.set_first_line("machine_id = /run/another-machine")
    web01.start_service()
    web01.expect_log("made on another machine")
    _logs_in(web01.pamtester("portal", "alice"), alice.phone.code())
    web01.stop_service()
    web01.run_tool("adopt", "--copied", "--keep-recovery-codes", "--yes")
    web01.forget_log()
    web01.start_service()
    _logs_in(web01.pamtester("portal", "alice"), alice.recovery_codes[0])
    assert "another machine" not in web01.own_log()


def doctor_measures_whole_dialogues_and_leaves_no_line(web01):
    _alice(web01)
    web01.start_service()
    web01.forget_log()
    for _ in range(2):
        report = subprocess.run(["secondstep", "doctor"], capture_output=True, text=True, check=False).stdout
        assert "service: answers on " in report, report
        assert "error    logins: 1 PAM stack with the module" in report, "the stack of these scenarios refuses people"
    session = web01.pamtester("portal", "alice")
    session.expect(CODE_PROMPT)
    session.end_by_force()
    web01.expect_log("user=alice")
    assert "secondstep-doctor" not in web01.own_log(), web01.own_log()
    assert "secondstep-check-config" not in web01.own_log(), web01.own_log()
    assert "user=secondstep" not in web01.own_log(), web01.own_log()


def silent_the_service_is_named_on_the_screen_and_not_replaced(web01):
    """SIGSTOP is what a service that hangs looks like."""
    _alice(web01)
    web01.start_service()
    web01.service.send_signal(signal.SIGSTOP)
    try:
        session = web01.pamtester("portal", "alice")
        session.expect("systemctl restart secondstepd")
        assert session.end() != 0
        assert len(processes_named("secondstepd")) == 1
    finally:
        web01.service.send_signal(signal.SIGCONT)
    web01.expect_any_log("secondstepd is silent: systemctl restart secondstepd; secondstep doctor")
