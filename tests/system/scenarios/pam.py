"""`secondstep pam`: a change of a PAM file that goes back by itself, with a real sshd, and a real atd."""
import contextlib
import glob
import os
import re
import shutil
import signal
import subprocess
import time

from web01 import CODE_PROMPT, Skipped, processes_named, until

STATE = "/var/lib/secondstep-pam"
SSHD = "/etc/pam.d/sshd"


def _tool(*arguments):
    return subprocess.run(["secondstep", *arguments], capture_output=True, text=True, timeout=120)


def _text(path=SSHD):
    with open(path, encoding="utf-8") as file:
        return file.read()


def _asks(path=SSHD):
    return re.search(r"(?m)^[^#\n]*pam_secondstep", _text(path)) is not None


def _about(path=SSHD):
    about = os.stat(path)
    return about.st_mode, about.st_uid, about.st_gid


@contextlib.contextmanager
def _atd():
    if not shutil.which("atd"):
        raise Skipped("this needs the package at")
    daemon = subprocess.Popen(["atd", "-f"], stdin=subprocess.DEVNULL)
    try:
        until(lambda: processes_named("atd"), "atd")
        yield daemon
    finally:
        daemon.terminate()
        daemon.wait(timeout=60)


def _jobs():
    return glob.glob("/var/spool/cron/atjobs/a*")


def _eleven_minutes_later(daemon):
    """What at(1) and the pending change have on the disk is moved into the past, and atd looks again."""
    for name, ago in (("made", 660), ("due", 60)):
        if os.path.isdir(f"{STATE}/pending"):
            with open(f"{STATE}/pending/{name}", "w", encoding="ascii") as file:
                file.write(f"{int(time.time()) - ago}\n")
    for job in _jobs():
        os.rename(job, job[:-8] + f"{int(time.time()) // 60:08x}")
    daemon.send_signal(signal.SIGHUP)
    until(lambda: not _jobs(), "atd has begun every job")
    until(lambda: not glob.glob("/var/spool/cron/atjobs/=*"), "every job has ended")


def _machine(web01, methods="keyboard-interactive"):
    os.symlink(os.environ["SYSLOG_FILE"], "/var/log/auth.log")
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd(methods, stack=None)
    os.chmod(SSHD, 0o640)
    return alice


def a_change_that_locks_everybody_out_goes_back(web01):
    alice = _machine(web01)
    before, about = _text(), _about()
    with _atd() as daemon:
        added = _tool("pam", "add", "sshd")
        assert added.returncode == 0, added.stderr
        assert "\n+auth " in added.stdout and _asks()
        assert _about() == about
        assert len(_jobs()) == 1
        due = int(_jobs()[0][-8:], 16) * 60
        assert time.time() + 600 <= due <= time.time() + 661, "the job comes after the ten minutes"
        web01.stop_service()
        web01.break_secondstep()
        session = web01.ssh("alice")
        session.answer("Password: ", alice.password)
        assert session.end() != 0
        kept = _tool("pam", "keep", "sshd")
        assert kept.returncode == 1 and "log in through it from another terminal" in kept.stderr
        _eleven_minutes_later(daemon)
    assert _text() == before and _about() == about
    assert not os.path.exists(f"{STATE}/pending")
    web01.expect_any_log(r"secondstep-pam-restore: .*sshd is again as it was")
    web01.logs_in_over_ssh(alice, with_code=False)


def a_change_is_kept_after_a_login_through_it_and_taken_away_to_the_byte(web01):
    alice = _machine(web01)
    before, about = _text(), _about()
    with _atd() as daemon:
        assert _tool("pam", "add", "sshd").returncode == 0
        after = _text()
        assert _tool("pam", "keep", "sshd").returncode == 1
        second = _tool("pam", "add", "login")
        assert second.returncode == 1 and "one change at a time" in second.stderr, second.stderr
        web01.logs_in_over_ssh(alice)
        kept = _tool("pam", "keep", "sshd")
        assert kept.returncode == 0, kept.stderr
        _eleven_minutes_later(daemon)
    assert _text() == after and _about() == about
    web01.logs_in_over_ssh(alice)
    # It was in use before: no atd is needed, and nobody has to log in.
    removed = _tool("pam", "remove", "sshd")
    assert removed.returncode == 0, removed.stderr
    assert _text() == before and _about() == about
    assert not os.path.exists(f"{STATE}/pending")
    web01.logs_in_over_ssh(alice, with_code=False)


