"""The Ansible role of etc/ansible, run against this machine by a real ansible-playbook."""
import contextlib
import glob
import json
import os
import re
import shutil
import signal
import subprocess

from crowds import LONG
from web01 import CODE_PROMPT, CONFIGURATION, PROJECT, STORE, Skipped, processes_named, run, until

SSHD = "/etc/pam.d/sshd"
STATE = "/var/lib/secondstep-pam"
ALLOW = "action = allow\n"


def _takes_long():
    """A play is half a minute of Ansible's own work; eight of them are in every run."""
    if not LONG:
        raise Skipped("only with tests/run --long: it takes Ansible too long")


def _command(*options, **variables):
    if not shutil.which("ansible-playbook"):
        raise Skipped("this needs the package ansible-core")
    with open("/run/variables.json", "w", encoding="utf-8") as file:
        json.dump({"secondstep_packages": [], "ansible_python_interpreter": "/usr/bin/python3",
                   "secondstep_conf": ALLOW, "secondstep_stacks": [], **variables}, file)
    return ["ansible-playbook", "--connection", "local", "--inventory", "localhost,", "--extra-vars",
            "@/run/variables.json", *options, f"{PROJECT}/etc/ansible/secondstep.yml"]


def _surroundings():
    return {**os.environ, "LC_ALL": "C.UTF-8", "ANSIBLE_NOCOLOR": "1", "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml"}


class Play:
    """What a run came to."""

    def __init__(self, status, said):
        self.status = status
        self.said = said
        counted = re.search(r"localhost\s+: ok=\d+\s+changed=(\d+)\s+unreachable=0\s+failed=(\d+)", said)
        assert counted, said
        self.changed, self.failed = int(counted[1]), int(counted[2])

    def succeeded(self):
        assert self.status == 0 and self.failed == 0, self.said
        return self

    def stopped(self, *sentences):
        assert self.status != 0 and self.failed == 1, self.said
        for sentence in sentences:
            assert re.search(sentence, self.said), f"{sentence} is not in\n{self.said}"
        return self


def _begun(**variables):
    """One that a person has to go on with; a process group of its own."""
    return subprocess.Popen(_command(**variables), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            env=_surroundings(), start_new_session=True)


def _play(*options, **variables):
    done = subprocess.run(_command(*options, **variables), capture_output=True, text=True, env=_surroundings(),
                          timeout=600)
    return Play(done.returncode, done.stdout + done.stderr)


def _text(path=SSHD):
    with open(path, encoding="utf-8") as file:
        return file.read()


def _asks():
    return re.search(r"(?m)^[^#\n]*pam_secondstep", _text()) is not None


def _as_before_setup():
    for account in ("secondstep", "secondstep-courier"):
        run("userdel", account)
    shutil.rmtree("/etc/secondstep")
    shutil.rmtree(STORE)


@contextlib.contextmanager
def _atd():
    """What puts a PAM file back here, where no systemd runs."""
    if not shutil.which("atd"):
        raise Skipped("this needs the package at")
    daemon = subprocess.Popen(["atd", "-f"], stdin=subprocess.DEVNULL)
    try:
        until(lambda: processes_named("atd"), "atd")
        yield
    finally:
        daemon.terminate()
        daemon.wait(timeout=60)


def _machine(web01):
    """alice is enrolled, and sshd asks for her password alone."""
    os.symlink(os.environ["SYSLOG_FILE"], "/var/log/auth.log")
    web01.set_action("allow")
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd(stack=None)
    return alice


def _seen(web01):
    places = ("/etc/secondstep", "/etc/pam.d", "/etc/ssh", STORE, STATE)
    return web01.contents(*(place for place in places if os.path.isdir(place)))


