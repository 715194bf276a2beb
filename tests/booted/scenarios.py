"""The units under the systemd that they are written for. Each function gets a machine that was just started."""
import concurrent.futures
import json
import multiprocessing
import os
import re
import signal
import socket
import subprocess
import types

from booted import (SERVICE, SOCKET, assert_is_of_its_account_alone, configure, couriers, enroll, is_active, join_as,
                    log_of_the_service, main_process, override, property_of, read_only, restart, set_up)
from authenticator import Authenticator
from courier import Courier
from exim import Exim
from pam_login import PAM_SUCCESS, log_in
from patience import PATIENCE
from received_codes import Mailboxes
from web01 import CONFIGURATION, run, until


def _accepted(phones, name):
    return log_in("portal", name, lambda _: phones[name].code()) == PAM_SUCCESS


def the_first_login_starts_the_service():
    set_up()
    phones = enroll(1)
    assert not is_active(SERVICE), "before anybody has come"
    assert _accepted(phones, "staff000")
    assert is_active(SERVICE)
    run("systemctl", "stop", SERVICE)
    assert is_active(SOCKET), "a stopped service leaves the socket"
    assert _accepted(phones, "staff000")
    assert is_active(SERVICE), "and is started by the next login, which does not serve itself"


def the_service_can_do_what_it_is_for_and_nothing_else():
    set_up()
    phones = enroll(1)
    assert _accepted(phones, "staff000"), "the store can be written"
    process = main_process()
    assert_is_of_its_account_alone(process, "secondstep")
    root = f"/proc/{process}/root"
    os.makedirs("/home/alice", exist_ok=True)
    assert os.listdir(root + "/home") == [], "nobody's home is seen"
    assert read_only(process, ("/var/lib/secondstep", "/etc", "/usr", "/var")) == ["/etc", "/usr", "/var"]
    with open(f"/proc/{process}/net/dev", encoding="ascii") as file:
        assert [line.split(":")[0].strip() for line in file if ":" in line] == ["lo"]
    run("systemd-analyze", "security", "--no-pager", "--threshold=15", SERVICE)


def a_service_that_hangs_is_replaced():
    override(SERVICE, "[Service]\nWatchdogSec=1s\n")
    set_up()
    phones = enroll(2)
    assert _accepted(phones, "staff000")
    hanging = main_process()
    os.kill(hanging, signal.SIGSTOP)
    until(lambda: main_process() not in (0, hanging), "another service")
    # By systemd, not by a login. Once its 257 could not start it at the first try ("Failed to spawn executor").
    assert property_of(SERVICE, "NRestarts") != "0"
    assert _accepted(phones, "staff001")


def a_change_counts_after_a_reload_and_a_mistake_does_not():
    set_up()
    phones = enroll(3)
    assert _accepted(phones, "staff000")
    process = main_process()
    configure("portal_services = portal\n\nallow from = 198.51.100.0/24\n".replace("allow", "actoin"))
    run("systemctl", "reload", SERVICE)
    until(lambda: f"{CONFIGURATION}:3" in log_of_the_service(), "the line of the mistake")
    assert _accepted(phones, "staff001"), "what was right before is kept"
    configure("portal_services = elsewhere\n")
    run("systemctl", "reload", SERVICE)
    until(lambda: not _accepted(phones, "staff002"), "the portal to be none any more")
    assert main_process() == process


def _log_everybody_in(phones, names, failures, done):
    for name in names:
        code = log_in("portal", name, lambda _, name=name: phones[name].code())
        if code != PAM_SUCCESS:
            failures.put((name, code))
        done.release()