def a_verdict_without_a_login_keeps_nothing(web01):
    alice = _machine(web01)
    with _atd():
        assert _tool("pam", "add", "sshd").returncode == 0
        session = web01.ssh("alice")  # as if a line behind the code refused
        session.answer("Password: ", alice.password)
        session.expect(CODE_PROMPT)
        tried = subprocess.run(["secondstep", "try", "alice", "--service", "sshd"], input=alice.phone.code() + "\n",
                               capture_output=True, text=True, timeout=120)
        assert tried.returncode == 0, tried.stderr
        web01.expect_log("verdict=accepted user=alice service=sshd")
        assert _tool("pam", "keep", "sshd").returncode == 1
        undone = _tool("pam", "remove", "sshd")
        assert undone.returncode == 0 and not _asks(), undone.stderr


def without_timer_and_atd_nothing_is_changed(web01):
    _machine(web01)
    before = _text()
    refused = _tool("pam", "add", "sshd")
    assert refused.returncode == 4 and "--no-catch" in refused.stderr, refused.stderr
    assert _text() == before and not os.path.exists(f"{STATE}/pending")
    shown = _tool("pam", "add", "sshd", "--dry-run")
    assert shown.returncode == 0 and "\n+auth " in shown.stdout
    assert _text() == before
    assert _tool("pam", "add", "sshd", "--no-catch").returncode == 0
    assert _asks() and not os.path.exists(f"{STATE}/pending")


def sshd_has_to_be_ready_before_its_stack_is_changed(web01):
    _machine(web01, methods="password")
    before = _text()
    refused = _tool("pam", "add", "sshd", "--no-catch")
    assert refused.returncode == 1 and "sshd_config" in refused.stderr, refused.stderr
    assert _text() == before


def a_part_of_several_services_is_not_changed(web01):
    _machine(web01)
    for service in ("login", "sudo"):
        with open(f"/etc/pam.d/{service}", "w", encoding="utf-8") as file:
            file.write("@include common-auth\n@include common-account\n")
    before = _text("/etc/pam.d/common-auth")
    refused = _tool("pam", "add", "common-auth", "--no-catch")
    assert refused.returncode == 1, refused
    assert "is a part of" in refused.stderr and "sudo" in refused.stderr, refused.stderr
    assert _text("/etc/pam.d/common-auth") == before
    nothing = _tool("pam", "add", "no-such-service", "--no-catch")
    assert nothing.returncode != 0 and "there is no service of this name" in nothing.stderr, nothing.stderr


def what_a_link_leads_to_is_not_replaced(web01):
    _machine(web01)
    os.rename(SSHD, "/etc/pam.d/theirs")
    os.symlink("theirs", SSHD)
    refused = _tool("pam", "add", "sshd", "--no-catch")
    assert refused.returncode == 4 and "symbolic link" in refused.stderr, refused.stderr
    assert os.path.islink(SSHD) and not _asks()


def a_vendors_file_gets_a_copy_that_goes_away_again(web01):
    _machine(web01)
    os.makedirs("/usr/lib/pam.d", exist_ok=True)
    shutil.copy(SSHD, "/usr/lib/pam.d/vendors")
    with _atd() as daemon:
        added = _tool("pam", "add", "vendors")
        assert added.returncode == 0 and "/usr/lib/pam.d/vendors stays as it is" in added.stdout, added.stderr
        assert "\n--- /etc/pam.d/vendors\n+++ /etc/pam.d/vendors\n@@ " in added.stdout, added.stdout
        assert _asks("/etc/pam.d/vendors")
        _eleven_minutes_later(daemon)
    assert not os.path.exists("/etc/pam.d/vendors")


def a_change_that_is_not_kept_yet_is_undone_at_once(web01):
    alice = _machine(web01)
    before = _text()
    with _atd():
        assert _tool("pam", "add", "sshd").returncode == 0
        assert _tool("pam", "remove", "sshd").returncode == 0
        assert _text() == before and not os.path.exists(f"{STATE}/pending")
        # Taken away from a file that was never in use without it: the catch is for that, too.
        web01.use_stack("sshd", "sshd-password-and-code")
        example = _text()
        removed = _tool("pam", "remove", "sshd")
        assert removed.returncode == 0 and not _asks(), removed.stderr
        assert _tool("pam", "keep", "sshd").returncode == 1
        undone = _tool("pam", "add", "sshd")
        assert undone.returncode == 0 and _text() == example, undone.stderr
        assert _tool("pam", "remove", "sshd").returncode == 0
        web01.logs_in_over_ssh(alice, with_code=False)
        kept = _tool("pam", "keep", "sshd")
        assert kept.returncode == 0 and not _asks(), kept.stderr