def a_fresh_machine_is_set_up_and_a_second_run_changes_nothing(web01):
    _as_before_setup()
    _play().succeeded()
    assert _text(CONFIGURATION) == ALLOW
    assert not os.path.exists("/etc/secondstep/host.key"), "an image has no key that its clones would share"
    with _atd():
        alice = _machine(web01)
        conf = _text(CONFIGURATION)
        sshd = [{"service": "sshd"}]
        play = _begun(secondstep_stacks=sshd, secondstep_conf=conf)
        until(lambda: play.poll() is not None or _asks(), "a stack that asks")
        # As the play asks a person to do, while it waits.
        web01.logs_in_over_ssh(alice)
        said = play.communicate(timeout=600)[0]
        Play(play.returncode, said).succeeded()
        assert "LOG IN THROUGH IT WITH A CODE NOW" in said
        assert _asks() and not os.path.exists(f"{STATE}/pending")
        before = _seen(web01)
        again = _play(secondstep_stacks=sshd, secondstep_conf=conf).succeeded()
        assert again.changed == 0, again.said
        assert _seen(web01) == before
        web01.logs_in_over_ssh(alice)


def with_check_it_says_what_would_change_and_changes_nothing(web01):
    alice = _machine(web01)
    before = _seen(web01)
    play = _play("--check", "--diff", secondstep_conf="action = require\n", secondstep_stacks=[{"service": "sshd"}])
    assert play.succeeded().changed == 2, play.said
    assert re.search(r"(?m)^\+action = require", play.said), play.said
    assert _seen(web01) == before
    _play("--check", secondstep_conf="action = perhaps\n").stopped("secondstep_conf is not used")
    assert _seen(web01) == before
    web01.logs_in_over_ssh(alice, with_code=False)


def with_check_a_fresh_machine_stays_one(web01):
    _takes_long()
    _as_before_setup()
    with_tool = _play("--check", secondstep_stacks=[{"service": "sshd"}]).succeeded()
    assert with_tool.changed == 3, with_tool.said
    os.rename("/usr/bin/secondstep", "/usr/bin/secondstep.away")
    without = _play("--check", secondstep_stacks=[{"service": "sshd"}]).succeeded()
    assert without.changed == 3, without.said
    assert not os.path.exists("/etc/secondstep") and not os.path.exists(STORE) and not _asks()
    os.rename("/usr/bin/secondstep.away", "/usr/bin/secondstep")


def a_broken_configuration_stops_before_anything_is_changed(web01):
    alice = _machine(web01)
    before = _seen(web01)
    with _atd():
        for broken in ("action = perhaps\n", "[rule everybody\naction = require\n")[:2 if LONG else 1]:
            play = _play(secondstep_conf=broken, secondstep_stacks=[{"service": "sshd"}])
            play.stopped("secondstep_conf is not used, and nothing was changed", "secondstep.conf.*:1:")
            assert play.changed == 0, play.said
            assert _seen(web01) == before
    web01.logs_in_over_ssh(alice, with_code=False)


def a_machine_that_is_not_in_order_gets_no_stack(web01):
    alice = _machine(web01)
    web01.use_stack("su", text="auth sufficient pam_secondstep.so\nauth required pam_permit.so\n"
                               "account required pam_permit.so\n")
    before = _seen(web01)
    with _atd():
        _play(secondstep_conf="", secondstep_stacks=[{"service": "sshd"}]).stopped(
            "check-config has found errors", "/etc/pam.d/su:1: error")
    assert _seen(web01) == before
    web01.logs_in_over_ssh(alice, with_code=False)


def a_stack_through_which_nobody_gets_in_is_put_back_at_once(web01):
    alice = _machine(web01)
    text = _text()
    with _atd():
        # The service is gone, and so is what could stand in for it: nobody gets in with the changed stack.
        web01.stop_service()
        web01.break_secondstep()
        with open("/run/log-in", "w", encoding="ascii") as file:
            file.write("#!/bin/sh\ngrep -q pam_secondstep /etc/pam.d/sshd && touch /run/asked-with-the-line\nexit 1\n")
        os.chmod("/run/log-in", 0o755)
        for keep in ("login", "checks")[:2 if LONG else 1]:
            play = _play(secondstep_conf="", secondstep_keep=keep,
                         secondstep_stacks=[{"service": "sshd", "login_check": "/run/log-in"}, {"service": "su"}])
            play.stopped("The second step was not put into sshd")
            assert os.path.exists("/run/asked-with-the-line"), play.said
            os.remove("/run/asked-with-the-line")
            assert _text() == text and not os.path.exists(f"{STATE}/pending")
            assert "pam_secondstep" not in _text("/etc/pam.d/su")
    web01.logs_in_over_ssh(alice, with_code=False)


