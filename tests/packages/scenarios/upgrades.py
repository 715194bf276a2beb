"""Upgrades: nothing is asked, nothing of the administrator's is changed, the socket stays open, and nobody is refused."""
import glob
import os
import platform
import shutil
import subprocess

from machine import FIRST_TWO, HOST_KEY, STORE, Skipped, until
from service_stand_in import ServiceStandIn

HERE = os.path.dirname(os.path.abspath(__file__))


def _upgrade(machine, names=FIRST_TWO, directory=None):
    """As a timer does it: nobody is there to answer. Also without apt's options that answer for somebody."""
    return machine.run("dpkg", "--install", *machine.bring(names, directory or machine.next_version(names)), text="")


def leave_an_edited_configuration_alone_without_a_question(machine):
    machine.install()
    edited = machine.read("/etc/secondstep/secondstep.conf") + "\n# ours\nissuer = vault\n"
    machine.write("/etc/secondstep/secondstep.conf", edited)
    machine.enroll("root")
    key = machine.run("sha256sum", HOST_KEY)
    out = _upgrade(machine)
    assert machine.read("/etc/secondstep/secondstep.conf") == edited
    assert machine.run("sha256sum", HOST_KEY) == key
    assert sorted(os.listdir(machine.path("/etc/secondstep"))) == ["host.key", "secondstep.conf"], out
    assert "root" in machine.run("secondstep", "status", "root")


def go_through_whatever_is_wrong_with_configuration_or_store(machine):
    machine.install()
    machine.write("/etc/secondstep/secondstep.conf", "actoin = require\n")
    out = machine.try_run("dpkg", "--install", *machine.bring(FIRST_TWO, machine.next_version()))
    assert out.status == 0, out.text
    assert "setup did not come to its end" in out.text and "actoin" not in out.out, out.text
    assert machine.state_of("secondstep") == "installed"


def are_possible_while_a_stack_names_the_module(machine):
    machine.install()
    machine.let_sshd_ask()
    machine.run("secondstep", "pam", "add", "sshd", "--no-catch")
    _upgrade(machine)
    assert "pam_secondstep.so" in machine.read("/etc/pam.d/sshd")


def keep_what_was_chosen_in_pam_auth_update(machine):
    machine.install()
    machine.run("pam-auth-update", "--package", "--enable", "secondstep")
    common = machine.read("/etc/pam.d/common-auth")
    _upgrade(machine)
    assert machine.read("/etc/pam.d/common-auth") == common


def _told(machine):
    calls = machine.read("/run/systemctl-was-told").splitlines()
    machine.write("/run/systemctl-was-told", "")
    return calls


def leave_the_socket_open_and_restart_a_service_that_runs(machine):
    machine.stand_in_for_systemctl()
    machine.install()
    calls = _told(machine)
    assert [call for call in calls if "start" in call and "secondstepd.socket" in call], calls
    assert not [call for call in calls if "start" in call and "secondstepd.service" in call], calls
    assert [call for call in calls if "preset" in call and "secondstepd.socket" in call], calls
    machine.write("/run/units-are-active", "")
    _upgrade(machine)
    calls = _told(machine)
    assert [call for call in calls if "try-restart" in call and "secondstepd.service" in call], calls
    assert not [call for call in calls if ("stop" in call or "restart" in call) and ".socket" in call], calls
    assert not [call for call in calls if "stop" in call.split()], calls
    assert not [call for call in calls if ".timer" in call and ("restart" in call or "stop" in call)], calls
    done = machine.remove("libpam-secondstep", "secondstep")
    assert done.status == 0, done.text
    calls = _told(machine)
    for unit in ("secondstepd.socket", "secondstepd.service", "secondstep-pam-catch.timer"):
        assert [call for call in calls if "stop" in call and unit in call], (unit, calls)


def where_systemd_runs(machine):
    """The same, by the systemd of a machine that has this one's programs; `machine` only makes the next version."""
    here = platform.freedesktop_os_release().get("VERSION_CODENAME")
    if machine.release() != here:
        raise Skipped(f"it takes the programs of {machine.release()}, and this machine has those of {here}")
    # Below this checkout, which is all that such a machine sees of this one.
    place = os.path.dirname(machine.root)
    for name, directory in (("before", machine.packages), ("after", machine.next_version())):
        os.makedirs(f"{place}/{name}")
        for package in FIRST_TWO:
            shutil.copy(glob.glob(f"{directory}/{package}_*.deb")[0], f"{place}/{name}")
    os.makedirs(f"{place}/stage/usr")
    done = subprocess.run([os.path.join(HERE, "..", "..", "support", "booted-world"), f"{place}/stage",
                           os.path.realpath(os.path.join(HERE, "..", "upgrade-booted")), f"{place}/before", f"{place}/after"],
                          capture_output=True, text=True, check=False)
    if done.returncode == 77:
        raise Skipped(done.stderr.strip().removeprefix("SKIPPED: "))
    assert done.returncode == 0, done.stdout + done.stderr


