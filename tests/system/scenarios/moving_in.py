"""People come from google-authenticator, pam_oath and token files, with the keys they have."""
import base64
import json
import os
import subprocess

from authenticator import Authenticator, one_time_password
from dialogue import begin
from patience import PATIENCE
from web01 import CODE_PROMPT, REFUSED, run


def _import(*words, status=0):
    done = subprocess.run(["secondstep", "import", *words], capture_output=True, text=True, timeout=PATIENCE,
                          stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


def _run_google_authenticator(person, *options):
    """The real program, as the person runs it. Gives the lines of the file it made."""
    path = f"/home/{person.name}/.google_authenticator"
    run("setpriv", f"--reuid={person.name}", f"--regid={person.name}", "--clear-groups", "google-authenticator",
        "--force", "--quiet", "--no-confirm", f"--secret={path}", *options, cwd="/")
    with open(path, encoding="utf-8") as file:
        return file.read().splitlines()


def _phone(key, kind="totp", **more):
    values = "".join(f"&{name}={value}" for name, value in more.items())
    return Authenticator(f"otpauth://{kind}/web01:x?secret={key}{values}")


def _logs_in_with(web01, person, code):
    session = begin(web01, person)
    session.answer(CODE_PROMPT, code)
    session.expect(f"logged in as {person.name}")
    assert session.end() == 0


def _is_refused(web01, person, code):
    session = begin(web01, person)
    session.answer(CODE_PROMPT, code)
    session.expect(REFUSED)
    session.end_by_force()


def everybody_comes_from_google_authenticator(web01):
    alice, bob, carla = (web01.add_person(name) for name in ("alice", "bob", "carla"))
    timed = _run_google_authenticator(alice, "--time-based", "--disallow-reuse", "--rate-limit=3", "--rate-time=30",
                                      "--window-size=3", "--emergency-codes=4")
    counted = _run_google_authenticator(bob, "--counter-based", "--rate-limit=3", "--rate-time=30", "--window-size=3")
    # carla has only a link to what is alice's; she must not get her key by it.
    os.symlink("/home/alice/.google_authenticator", "/home/carla/.google_authenticator")
    before = web01.contents("/home")
    dry = _import("google-authenticator", "--all-homes", "--dry-run", status=1)
    assert "alice: would be imported: totp, 1 device, 4 scratch codes" in dry, dry
    done = _import("google-authenticator", "--all-homes", status=1)
    assert "bob: imported: hotp" in done and "2 imported" in done, done
    assert "carla: not imported" in done and "link" in done, done
    assert web01.contents("/home") == before, "the sources are as they were"
    again = _import("google-authenticator", "--all-homes", status=1)
    assert "2 unchanged" in again, again
    alice.phone = _phone(timed[0])
    bob.phone = _phone(counted[0], "hotp", counter=1)
    scratch = [line for line in timed if len(line) == 8 and line.isdigit()]
    assert len(scratch) == 4
    web01.planted += scratch
    web01.start_service()
    web01.start_sshd()
    _logs_in_with(web01, alice, alice.phone.code())
    _logs_in_with(web01, bob, bob.phone.code())
    _logs_in_with(web01, alice, scratch[0])
    _is_refused(web01, alice, scratch[0])
    left = json.loads(run("secondstep", "recovery-codes", "alice", "--json"))
    assert (left["left"], left["total"]) == (3, 4), left
    # A new set takes the old ones' place.
    run("secondstep", "recovery-codes", "alice", "--renew", "--yes")
    _is_refused(web01, alice, scratch[1])


def a_code_that_the_old_module_accepted_is_not_accepted_again(web01):
    alice = web01.add_person("alice")
    lines = _run_google_authenticator(alice, "--time-based", "--disallow-reuse", "--rate-limit=3", "--rate-time=30",
                                      "--window-size=3")
    alice.phone = _phone(lines[0])
    web01.use_stack("old-module", text="auth required pam_google_authenticator.so\naccount required pam_permit.so\n")
    code = alice.phone.code()
    session = web01.pamtester("old-module", "alice")
    session.answer("Verification code: ", code)
    session.expect("successfully authenticated")
    _import("google-authenticator", "/home/alice/.google_authenticator", "--user", "alice")
    web01.start_service()
    web01.start_sshd()
    _is_refused(web01, alice, code)
    _logs_in_with(web01, alice, alice.phone.code())


def everybody_comes_from_pam_oath(web01):
    alice, bob = web01.add_person("alice"), web01.add_person("bob")
    keys = {name: os.urandom(20) for name in ("alice", "bob")}
    with open("/root/users.oath", "w", encoding="utf-8") as file:
        file.write(f"HOTP/T30/6\talice\t-\t{keys['alice'].hex()}\n"
                   f"this line is broken\n"
                   f"HOTP/E/6\tbob\t-\t{keys['bob'].hex()}\n"
                   f"HOTP\tcarla\t1234\t{keys['bob'].hex()}\n")
    os.chmod("/root/users.oath", 0o600)
    web01.use_stack("old-module", text="auth required pam_oath.so usersfile=/root/users.oath window=20\n"
                                       "account required pam_permit.so\n")
    used = one_time_password(keys["bob"], 0)
    session = web01.pamtester("old-module", "bob")
    session.answer("One-time password", used)
    session.expect("successfully authenticated")
    done = _import("oath", "/root/users.oath", status=1)
    assert "alice: imported: totp" in done and "bob: imported: hotp" in done, done
    assert "users.oath:2: not imported" in done and "PIN" in done, done
    alice.phone = _phone(base64.b32encode(keys["alice"]).decode())
    bob.phone = _phone(base64.b32encode(keys["bob"]).decode(), "hotp", counter=1)
    web01.start_service()
    web01.start_sshd()
    _is_refused(web01, bob, used)
    _logs_in_with(web01, bob, bob.phone.code())
    _logs_in_with(web01, alice, alice.phone.code())


PSKC = """<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">
 <KeyPackage><Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">
  <Issuer>Issuer-A</Issuer>
  <AlgorithmParameters><ResponseFormat Length="8" Encoding="DECIMAL"/></AlgorithmParameters>
  <Data><Secret><PlainValue>{secret}</PlainValue></Secret><Counter><PlainValue>3</PlainValue></Counter></Data>
  <UserId>UID=alice,DC=example,DC=net</UserId>
 </Key></KeyPackage>
</KeyContainer>
"""


def a_token_comes_in_a_pskc_file(web01):
    alice = web01.add_person("alice")
    key = os.urandom(20)
    with open("/root/tokens.pskc", "w", encoding="utf-8") as file:
        file.write(PSKC.format(secret=base64.b64encode(key).decode()))
    assert "12345678" in run("pskctool", "--info", "/root/tokens.pskc"), "the peer's own reader takes it"
    assert "alice: imported: hotp, 1 device" in _import("pskc", "/root/tokens.pskc")
    alice.phone = _phone(base64.b32encode(key).decode(), "hotp", counter=3, digits=8)
    web01.start_service()
    web01.start_sshd()
    _logs_in_with(web01, alice, alice.phone.code())


def keys_come_as_pictures_and_go_sealed(web01):
    alice = web01.add_person("alice")
    key = base64.b32encode(os.urandom(20)).decode()
    run("qrencode", "-o", "/root/alice.png", "-s", "4", f"otpauth://totp/web01:alice?secret={key}")
    _import("otpauth", "--qr", "/root/alice.png")
    alice.phone = _phone(key)
    web01.start_service()
    web01.start_sshd()
    _logs_in_with(web01, alice, alice.phone.code())
    with open("/root/passphrase", "w", encoding="utf-8") as file:
        file.write("correct horse battery staple\n")
    run("secondstep", "export", "--all", "--password-file", "/root/passphrase", "--output", "/root/out.cms")
    with open("/root/out.cms", encoding="utf-8") as file:
        assert key not in file.read()
    opened = run("openssl", "cms", "-decrypt", "-inform", "PEM", "-in", "/root/out.cms", "-pwri_password",
                 "correct horse battery staple")
    assert key in opened
    run("secondstep", "disable", "alice", "--yes")
    _import("csv", "/root/out.cms", "--password-file", "/root/passphrase")
    _logs_in_with(web01, alice, alice.phone.code())
