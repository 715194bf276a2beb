"""Files that are damaged, or that somebody else could have made: nobody gets in, the log says why, nothing is changed."""
import contextlib
import os
import shutil
import subprocess

from patience import PATIENCE
from web01 import CODE_PROMPT, CONFIGURATION, MODULE_LINE, STORE, run, service_ids

AUTHENTICATED = "successfully authenticated"
STATE = f"{STORE}/users/alice.state"
CREDENTIAL = f"{STORE}/users/alice.credential"


def _alice(web01):
    web01.use_stack("portal", text=MODULE_LINE + "\n")
    alice = web01.add_person("alice", enrolled=True)
    assert os.path.isfile(STATE) and os.path.isfile(CREDENTIAL)
    return alice


def _try(web01, name, code):
    """Gives the transcript of a login with this code."""
    session = web01.pamtester("portal", name)
    with contextlib.suppress(AssertionError):
        session.answer(CODE_PROMPT, code)
    session.end()
    return session.transcript


def _is_unavailable(web01, name, code, why):
    web01.forget_log()
    with web01.nothing_changes():
        transcript = _try(web01, name, code)
    assert AUTHENTICATED not in transcript
    assert "Authentication service cannot retrieve authentication info" in transcript, transcript
    web01.expect_log(f"(?i)verdict=unavailable user={name} .*({why})")


def _spoiled(web01, spoil, why):
    """The right code is refused as unavailable after `spoil`, by a service that ran before and without one."""
    alice = _alice(web01)
    web01.start_service()
    spoil()
    code = alice.phone.code()
    _is_unavailable(web01, "alice", code, why)
    web01.stop_service()
    _is_unavailable(web01, "alice", code, why)


def _change(path, change):
    with open(path, "r+b") as file:
        content = bytearray(file.read())
        content = change(content)
        file.seek(0)
        file.truncate()
        file.write(content)