def a_restart_under_load_refuses_nobody():
    """Each process is root, as sshd is; what is typed is typed at once, or while the service is restarted."""
    set_up()
    phones = enroll(400)
    failures = multiprocessing.Queue()
    done = multiprocessing.Semaphore(0)
    names = sorted(phones)
    processes = [multiprocessing.Process(target=_log_everybody_in, args=(phones, names[i::4], failures, done))
                 for i in range(4)]
    for process in processes:
        process.start()
    restarts = 0
    for _ in range(len(names) // 20):
        for _ in range(20):
            done.acquire()
        restart()
        restarts += 1
    for process in processes:
        process.join()
        assert process.exitcode == 0
    refused = []
    while not failures.empty():
        refused.append(failures.get())
    assert not refused, f"{len(refused)} of {len(names)} while the service was restarted {restarts} times: {refused[:5]}"


def who_sits_at_the_prompt_does_not_notice_an_upgrade():
    set_up()
    phones = enroll(1)
    asked = []

    def restart_and_type(question):
        asked.append(question)
        run("systemctl", "try-restart", SERVICE)
        return phones["staff000"].code()

    assert log_in("portal", "staff000", restart_and_type) == PAM_SUCCESS
    assert len(asked) == 1, asked


def the_check_of_stacks_runs_confined():
    set_up()
    run("systemctl", "start", "secondstep-check.service")
    assert property_of("secondstep-check.service", "Result") == "success"


SSHD = "/etc/pam.d/sshd"


def _sshd_asks_for_a_code():
    """Until somebody keeps it; gives what the file was before, and somebody who can log in."""
    set_up()
    run("useradd", "--create-home", "alice")
    run("chpasswd", "--crypt-method", "SHA256", input="alice:wonderland")
    enrolled = json.loads(run("secondstep", "enroll", "alice", "--no-confirm", "--json", "--qr", "none"))
    with open("/etc/ssh/sshd_config.d/ask.conf", "w", encoding="ascii") as file:
        file.write("KbdInteractiveAuthentication yes\n")
    with open(SSHD, encoding="utf-8") as file:
        before = file.read()
    run("secondstep", "pam", "add", "sshd")
    assert is_active("secondstep-pam-catch.timer"), "who puts the file back"
    return before, Authenticator(re.search("otpauth://[^\"]+", json.dumps(enrolled)).group())


def _asks():
    with open(SSHD, encoding="utf-8") as file:
        return "pam_secondstep.so" in file.read()


def a_change_of_a_stack_is_kept_after_a_login():
    _, phone = _sshd_asks_for_a_code()
    kept = subprocess.run(["secondstep", "pam", "keep", "sshd"], capture_output=True, text=True, check=False)
    assert kept.returncode == 1 and "log in through it" in kept.stderr, kept
    answer = {"Password: ": lambda: "wonderland", "Verification code: ": phone.code}
    assert log_in("sshd", "alice", lambda question: answer[question](), session=True) == PAM_SUCCESS
    run("journalctl", "--sync")
    run("secondstep", "pam", "keep", "sshd")
    assert _asks() and not is_active("secondstep-pam-catch.timer")


def a_change_of_a_stack_that_nobody_keeps_goes_back():
    # Not every 15 seconds: nothing more is waited for here.
    override("secondstep-pam-catch.timer", "[Timer]\nOnCalendar=\nOnCalendar=*:*:*\n")
    before, _ = _sshd_asks_for_a_code()
    run("systemctl", "start", "secondstep-pam-catch.service")
    assert _asks(), "before its time"
    with open("/var/lib/secondstep-pam/pending/due", "w", encoding="ascii") as file:
        file.write("1\n")
    until(lambda: not _asks(), "the timer")
    with open(SSHD, encoding="utf-8") as file:
        assert file.read() == before
    until(lambda: not is_active("secondstep-pam-catch.timer"), "its end")


def a_node_answers_a_machine_that_joins():
    """From the network through the relay to the service that holds the ring, each started as its unit says."""
    run("secondstep", "setup")
    run("secondstep", "fleet", "create", "--listen", "127.0.0.1:7464")
    run("systemctl", "enable", "--now", SOCKET, "secondstep-hosts.socket", "secondstep-relay.service")
    assert is_active("secondstep-relay.service"), "it says that it is ready"
    assert not is_active(SERVICE), "before anybody has come"
    token = json.loads(run("secondstep", "fleet", "invite-hosts", "--names", "web02", "--json"))["token"]
    assert join_as("web02", f"{os.uname().nodename}=127.0.0.1:7464", token) == 0, "the node's answer"
    assert is_active(SERVICE), "the relay's question has started it"
    status = json.loads(run("secondstep", "fleet", "status", "--json"))
    assert [(host["host"], host["connected"]) for host in status["hosts"]] == [("web02", False)], status
    assert status["relay"]["answers"], status
    for path in ("/run/secondstep-relay/node", "/run/secondstep-relay/node/relay.sock"):
        assert os.stat(path).st_mode & 0o077 == 0, path
    with open(f"/proc/{main_process()}/net/dev", encoding="ascii") as file:
        assert [line.split(":")[0].strip() for line in file if ":" in line] == ["lo"], "no network where the ring is"
    of_a_host = "/run/secondstep-relay/relay.sock"
    with open(of_a_host, "x", encoding="ascii"):
        pass
    run("systemctl", "stop", "secondstep-relay.service")
    assert os.path.exists(of_a_host), "the folder above is not the service's to remove"
    status = json.loads(run("secondstep", "fleet", "status", "--json"))
    assert not status["relay"]["answers"] and status["hosts"][0]["connected"] is None, status
    assert not is_active("secondstep-relay.service"), "a question starts nothing"


def _refuse_one_mail(server):
    """As a mail server that takes nothing; and looks meanwhile at who has come, which waits for a word."""
    connection, _ = server.accept()
    with connection:
        (process,) = couriers()
        assert_is_of_its_account_alone(process, "secondstep-courier")
        root = f"/proc/{process}/root"
        hidden = {path: os.stat(root + path).st_mode & 0o777 for path in ("/var/lib/secondstep", "/etc/secondstep/host.key",
                                                                         "/run/secondstep")}
        assert set(hidden.values()) == {0}, hidden
        assert os.listdir(root + "/home") == [], "nobody's home is seen"
        assert read_only(process, ("/etc", "/usr", "/var")) == ["/etc", "/usr", "/var"]
        connection.sendall(b"554 nothing is taken here\r\n")


def _alice_has_codes_by_mail():
    """Behind a program that has asked for her password; gives a recovery code."""
    set_up("methods = totp, mail\nnotify = no\nrecovery_codes = 4\n")
    run("systemctl", "enable", "--now", "secondstep-courier.socket")
    run("useradd", "--create-home", "alice")
    with open("/etc/pam.d/entrance", "w", encoding="ascii") as file:
        file.write("auth required pam_secondstep.so first_factor=passed\n")
    enrolled = run("secondstep", "enroll", "alice", "--method", "mail", "--address", "alice@example.com", "--no-confirm", "--json")
    return json.loads(enrolled)["recovery_codes"][0]


def _mail_goes_to(port, more="", credentials=""):
    Courier(None, f"[mail]\ntransport = smtp\nserver = localhost\nport = {port}\nfrom = login@example.com\n{more}", credentials)


def _couriers_said():
    """What became of each code."""
    said = run("journalctl", "--no-pager", "-o", "cat", "-t", "secondstep-courier")
    return [line.split(" result=")[1].split()[0] for line in said.splitlines() if " purpose=code " in line]


def _enter_once_it_is_known(answers):
    """What is typed: Enter as soon as the service knows that nothing was sent, then these."""
    until(lambda: "A code for alice was not sent" in log_of_the_service(), "the courier's answer")
    yield ""
    yield from answers


def a_courier_is_started_for_each_code():
    """The service's message goes through the socket to a process that its unit confines; what becomes of it comes back."""
    recovery_code = _alice_has_codes_by_mail()
    assert couriers() == [], "before anybody has come"
    with socket.create_server(("127.0.0.1", 0)) as refusing, concurrent.futures.ThreadPoolExecutor() as aside:
        refusing.settimeout(PATIENCE)
        _mail_goes_to(refusing.getsockname()[1])
        seen = aside.submit(_refuse_one_mail, refusing)
        typed, shown = _enter_once_it_is_known([recovery_code]), []
        assert log_in("entrance", "alice", lambda _: next(typed), shown=shown) == PAM_SUCCESS
        seen.result()
        assert "A code could not be sent" in "".join(shown), shown
    with Exim("/srv/exim") as exim:
        _mail_goes_to(exim.port, f"ca_file = {exim.ca_file}\n", f"mail_user = {exim.user}\nmail_password = {exim.password}\n")
        boxes = Mailboxes(types.SimpleNamespace(planted=[]), exim)
        assert log_in("entrance", "alice", lambda _: boxes.next_code("alice@example.com")) == PAM_SUCCESS
    until(lambda: _couriers_said() == ["failed", "sent"] and not couriers(), "each to end behind its message")
    assert run("systemctl", "list-units", "--failed", "--plain", "--no-legend", "secondstep-courier*") == ""
