"""The module's line in the account phase, for people who have nothing to do there: nobody is asked, nobody is stopped."""
import json
import subprocess
import time

from dialogue import CHOICE, NEW_CODES, SAVED, confirm, shown_codes, typed_off_the_screen
from patience import PATIENCE
from terminal import Terminal
from web01 import CODE_PROMPT, CONFIGURATION, run

CLIENT_OPTIONS = ["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
                  "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-i", "/root/key-of-alice"]
MODULE_ASKED = r"pam_secondstep\(sshd:account\): secondstepd has ended the dialogue"


def _alice_with_a_key(web01, action="allow"):
    """The account line of the example, with its course in the log."""
    alice = web01.add_person("alice", enrolled=True)
    web01.give_key(alice)
    web01.set_action(action)
    web01.start_sshd("publickey")
    with open("/etc/pam.d/sshd", encoding="utf-8") as file:
        example = file.read()
    line = "account    required     pam_secondstep.so"
    assert line in example
    web01.use_stack("sshd", text=example.replace(line, line + " debug"))
    return alice


def _ssh(*command):
    return run("ssh", *CLIENT_OPTIONS, "alice@127.0.0.1", *command, stdin=subprocess.DEVNULL)


def a_key_alone_logs_in_without_a_person(web01):
    _alice_with_a_key(web01)
    web01.start_service()
    assert _ssh("id -un") == "alice\n"
    web01.expect_log(MODULE_ASKED)


def a_key_alone_logs_in_without_a_running_service(web01):
    _alice_with_a_key(web01)
    assert _ssh("id -un") == "alice\n"
    web01.expect_log(MODULE_ASKED)


def a_key_alone_does_not_log_in_when_secondstep_is_broken(web01):
    _alice_with_a_key(web01)
    web01.break_secondstep()
    session = web01.ssh("alice")
    assert session.end() != 0
    assert "logged in as" not in session.transcript
    web01.expect_log(r"<83>.*pam_secondstep\(sshd:account\)")


def scp_sftp_and_rsync_go_on_undisturbed(web01):
    _alice_with_a_key(web01)
    web01.start_service()
    with open("/root/sent", "w", encoding="utf-8") as file:
        file.write("a file\n")
    run("scp", "-q", *CLIENT_OPTIONS, "/root/sent", "alice@127.0.0.1:by-scp")
    run("sftp", "-q", *CLIENT_OPTIONS, "-b", "-", "alice@127.0.0.1", input="put /root/sent by-sftp\n")
    run("rsync", "-e", " ".join(["ssh", *CLIENT_OPTIONS]), "/root/sent", "alice@127.0.0.1:by-rsync")
    assert _ssh("cat by-scp by-sftp by-rsync") == 3 * "a file\n"


def ten_sessions_at_once_go_on_undisturbed(web01):
    _alice_with_a_key(web01)
    web01.start_service()
    sessions = [subprocess.Popen(["ssh", *CLIENT_OPTIONS, "alice@127.0.0.1", "id -un"], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, text=True) for _ in range(10)]
    assert [session.communicate(timeout=PATIENCE)[0] for session in sessions] == 10 * ["alice\n"]