def _earlier(machine):
    """The packages that an upgrade begins with; nothing where this clone or this release cannot make them."""
    directory = machine.packages.rstrip("/") + "-before"
    if not glob.glob(directory + "/*.deb"):
        made = subprocess.run([os.path.join(HERE, "..", "earlier-packages"), machine.release(), directory],
                              stdout=subprocess.DEVNULL, check=False)
        if made.returncode == 77:
            return None
        assert made.returncode == 0, "the earlier packages could not be made"
    return directory


def from_an_older_wire_version_with_dialogues_open(machine):
    """The old module in a login that goes on beside the new service; and the new module beside the old service, which does
    not understand its hello: it says hello again in the version of the service."""
    earlier = _earlier(machine)
    if earlier is None:
        raise Skipped("there are no earlier packages to begin with")
    machine.run("apt-get", "install", "-y", "--no-install-recommends", *machine.bring(FIRST_TWO, earlier))
    machine.add_person("alice", "wonderland")
    machine.add_person("bob", "builder")
    machine.let_sshd_ask()
    alice, bob = machine.enroll("alice"), machine.enroll("bob")
    machine.run("secondstep", "pam", "add", "sshd", "--no-catch")
    key = machine.run("sha256sum", HOST_KEY)
    service = ServiceStandIn(machine)
    waiting = _OpenLogin(machine, "alice", "wonderland")
    new = machine.bring(FIRST_TWO)
    module = [file for file in new if "libpam" in file]
    # As dpkg does it: all files first, then the scripts. In between the new module asks the service that still runs.
    machine.run("dpkg", "--unpack", *module)
    assert "(deleted)" not in service.program()
    status, out, questions = machine.ssh("bob", "builder", bob.code())
    assert status == 0 and out.splitlines()[-1] == "bob", f"new module, old service: {out} {questions}"
    machine.run("dpkg", "--install", *new)
    service.restart()
    assert "(deleted)" not in service.program()
    status, out = waiting.answer_and_end(alice.code)
    assert status == 0 and out.splitlines()[-1] == "alice", f"old module, new service: {out} {waiting.questions()}\n{service.log()}"
    assert machine.run("sha256sum", HOST_KEY) == key
    assert machine.run("secondstep", "doctor", "--json")
    status, out, questions = machine.ssh("bob", "builder", bob.code())
    assert status == 0 and out.splitlines()[-1] == "bob", (out, questions)
    service.end()


class _OpenLogin:
    """A person at the question for the code, whose sshd has loaded the module that was there when they came."""

    def __init__(self, machine, name, password):
        self._machine = machine
        machine.run("mkfifo", "/root/slow-answers")
        machine.write("/root/slow-questions", "", 0o600)
        machine.write("/root/slow-answer", f"""#!/bin/sh
printf '%s\\n' "$1" >>/root/slow-questions
case $1 in
*assword*) echo '{password}' ;;
*) head -n 1 /root/slow-answers ;;
esac
""", 0o700)
        self._ssh = machine.start(
            "ssh", "-o", "ProxyCommand=/usr/sbin/sshd -i", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            "-o", "PreferredAuthentications=keyboard-interactive", "-o", "LogLevel=ERROR", f"{name}@here", "id -un",
            env={"SSH_ASKPASS": "/root/slow-answer", "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        until(lambda: "Verification code" in self.questions(), "the question for the code")

    def questions(self):
        return self._machine.read("/root/slow-questions")

    def answer_and_end(self, code):
        """The code, as often as it is asked for until the login has ended."""
        while self._ssh.poll() is None:
            try:
                fifo = os.open(self._machine.path("/root/slow-answers"), os.O_WRONLY | os.O_NONBLOCK)
            except OSError:  # nobody asks just now
                try:
                    self._ssh.wait(timeout=0.1)
                except subprocess.TimeoutExpired:
                    pass
                continue
            with os.fdopen(fifo, "w", encoding="utf-8") as file:
                file.write(code() + "\n")
            try:
                self._ssh.wait(timeout=1)
            except subprocess.TimeoutExpired:
                pass
        return self._ssh.returncode, self._ssh.stdout.read().strip()