def a_program_that_was_stopped_too_long_writes_nothing_that_stays(web01):
    _machine(web01)
    before = _text()
    # at(1) takes its time; meanwhile the ten minutes are over, and what was pending has ended.
    os.rename("/usr/bin/at", "/usr/bin/at.real")
    with open("/usr/bin/at", "w", encoding="ascii") as file:
        file.write(f"#!/bin/sh\nmkdir -p {STATE}/backup && mv {STATE}/pending {STATE}/backup/1-sshd-restored\n")
    os.chmod("/usr/bin/at", 0o755)
    with _atd():
        added = _tool("pam", "add", "sshd")
    assert added.returncode == 4 and "took too long" in added.stderr, added.stderr
    assert _text() == before


def a_key_and_a_code(web01):
    alice = _machine(web01, methods="publickey,keyboard-interactive")
    web01.give_key(alice)
    before = _text()
    with _atd():
        added = _tool("pam", "add", "sshd", "--key-and-code")
        assert added.returncode == 0, added.stderr
        assert "who has no key cannot log in" in added.stdout
        session = web01.ssh("alice")
        session.answer(CODE_PROMPT, alice.phone.code())
        session.expect("logged in as alice")
        assert session.end() == 0
        assert _tool("pam", "keep", "sshd").returncode == 0
    assert _tool("pam", "remove", "sshd").returncode == 0
    assert _text() == before


def a_code_alone_is_never_written(web01):
    _machine(web01)  # sshd asks for no key
    before = _text()
    refused = _tool("pam", "add", "sshd", "--key-and-code", "--no-catch")
    assert refused.returncode == 1, refused.stdout
    assert _text() == before
    web01.use_stack("open", text="auth required pam_permit.so\naccount required pam_permit.so\n")
    refused = _tool("pam", "add", "open", "--no-catch")
    assert refused.returncode != 0 and "without a password" in refused.stderr, refused.stderr


def what_got_worse_is_said_by_check_config(web01):
    _machine(web01)
    web01.use_stack("su")  # that some service asks is not what is looked at here
    assert _tool("pam", "add", "sshd", "--no-catch").returncode == 0
    with_code = _text()
    first = _tool("check-config", "--changed")
    assert first.returncode == 0 and "Remembered" in first.stdout, first.stderr
    assert _tool("check-config", "--changed").returncode == 0
    # A package's update put its own file in place.
    web01.use_stack("sshd", text="".join(line for line in with_code.splitlines(True) if "pam_secondstep" not in line))
    for _ in range(2):
        worse = _tool("check-config", "--changed")
        assert worse.returncode == 1 and "sshd no longer asks for the second step" in worse.stdout, worse.stdout
    web01.expect_any_log(r"<81>.*secondstep\[\d+\]: check-config: sshd no longer asks for the second step")
    assert re.search(r"check-config: sshd no longer asks", _tool("doctor").stdout)
    assert _tool("check-config", "--changed", "--accept").returncode == 0
    assert _tool("check-config", "--changed").returncode == 0
    web01.use_stack("sshd", text=with_code)  # and what check-config has to say of sshd's settings is new again
    assert _tool("check-config", "--changed", "--accept").returncode == 0
    os.remove(SSHD)
    assert _tool("check-config", "--changed").returncode == 0
    own = subprocess.run(["setpriv", "--reuid", "alice", "--clear-groups", "secondstep", "check-config", "--changed"],
                         capture_output=True, text=True, timeout=120)
    assert own.returncode == 5, own.stderr


def a_kill_at_any_moment_leaves_no_change_without_its_catch(web01):
    _machine(web01)
    if not shutil.which("strace"):
        raise Skipped("this needs the package strace")
    before = _text()
    kills = changes = 0
    with _atd():
        # Of the tool itself: what it starts is at(1), which is whole or has not begun.
        for call in ("mkdir", "mkdirat", "rename", "renameat", "renameat2", "unlinkat", "fsync", "fdatasync", "wait4"):
            for moment in range(1, 100):
                done = subprocess.run(["strace", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                                       f"inject={call}:signal=SIGKILL:when={moment}", "secondstep", "pam", "add", "sshd"],
                                      capture_output=True, text=True, timeout=120)
                if _text() != before:
                    changes += 1
                    assert os.path.exists(f"{STATE}/pending/after") and _jobs(), f"no catch after {call} {moment}"
                    assert _text(f"{STATE}/pending/before") == before
                else:
                    assert done.returncode != 0
                shutil.rmtree(STATE, ignore_errors=True)
                for job in _jobs():
                    os.remove(job)
                web01.use_stack("sshd", text=before)
                if done.returncode == 0:
                    break
                kills += 1
    assert kills > 30, kills
    assert changes > 9, "each call is let go once, and one kill at least comes after the write"
