"""The disk of the store is full, read-only, or has no inodes left. Nobody is let in who could not be noted down."""
import contextlib
import os
import subprocess

from patience import PATIENCE
from terminal import Terminal
from web01 import CODE_PROMPT, MODULE_LINE, STORE, Skipped, run, service_ids

AUTHENTICATED = "successfully authenticated"
UNAVAILABLE = "Authentication service cannot retrieve authentication info"


def _move_store_to_a_small_disk(web01):
    """An ext4 of its own, with everything `setup` made."""
    run("truncate", "-s", "24M", "/run/disk")
    run("mkfs.ext4", "-q", "-b", "4096", "-N", "1200", "-m", "0", "-O", "^has_journal", "/run/disk")
    os.mkdir("/run/mounted")
    mounted = subprocess.run(["mount", "-o", "loop,nodelalloc", "/run/disk", "/run/mounted"], capture_output=True, text=True)
    if mounted.returncode != 0:
        raise Skipped(f"no loop device here: {mounted.stderr.strip()}")
    run("cp", "-a", f"{STORE}/.", "/run/mounted")
    run("rmdir", "/run/mounted/lost+found")
    run("mount", "--move", "/run/mounted", STORE)
    os.chown(STORE, *service_ids())
    os.chmod(STORE, 0o700)
    web01.use_stack("portal", text=MODULE_LINE + "\n")


def _one_more_block(name):
    """Written, or refused with ENOSPC; in a file of its own, so that nothing is left over at the end of a block."""
    with open(f"{STORE}/{name}", "wb", buffering=0) as file:
        return file.write(bytes(4096))


def _append_until_full(file):
    written = 0
    with contextlib.suppress(OSError):
        while True:
            written += file.write(bytes(4096))
    return written


def _fill():
    # ext4 promises blocks before it places them, generously: what was promised too much is free after a flush.
    with open(f"{STORE}/filler", "wb", buffering=0) as file:
        while _append_until_full(file):
            with contextlib.suppress(OSError):
                os.fsync(file.fileno())
    try:
        written = _one_more_block("one-more")
    except OSError:
        return
    raise AssertionError(f"the disk is not full: {written} more bytes went on to it")


def _use_all_inodes():
    number = 0
    with contextlib.suppress(OSError):
        while True:
            with open(f"{STORE}/filler{number}", "wb"):
                number += 1
    assert os.statvfs(STORE).f_ffree == 0, "there are inodes left"


def _make_read_only():
    run("mount", "-o", "remount,ro", STORE)


def _make_writable():
    run("mount", "-o", "remount,rw", STORE)


def _logs_in(web01, code):
    session = web01.pamtester("portal", "alice")
    session.answer(CODE_PROMPT, code)
    session.expect(AUTHENTICATED)
    assert session.end() == 0


def _is_unavailable(web01, code):
    session = web01.pamtester("portal", "alice")
    if session.expect(CODE_PROMPT, UNAVAILABLE).group() == CODE_PROMPT:
        session.type(code)
        session.expect(UNAVAILABLE)
    assert session.end() != 0
    assert AUTHENTICATED not in session.transcript
    web01.expect_log("verdict=unavailable user=alice")


def _alice_on_a_small_disk(web01):
    alice = web01.add_person("alice", enrolled=True)
    _move_store_to_a_small_disk(web01)
    web01.start_service()
    return alice


def a_login_works_on_a_full_disk_and_its_code_is_used_up(web01):
    alice = _alice_on_a_small_disk(web01)
    _fill()
    code = alice.phone.code()
    _logs_in(web01, code)
    session = web01.pamtester("portal", "alice")
    for _ in range(3):
        session.answer(CODE_PROMPT, code)
    assert session.end() != 0


def a_login_works_without_inodes(web01):
    alice = _alice_on_a_small_disk(web01)
    _use_all_inodes()
    _logs_in(web01, alice.phone.code())


def a_recovery_code_works_once_on_a_full_disk(web01):
    alice = _alice_on_a_small_disk(web01)
    _fill()
    _logs_in(web01, alice.recovery_codes[0])
    session = web01.pamtester("portal", "alice")
    for _ in range(3):
        session.answer(CODE_PROMPT, alice.recovery_codes[0])
    assert session.end() != 0


def a_login_on_a_read_only_disk_is_unavailable_and_the_code_works_later(web01):
    alice = _alice_on_a_small_disk(web01)
    _make_read_only()
    code = alice.phone.code()
    with web01.nothing_changes():
        _is_unavailable(web01, code)
    _make_writable()
    _logs_in(web01, code)


def _re_enrollment_fails_and_the_old_code_works(web01, alice, spoil, mend):
    spoil()
    with web01.nothing_changes():
        done = subprocess.run(["secondstep", "enroll", "alice", "--replace", "--no-confirm", "--json", "--qr", "none"],
                              capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 4, f"{done.returncode}: {done.stdout}{done.stderr}"
    assert "otpauth:" not in done.stdout, "a key that was not stored must not be handed out"
    complaint = done.stderr + done.stdout
    assert any(word in complaint for word in ("space", "read-only", "Read-only", "full", "inode")), complaint
    mend()
    _logs_in(web01, alice.phone.code())


def enrolling_on_a_full_disk_keeps_the_old_credential(web01):
    alice = _alice_on_a_small_disk(web01)
    _re_enrollment_fails_and_the_old_code_works(web01, alice, _fill, lambda: None)


def enrolling_without_inodes_keeps_the_old_credential(web01):
    alice = _alice_on_a_small_disk(web01)
    _re_enrollment_fails_and_the_old_code_works(web01, alice, _use_all_inodes, lambda: None)


def enrolling_on_a_read_only_disk_keeps_the_old_credential(web01):
    alice = _alice_on_a_small_disk(web01)
    _re_enrollment_fails_and_the_old_code_works(web01, alice, _make_read_only, _make_writable)


def a_first_enrollment_on_a_full_disk_leaves_the_person_not_enrolled(web01):
    web01.add_person("alice")
    _move_store_to_a_small_disk(web01)
    _fill()
    session = Terminal("secondstep", "enroll", "alice", "--no-confirm", "--qr", "none")
    assert session.end() == 4, session.transcript
    status = subprocess.run(["secondstep", "status", "alice", "--json"], capture_output=True, text=True, timeout=PATIENCE)
    assert '"totp"' not in status.stdout, status.stdout
