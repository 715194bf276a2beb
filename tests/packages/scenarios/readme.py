"""The chapters of the README about packages, followed literally."""
import os
import re

from machine import FIRST_TWO, HOST_KEY, STORE
from authenticator import Authenticator
from terminal import Terminal

PROJECT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
README = os.path.join(PROJECT, "README.md")


def _chapter(title):
    with open(README, encoding="utf-8") as file:
        text = file.read()
    return re.search(rf"^#+ {title}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL).group(1)


def _commands(text):
    """The indented lines, without what is said about them."""
    return [line.split(" # ")[0].strip() for line in re.findall(r"^    (\S.*)$", text, re.MULTILINE)]


def _blocks(text):
    """The same, each with those that it stands together with."""
    return [commands for commands in map(_commands, text.split("\n\n")) if commands]


def _run(machine, commands):
    for command in commands:
        done = machine.try_run("sh", "-c", f"cd /packages && {command}".replace("apt ", "apt-get -y "))
        assert done.status == 0, f"{command}: {done.text}"


def _sit_at(machine, command):
    return Terminal("chroot", machine.root, *command.replace("YOU", "alice").split())


def _enroll(machine, command):
    """A person who scans nothing and types the key; their app and a recovery code."""
    terminal = _sit_at(machine, command)
    key = terminal.expect(r"Key: +((?:[A-Z2-7]{4} ?)+)").group(1).replace(" ", "")
    app = Authenticator(f"otpauth://totp/alice?secret={key}")
    terminal.answer("Code in alice's app: ", app.code())
    recovery_code = terminal.expect("1  ((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})").group(1)
    assert terminal.end() == 0, terminal.transcript
    return app, recovery_code


def says_how_to_install(machine):
    """As somebody would who reads from the top: what is there to look with before the last command, and what keeps it."""
    text = _chapter("Installing")
    made, four, looks, keeps = _blocks(text)
    assert "four commands" in text and len(four) == 4, four
    machine.bring(FIRST_TWO)
    # The packages that are tried here were made so; what it needs is asked for, and not fetched once more.
    _run(machine, [made[0].replace("apt ", "apt --simulate ")])
    assert os.access(os.path.join(PROJECT, made[1].split()[0]), os.X_OK) and machine.release() in text, made
    machine.stand_in_for_systemctl()
    machine.write("/run/units-are-active", "")
    machine.keep_a_log()
    machine.add_person("alice", "wonderland")
    _run(machine, four[:1])
    app, recovery_code = _enroll(machine, four[1])
    _run(machine, four[2:3])
    # No systemd, time server or machine-id is here; what the packages and the two commands have made is right.
    assert "0 errors" in machine.run(*looks[0].split())
    trial = _sit_at(machine, looks[1])
    trial.answer("Verification code: ", recovery_code)
    assert trial.end() == 0, trial.transcript
    assert "pam_secondstep" not in machine.read("/etc/pam.d/sshd")
    _run(machine, four[3:])
    (keep,) = keeps
    assert machine.try_run(*keep.split()).status != 0, "before anybody has logged in"
    status, out, questions = machine.ssh("alice", "wonderland", app.code())
    assert (status, "alice") == (0, out.splitlines()[-1]), (out, questions)
    assert "Verification code" in questions, questions
    _run(machine, keeps)
    assert "pam_secondstep.so" in machine.read("/etc/pam.d/sshd")


def says_how_to_upgrade_and_to_uninstall(machine):
    machine.install()
    machine.enroll("root")
    machine.let_sshd_ask()
    machine.run("secondstep", "pam", "add", "sshd", "--no-catch")
    for file in os.listdir(machine.path("/packages")):
        os.remove(machine.path("/packages/" + file))
    place = machine.next_version(FIRST_TWO)
    machine.bring(FIRST_TWO, place)
    _run(machine, _commands(_chapter("Upgrading")))
    assert machine.run("dpkg-query", "-W", "-f", "${Version}", "secondstep").endswith("+next")
    uninstall = _commands(_chapter("Uninstalling"))
    assert uninstall[0] == "secondstep pam remove sshd"
    # Nobody has logged in with it here, and no systemd could put the file back.
    uninstall[0] += " --no-catch"
    _run(machine, uninstall[:2])
    assert machine.has(HOST_KEY) and machine.has(STORE)
    _run(machine, uninstall[2:])
    for path in ("/etc/secondstep", STORE, "/usr/bin/secondstep", "/usr/sbin/secondstepd"):
        assert not machine.has(path), path
    assert "secondstep" not in machine.read("/etc/passwd")
    assert "pam_secondstep" not in machine.read("/etc/pam.d/sshd")