def sudo_without_a_password_goes_on_undisturbed(web01):
    web01.add_person("alice", enrolled=True)
    with open("/etc/sudoers.d/alice", "w", encoding="utf-8") as file:
        file.write("alice ALL=(ALL:ALL) NOPASSWD: ALL\n")
    web01.use_stack("sudo")
    web01.start_service()
    assert run("setpriv", "--reuid", "alice", "--regid", "alice", "--init-groups", "sudo", "-n", "id", "-un",
               stdin=subprocess.DEVNULL) == "root\n"
    assert "verdict=" not in web01.own_log()
    web01.stop_service()
    # Not by accident: the account phase is asked about, and stops them when nobody can say.
    web01.break_secondstep()
    stopped = subprocess.run(["setpriv", "--reuid", "alice", "--regid", "alice", "--init-groups", "sudo", "-n", "id"],
                             stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert stopped.returncode != 0 and "uid=" not in stopped.stdout, stopped


def a_person_who_has_given_a_code_is_not_asked_again(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.set_action("require")
    web01.start_service()
    web01.start_sshd()
    session = web01.ssh("alice")
    session.answer("Password: ", alice.password)
    session.answer(CODE_PROMPT, alice.phone.code())
    session.expect("logged in as alice")
    assert session.end() == 0
    assert session.transcript.count(CODE_PROMPT) == 1


# Who would have to enroll, and is not there to do it


def _enroll_until(web01, day):
    web01.add_rule("people", f"users = alice\naction = enroll\nenroll_until = {day}\nenrollment = open")
    web01.start_service()


def _the_deadline_passes(web01):
    web01.stop_service()
    with open(CONFIGURATION, encoding="utf-8") as file:
        text = file.read()
    with open(CONFIGURATION, "w", encoding="utf-8") as file:
        file.write(text.replace("2099-03-31", "2020-03-31"))
    web01.start_service()


def _denied_quickly(*command):
    began = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode != 0 and "uid=" not in done.stdout, done
    assert time.monotonic() - began < 10


def programs_go_on_until_the_deadline_and_are_denied_quickly_after_it(web01):
    alice = web01.add_person("alice")
    web01.give_key(alice)
    with open("/etc/sudoers.d/alice", "w", encoding="utf-8") as file:
        file.write("alice ALL=(ALL:ALL) NOPASSWD: ALL\n")
    web01.use_stack("sudo")
    _enroll_until(web01, "2099-03-31")
    web01.start_sshd("publickey")
    sudo = ("setpriv", "--reuid", "alice", "--regid", "alice", "--init-groups", "sudo", "-n", "id")
    ssh = ("ssh", *CLIENT_OPTIONS, "alice@127.0.0.1", "id")
    rsync = ("rsync", "-e", " ".join(["ssh", *CLIENT_OPTIONS]), "/etc/hostname", "alice@127.0.0.1:by-rsync")
    scp = ("scp", "-q", *CLIENT_OPTIONS, "/etc/hostname", "alice@127.0.0.1:by-scp")
    for command in (sudo, ssh, rsync, scp):
        run(*command, stdin=subprocess.DEVNULL)
    transfers = [subprocess.Popen(["sftp", "-q", *CLIENT_OPTIONS, "-b", "-", "alice@127.0.0.1"], text=True,
                                  stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) for _ in range(10)]
    for number, transfer in enumerate(transfers):
        transfer.communicate(f"put /etc/hostname by-sftp-{number}\n", timeout=PATIENCE)
    assert [transfer.returncode for transfer in transfers] == 10 * [0]
    _the_deadline_passes(web01)
    for command in (sudo, ssh, rsync, scp):
        _denied_quickly(*command)
    web01.expect_log(r"verdict=refused user=alice service=sudo .*it is due")
    web01.expect_log(r"verdict=refused user=alice service=sshd .*it is due")


def a_program_that_cannot_ask_is_denied_with_a_line_in_the_log(web01):
    web01.add_person("alice")
    web01.use_stack("reader", text="account required pam_secondstep.so\naccount required pam_permit.so\n")
    _enroll_until(web01, "2099-03-31")
    run("pamtester", "reader", "alice", "acct_mgmt", stdin=subprocess.DEVNULL)
    _the_deadline_passes(web01)
    web01.forget_log()
    _denied_quickly("pamtester", "reader", "alice", "acct_mgmt")
    web01.expect_log(r"verdict=refused user=alice service=reader .*it is due")
    assert "a question got no answer" not in web01.own_log(), "who has proved nothing is asked nothing"


# Who has to enroll again, and has shown nothing


def a_key_alone_cannot_be_asked_to_enroll_again_and_goes_on(web01):
    _alice_with_a_key(web01, "require")
    said = web01.run_tool("re-enroll", "alice", "--no-code")
    assert "public key alone cannot ask" in said, said
    web01.start_service()
    assert _ssh("id -un") == "alice\n"
    web01.expect_log(r"verdict=not-needed user=alice service=sshd .*put off, nothing was proved")
    assert json.loads(web01.run_tool("status", "alice", "--json"))[0]["state"] == "re-enroll", "it is still to be done"


def sudo_without_a_password_puts_enrolling_again_off(web01):
    web01.add_person("alice", enrolled=True)
    with open("/etc/sudoers.d/alice", "w", encoding="utf-8") as file:
        file.write("alice ALL=(ALL:ALL) NOPASSWD: ALL\n")
    web01.use_stack("sudo")
    web01.run_tool("re-enroll", "alice", "--no-code")
    web01.start_service()
    session = Terminal("sudo", "id", "-un", user="alice")
    assert session.end() == 0
    assert session.transcript.strip() == "root", session.transcript
    web01.expect_log(r"verdict=not-needed user=alice service=sudo .*put off, nothing was proved")


def in_a_program_that_can_ask_the_present_code_is_asked_for_once(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.run_tool("re-enroll", "alice", "--no-code")
    web01.use_stack("reader", text="account required pam_secondstep.so\naccount required pam_permit.so\n")
    web01.start_service()
    session = Terminal("pamtester", "reader", "alice", "acct_mgmt")
    session.answer("Present code, or registration code: ", "000000")
    assert session.end() == 0
    assert session.transcript.count("Present code") == 1, session.transcript
    web01.expect_log(r"put off, nothing was proved")
    session = Terminal("pamtester", "reader", "alice", "acct_mgmt")
    session.answer("Present code, or registration code: ", alice.phone.code())
    session.answer(CHOICE, "t")
    alice.phone = typed_off_the_screen(session)
    confirm(session, alice)
    assert session.end() == 0
    web01.expect_log(r"change=enrolled user=alice service=reader .*proof=code")


def sudo_offers_new_codes_to_who_has_given_a_code(web01):
    """sudo says PAM_SILENT always; somebody who has just answered is there all the same."""
    alice = web01.add_person("alice", enrolled=True)
    with open("/etc/sudoers.d/alice", "w", encoding="utf-8") as file:
        file.write("alice ALL=(ALL:ALL) ALL\n")
    web01.use_stack("sudo")
    web01.start_service()
    session = Terminal("secondstep", "recovery-codes", "--renew", user="alice")
    session.answer("Present verification or recovery code: ", alice.phone.code())
    web01.planted += shown_codes(session.before(SAVED))
    session.end_by_force()
    session = Terminal("sudo", "id", "-un", user="alice")
    session.answer("assword[^:]*: ", alice.password)
    session.answer(CODE_PROMPT, alice.phone.code())
    session.answer(NEW_CODES, "y")
    alice.recovery_codes = shown_codes(session.before(SAVED))
    session.type("saved")
    session.expect("root")
    assert session.end() == 0
