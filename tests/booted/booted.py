"""The machine web01 as systemd has started it: its units, and people of a portal who log in."""
import csv
import os
import pwd
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.environ["SECONDSTEP_PROJECT"], "tests", "system"))

from authenticator import Authenticator
from web01 import CONFIGURATION, run

SERVICE, SOCKET = "secondstepd.service", "secondstepd.socket"


def property_of(unit, name):
    return run("systemctl", "show", "--value", "--property", name, unit).strip()


def is_active(unit):
    return property_of(unit, "ActiveState") == "active"


def main_process():
    return int(property_of(SERVICE, "MainPID"))


def configure(text):
    with open(CONFIGURATION, "w", encoding="utf-8") as file:
        file.write(text)


def set_up(configuration=""):
    """What the README says, and a portal whose people need no account."""
    run("secondstep", "setup")
    configure("portal_services = portal\n" + configuration)
    with open("/etc/pam.d/portal", "w", encoding="ascii") as file:
        file.write("auth required pam_secondstep.so\n")
    run("systemctl", "enable", "--now", SOCKET)


def status_of(process):
    """What the kernel says of a process, by name."""
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file)


def assert_is_of_its_account_alone(process, account):
    """It has no capability and no way to one, and its system calls pass a filter."""
    status = status_of(process)
    assert status["Uid"].split() == [str(pwd.getpwnam(account).pw_uid)] * 4, status
    assert {status[sort] for sort in ("CapEff", "CapPrm", "CapBnd", "CapAmb")} == {"0" * 16}, status
    assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2"), status


def read_only(process, paths):
    """Which of these are file systems that the process cannot write to, whatever their modes say."""
    return [path for path in paths if os.statvfs(f"/proc/{process}/root{path}").f_flag & os.ST_RDONLY]


def couriers():
    """The processes that send a message now."""
    shown = run("systemctl", "show", "--value", "--property", "MainPID", "secondstep-courier@*.service")
    return [int(word) for word in shown.split() if word != "0"]


def restart():
    """A systemd in a namespace sometimes finds the control group gone in which it is to start a process (219/CGROUP); it
    tries again after a second. Anything else is a fault of the unit or the service."""
    done = subprocess.run(["systemctl", "restart", SERVICE], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        log = log_of_the_service()
        assert 0 < log.count("status=219/CGROUP") == log.count("Main process exited"), f"{done.stderr}\n{log[-2000:]}"


def override(unit, text):
    directory = f"/run/systemd/system/{unit}.d"
    os.makedirs(directory, exist_ok=True)
    with open(f"{directory}/trial.conf", "w", encoding="ascii") as file:
        file.write(text)
    run("systemctl", "daemon-reload")


def enroll(count):
    """The authenticators of people on the portal, by name."""
    with open("/root/list", "w", encoding="ascii") as file:
        file.writelines(f"staff{number:03}\n" for number in range(count))
    run("secondstep", "enroll", "--bulk", "/root/list", "--portal-user", "--no-confirm", "--output", "/root/list.csv")
    with open("/root/list.csv", encoding="ascii", newline="") as file:
        return {row["user"]: Authenticator(row["otpauth_uri"]) for row in csv.DictReader(file)}


def log_of_the_service():
    return run("journalctl", "--no-pager", "-o", "cat", "-u", SERVICE)


def join_as(name, node, token):
    """What setup --join starts, as another machine with a configuration and a directory of its own. Its exit code."""
    directory = f"/srv/{name}"
    os.makedirs(f"{directory}/fleet")
    shutil.chown(f"{directory}/fleet", "secondstep-relay", "secondstep-relay")
    with open(f"{directory}/secondstep.conf", "w", encoding="ascii"):
        pass
    return subprocess.run(["secondstep-relay", "--config", f"{directory}/secondstep.conf", "--join", node, "--name", name,
                           "--directory", f"{directory}/fleet"], input=token + "\n", text=True, check=False).returncode