def a_login_of_the_control_node_keeps_the_stack(web01):
    _takes_long()
    alice = _machine(web01)
    with open("/run/log-in", "w", encoding="utf-8") as file:
        file.write(f"""#!/usr/bin/python3
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, "{PROJECT}/tests/system")
from terminal import Terminal
session = Terminal("ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o",
                   "PubkeyAuthentication=no", "alice@127.0.0.1", "true")
session.answer("Password: ", "{alice.password}")
session.answer("{CODE_PROMPT}", "{alice.phone.code()}")
sys.exit(session.end())
""")
    os.chmod("/run/log-in", 0o700)
    with _atd():
        play = _play(secondstep_conf="", secondstep_stacks=[{"service": "sshd", "login_check": "/run/log-in"}])
        play.succeeded()
    assert _asks() and not os.path.exists(f"{STATE}/pending"), play.said
    web01.logs_in_over_ssh(alice)


def a_play_that_was_killed_leaves_the_catch_and_the_next_one_goes_on(web01):
    _takes_long()
    alice = _machine(web01)
    variables = {"secondstep_conf": "", "secondstep_stacks": [{"service": "sshd"}]}
    with _atd():
        play = _begun(**variables)
        until(lambda: play.poll() is not None or _asks(), "a stack that asks")
        os.killpg(play.pid, signal.SIGKILL)
        play.communicate(timeout=60)
        assert os.path.exists(f"{STATE}/pending") and glob.glob("/var/spool/cron/atjobs/a*"), "it goes back by itself"
        web01.logs_in_over_ssh(alice)
        _play(**variables).succeeded()
    assert _asks() and not os.path.exists(f"{STATE}/pending")


def what_is_known_to_work_is_kept_after_the_checks_alone(web01):
    _takes_long()
    alice = _machine(web01)
    variables = {"secondstep_conf": "", "secondstep_keep": "checks",
                 "secondstep_stacks": [{"service": "sshd", "login_check": "true"}]}
    with _atd():
        _play(**variables).succeeded()
        assert _asks() and not os.path.exists(f"{STATE}/pending")
        assert _play(**variables).succeeded().changed == 0
    web01.logs_in_over_ssh(alice)


def without_anything_that_puts_the_file_back_no_stack_is_changed(web01):
    _takes_long()
    _machine(web01)
    text = _text()
    _play(secondstep_conf="", secondstep_stacks=[{"service": "sshd"}]).stopped("nothing here can put the file back")
    assert _text() == text


def _built(name, version, needs):
    """A package that holds nothing; gives its file."""
    os.makedirs("/root/package/DEBIAN", exist_ok=True)
    with open("/root/package/DEBIAN/control", "w", encoding="ascii") as file:
        file.write(f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: Nobody <nobody@example.com>\n"
                   f"Depends: {needs}\nDescription: one of two that need each other\n")
    run("dpkg-deb", "--build", "/root/package", f"/root/{name}.deb")
    return f"/root/{name}.deb"


def _pair(version):
    return [_built("secondstep-probe-module", version, f"secondstep-probe (= {version})"),
            _built("secondstep-probe", version, "dpkg")]


def _installed():
    return run("dpkg-query", "-W", "-f", "${Status} ${Version}", "secondstep-probe-module")


def packages_of_the_control_node_are_installed_together(web01):
    _takes_long()
    del web01
    files = _pair(1)
    assert _play("--check", secondstep_packages_source=files).succeeded().changed >= 2
    assert not os.path.exists("/var/lib/dpkg/info/secondstep-probe.list")
    _play(secondstep_packages_source=files).succeeded()
    assert _installed() == "install ok installed 1"
    again = _play(secondstep_packages_source=files).succeeded()
    assert again.changed == 0, again.said
    # Each needs the other in its own version: one after the other would take the module away.
    _play(secondstep_packages_source=_pair(2)).succeeded()
    assert _installed() == "install ok installed 2"
    _play(secondstep_packages_source=_pair(1)).stopped("downgraded")
    assert _installed() == "install ok installed 2"