def _flip_middle_bit(content):
    content[len(content) // 2] ^= 1
    return content


def a_missing_state_lets_nobody_in(web01):
    _spoiled(web01, lambda: os.remove(STATE), "state")


def an_empty_state_lets_nobody_in(web01):
    _spoiled(web01, lambda: _change(STATE, lambda content: b""), "state")


def a_state_that_is_too_long_lets_nobody_in(web01):
    _spoiled(web01, lambda: _change(STATE, lambda content: content + b"x"), "state")


def a_state_that_is_a_symbolic_link_lets_nobody_in(web01):
    def spoil():
        os.rename(STATE, f"{STORE}/elsewhere")
        os.symlink(f"{STORE}/elsewhere", STATE)
    _spoiled(web01, spoil, "state|symbolic|regular")


def a_state_that_is_a_fifo_lets_nobody_in(web01):
    def spoil():
        os.remove(STATE)
        os.mkfifo(STATE, 0o600)
        os.chown(STATE, *service_ids())
    _spoiled(web01, spoil, "state|regular")


def a_state_of_another_owner_lets_nobody_in(web01):
    # Readable for the service's group, so that it is the owner that is judged and not the permission to open.
    _spoiled(web01, lambda: os.chown(STATE, 0, 0), "state|owner|permission")


def a_state_that_the_group_may_read_lets_nobody_in(web01):
    _spoiled(web01, lambda: os.chmod(STATE, 0o640), "state|mode|group")


def a_state_with_two_links_lets_nobody_in(web01):
    _spoiled(web01, lambda: os.link(STATE, f"{STORE}/second"), "state|link")


def a_missing_credential_lets_nobody_in(web01):
    """A lost file must not switch the second step off."""
    _spoiled(web01, lambda: os.remove(CREDENTIAL), "credential")


def a_truncated_credential_lets_nobody_in(web01):
    _spoiled(web01, lambda: _change(CREDENTIAL, lambda content: content[:-1]), "credential|damaged")


def an_empty_credential_lets_nobody_in(web01):
    _spoiled(web01, lambda: _change(CREDENTIAL, lambda content: b""), "credential|damaged")


def a_credential_with_one_bit_flipped_lets_nobody_in(web01):
    _spoiled(web01, lambda: _change(CREDENTIAL, _flip_middle_bit), "credential|damaged")


def a_credential_of_a_future_version_lets_nobody_in(web01):
    """Bytes 8 to 11 are the format's number; this one is large in either byte order."""
    _spoiled(web01, lambda: _change(CREDENTIAL, lambda content: content[:8] + b"\2\0\0\2" + content[12:]), "newer")


def a_credential_that_the_group_may_read_lets_nobody_in(web01):
    _spoiled(web01, lambda: os.chmod(CREDENTIAL, 0o640), "credential|mode|group")


def a_credential_that_is_a_symbolic_link_lets_nobody_in(web01):
    def spoil():
        os.rename(CREDENTIAL, f"{STORE}/elsewhere")
        os.symlink(f"{STORE}/elsewhere", CREDENTIAL)
    _spoiled(web01, spoil, "credential|symbolic|regular")


def a_credential_copied_to_another_name_lets_nobody_in(web01):
    """Mallory, who can write to a backup, gives root's account her own second step."""
    alice = _alice(web01)
    web01.add_person("bob", enrolled=True)
    for kind in ("credential", "state"):
        shutil.copy(f"{STORE}/users/alice.{kind}", f"{STORE}/users/bob.{kind}")
    web01.start_service()
    _is_unavailable(web01, "bob", alice.phone.code(), "credential|damaged|state")


def a_store_that_others_may_enter_lets_nobody_in(web01):
    alice = _alice(web01)
    os.chmod(STORE, 0o755)
    with web01.nothing_changes():
        transcript = _try(web01, "alice", alice.phone.code())
    assert AUTHENTICATED not in transcript
    web01.expect_log("(?i)" + STORE)


def a_host_key_that_others_may_read_lets_nobody_in(web01):
    alice = _alice(web01)
    os.chmod("/etc/secondstep/host.key", 0o444)
    with web01.nothing_changes():
        transcript = _try(web01, "alice", alice.phone.code())
    assert AUTHENTICATED not in transcript
    web01.expect_log("host.key")


# The configuration, without a service (a service that runs keeps its last good one).


@contextlib.contextmanager
def _bad_configuration(web01, why):
    alice = _alice(web01)
    code = alice.phone.code()
    yield
    with web01.nothing_changes():
        transcript = _try(web01, "alice", code)
    assert AUTHENTICATED not in transcript
    web01.expect_log(why)
    service = subprocess.run(["secondstepd"], capture_output=True, text=True, timeout=PATIENCE)
    assert service.returncode != 0, "secondstepd starts with a bad configuration"


def a_configuration_that_others_may_write_lets_nobody_in(web01):
    with _bad_configuration(web01, "secondstep.conf"):
        os.chmod(CONFIGURATION, 0o666)


def an_unknown_key_in_the_configuration_lets_nobody_in(web01):
    with _bad_configuration(web01, r"secondstep.conf:\d+: unknown option; did you mean 'tries'\?"):
        web01.set_first_line("retries = 3")


def a_repeated_key_in_the_configuration_lets_nobody_in(web01):
    with _bad_configuration(web01, r"secondstep.conf:\d+: this option is there already, at "):
        web01.set_first_line("tries = 3\ntries = 3")


def no_word_of_a_bad_configuration_is_in_the_log(web01):
    """conf= of the module, or --config of the service, may name any file of root's."""
    word = "Xq7MarkerXq7"
    text = f"key={word}\n{word}:$6${word}\ntries = {word}\n[{word}]\n[rule {word}!]\naction = {word}\n"
    with open("/etc/secondstep/other", "w", encoding="utf-8") as file:
        file.write(text)
    alice = _alice(web01)
    web01.use_stack("portal", text=f"auth required pam_secondstep.so conf=/etc/secondstep/other\n")
    transcript = _try(web01, "alice", alice.phone.code())
    assert AUTHENTICATED not in transcript and word not in transcript
    service = subprocess.run(["secondstepd", "--config", "/etc/secondstep/other"], capture_output=True, text=True, timeout=PATIENCE)
    assert service.returncode != 0
    courier = subprocess.run(["secondstep-courier", "--check", "--config", "/etc/secondstep/other"], capture_output=True,
                             text=True, timeout=PATIENCE)
    web01.expect_log(r"other:3: tries: not a number from 1 to 10 \(column 9\)")
    assert word not in web01.log() + service.stdout + service.stderr + courier.stdout + courier.stderr, web01.log()


def a_running_service_keeps_its_last_good_configuration(web01):
    alice = _alice(web01)
    web01.start_service()
    web01.set_first_line("retries = 3")
    run("kill", "-HUP", str(web01.service.pid))
    web01.expect_log(r"secondstep.conf:\d+: unknown option; did you mean 'tries'\?")
    session = web01.pamtester("portal", "alice")
    session.answer(CODE_PROMPT, alice.phone.code())
    session.expect(AUTHENTICATED)
    assert session.end() == 0
