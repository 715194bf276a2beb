"""The chapters of the README about packages, followed literally."""
import os
import re

from machine import FIRST_TWO, HOST_KEY, STORE

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "README.md")


def _commands(chapter):
    """The indented lines of a chapter, without what is said about them."""
    with open(README, encoding="utf-8") as file:
        text = file.read()
    body = re.search(rf"^#+ {chapter}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL).group(1)
    return [line.split(" # ")[0].strip() for line in re.findall(r"^    (\S.*)$", body, re.MULTILINE)]


def _run(machine, commands):
    for command in commands:
        done = machine.try_run("sh", "-c", f"cd /packages && {command}".replace("apt ", "apt-get -y "))
        assert done.status == 0, f"{command}: {done.text}"


def says_how_to_upgrade_and_to_uninstall(machine):
    machine.install()
    machine.enroll("root")
    machine.let_sshd_ask()
    machine.run("secondstep", "pam", "add", "sshd", "--no-catch")
    for file in os.listdir(machine.path("/packages")):
        os.remove(machine.path("/packages/" + file))
    place = machine.next_version(FIRST_TWO)
    machine.bring(FIRST_TWO, place)
    _run(machine, _commands("Upgrading"))
    assert machine.run("dpkg-query", "-W", "-f", "${Version}", "secondstep").endswith("+next")
    uninstall = _commands("Uninstalling")
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
