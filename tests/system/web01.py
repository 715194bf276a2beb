"""The machine web01 inside a private world: accounts, services and stacks, and how to look at what happened."""
import contextlib
import glob
import grp
import hashlib
import json
import os
import pwd
import re
import shutil
import socket
import stat
import subprocess
import time

from authenticator import Authenticator
from patience import PATIENCE
from terminal import Terminal

PROJECT = os.environ["SECONDSTEP_PROJECT"]
STORE = "/var/lib/secondstep"
CONFIGURATION = "/etc/secondstep/secondstep.conf"
SOCKET = "/run/secondstep/secondstep.sock"
MODULE_LINE = "auth [success=ok ignore=ignore default=die] pam_secondstep.so"
# "<86>Nov 22 09:44:16 secondstepd[76]: ..." and "... sshd[80]: pam_secondstep(sshd:auth): ..."
OWN_LINE = re.compile(r"^<\d+>.{15} secondstepd?(\[\d+\])?: |: pam_secondstep\(")
WORD = re.compile("[0-9A-Za-z]+")
CODE_PROMPT = "Verification code: "
REFUSED = "Not accepted"


class Skipped(Exception):
    """This machine cannot do what the scenario needs; the text says what."""


def run(*command, **options):
    """Runs a command that has to succeed; gives what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, **options)
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def until(true, what, seconds=PATIENCE):
    """Waits for something that happens in another process."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)


def answers(address, family):
    with socket.socket(family, socket.SOCK_SEQPACKET if family == socket.AF_UNIX else socket.SOCK_STREAM) as client:
        return client.connect_ex(address) == 0


def _sshd_penalises():
    """Since OpenSSH 9.8 sshd drops connections of an address after some refusals; here everybody comes from one."""
    with open("/usr/sbin/sshd", "rb") as program:
        return b"persourcepenalties" in program.read()


def processes_named(command):
    """Of this world."""
    return [int(pid) for pid in os.listdir("/proc") if pid.isdigit() and _command(pid) == command]


def _command(pid):
    try:
        with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
            return file.read().strip()
    except OSError:
        return ""


class Person:
    """An account on web01 with what its owner knows and has."""

    def __init__(self, name, password):
        self.name = name
        self.password = password
        self.phone = None
        self.recovery_codes = []
        self.has_key = False

    def remember(self, enrolled):
        self.phone = Authenticator(enrolled["uri"])
        self.recovery_codes = list(enrolled["recovery_codes"])

    def secrets(self):
        known = [self.password, *self.recovery_codes, *(code.replace("-", "") for code in self.recovery_codes)]
        if self.phone:
            known += [self.phone.secret, *self.phone.given]
        return [secret for secret in known if secret]


class Web01:
    """Set up with the product's own `setup`; nothing is started unless a scenario starts it."""

    project = PROJECT

    def __init__(self, set_up=True):
        self.people = {}
        self.service = None
        self.sshd = None
        self.planted = []
        self._log_read = 0
        if set_up:
            run("secondstep", "setup")

    # People

    def add_person(self, name, enrolled=False, password=None, **enrollment):
        person = Person(name, password or f"Password-of-{name}-{os.urandom(4).hex()}")
        run("useradd", "--create-home", "--shell", "/bin/bash", name)
        run("chpasswd", "--crypt-method", "SHA256", input=f"{name}:{person.password}")
        self.people[name] = person
        if enrolled:
            self.enroll(person, **enrollment)
        return person

    def enroll(self, person, *options, method="totp"):
        enrolled = json.loads(run("secondstep", *_few_codes(), "enroll", person.name, "--method", method, "--no-confirm",
                                  "--json", "--qr", "none", *options))
        person.remember(enrolled_person(enrolled))

    def run_tool(self, *arguments):
        return run("secondstep", *arguments)

    def given_code(self, *arguments):
        """The code that a verb of the tool gives out; nobody else may read it."""
        code = json.loads(run("secondstep", *arguments, "--json"))["code"]
        self.planted += [code, code.replace("-", "")]
        return code

    # Configuration

    def set_first_line(self, lines):
        """Before every section."""
        with open(CONFIGURATION, encoding="utf-8") as file:
            text = file.read()
        with open(CONFIGURATION, "w", encoding="utf-8") as file:
            file.write(lines + "\n" + text)

    def set_action(self, action):
        """The default action, in the place where the packaged configuration has it."""
        with open(CONFIGURATION, encoding="utf-8") as file:
            text = file.read()
        text, replaced = re.subn(r"(?m)^#?\s*action\s*=.*$", f"action = {action}", text, count=1)
        if not replaced:
            text = f"action = {action}\n" + text
        with open(CONFIGURATION, "w", encoding="utf-8") as file:
            file.write(text)

    def add_rule(self, name, text):
        """A rule behind all others."""
        with open(CONFIGURATION, "a", encoding="utf-8") as file:
            file.write(f"\n[rule {name}]\n{text}\n")

    def use_stack(self, service, example=None, text=None):
        """Puts an example of etc/pam.d/debian, or a text, in place of a program's PAM stack."""
        if text is None:
            with open(f"{PROJECT}/etc/pam.d/debian/{example or service}", encoding="utf-8") as file:
                text = file.read()
        with open(f"/etc/pam.d/{service}", "w", encoding="utf-8") as file:
            file.write(text)

    # Services

    def start_service(self, **environment):
        self.service = subprocess.Popen(["secondstepd"], stdin=subprocess.DEVNULL, env={**os.environ, **environment})
        until(lambda: self.service.poll() is not None or answers(SOCKET, socket.AF_UNIX), "secondstepd's socket")
        assert self.service.poll() is None, "secondstepd did not start:\n" + self.log()

    def stop_service(self, signal="TERM"):
        run("kill", f"-{signal}", str(self.service.pid))
        self.service.wait(timeout=PATIENCE)

    def break_secondstep(self):
        """As if the package had been removed halfway: no service, and no program that could be started."""
        os.rename("/usr/sbin/secondstepd", "/usr/sbin/secondstepd.away")

    def start_sshd(self, methods="keyboard-interactive", stack="sshd-password-and-code", use_dns="no", settings="",
                   address="127.0.0.1"):
        """`settings`: lines that go before these, and count instead of them."""
        if stack:
            self.use_stack("sshd", stack)
        os.makedirs("/etc/ssh", exist_ok=True)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/etc/ssh/web01_host_key")
        with open("/etc/ssh/sshd_config", "w", encoding="utf-8") as file:
            file.write(f"""{settings}
ListenAddress {address}:22
HostKey /etc/ssh/web01_host_key
UsePAM yes
KbdInteractiveAuthentication yes
PasswordAuthentication {"yes" if methods == "password" else "no"}
AuthenticationMethods {methods}
AuthorizedKeysFile /etc/ssh/authorized_keys/%u
Subsystem sftp internal-sftp
UseDNS {use_dns}
LogLevel VERBOSE
{"PerSourcePenalties no" if _sshd_penalises() else ""}
""")
        self.sshd = subprocess.Popen(["/usr/sbin/sshd", "-D"], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: answers((address, 22), socket.AF_INET), "sshd's port")

    def give_key(self, person):
        """An ssh key pair; the private half is root's, who runs the client."""
        key = f"/root/key-of-{person.name}"
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
        os.makedirs("/etc/ssh/authorized_keys", exist_ok=True)
        shutil.copy(f"{key}.pub", f"/etc/ssh/authorized_keys/{person.name}")
        person.has_key = True

    # Logins. What runs in the session proves that it is one: the shell puts the sentence together.

    def ssh(self, name, with_key=True, command=("echo logged in as $(id -un)",), options=(), level="ERROR",
            **surroundings):
        key = f"/root/key-of-{name}"
        identity = ["-i", key] if with_key and os.path.exists(key) else ["-o", "PubkeyAuthentication=no"]
        return ssh_client(f"{name}@127.0.0.1", *command, options=[*identity, *options], level=level, **surroundings)

    def logs_in_over_ssh(self, person, with_code=True):
        session = self.ssh(person.name)
        session.answer("Password: ", person.password)
        if with_code:
            session.answer(CODE_PROMPT, person.phone.code())
        session.expect(f"logged in as {person.name}")
        assert session.end() == 0

    def pamtester(self, service, name, user="root", rhost="198.51.100.7"):
        return Terminal("pamtester", *(["-I", f"rhost={rhost}"] if rhost else []), service, name, "authenticate",
                        user=user)

    # What happened

    def log(self):
        with open(os.environ["SYSLOG_FILE"], encoding="utf-8", errors="replace") as file:
            return file.read()

    def own_log(self):
        """Only what Secondstep wrote, whichever program it was in, since forget_log()."""
        return "".join(line for line in self.log()[self._log_read:].splitlines(True) if OWN_LINE.search(line))

    def forget_log(self):
        """All that was sent before: it is taken in order, by another process."""
        mark = f"forgotten until {os.urandom(8).hex()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto(f"<86>scenario: {mark}".encode(), "/dev/log")
        until(lambda: mark in self.log(), "the log")
        self._log_read = len(self.log())

    def expect_log(self, pattern):
        """Waits for a line of Secondstep's."""
        self._expect(self.own_log, pattern)

    def expect_any_log(self, pattern):
        self._expect(self.log, pattern)

    def _expect(self, log, pattern):
        """The log is written by another process, so a line may come a moment later."""
        until(lambda: re.search(pattern, log()), f"a line with {pattern} in the log")

    def contents(self, *directories):
        """Everything in the directories: names, kinds, owners, modes and contents."""
        seen = {}
        for directory in directories or (STORE, "/etc/secondstep"):
            for path in [directory, *glob.glob(f"{directory}/**", recursive=True, include_hidden=True)]:
                about = os.lstat(path)
                digest = ""
                if stat.S_ISREG(about.st_mode):
                    with open(path, "rb") as file:
                        digest = hashlib.sha256(file.read()).hexdigest()
                seen[path] = (about.st_mode, about.st_uid, about.st_gid, about.st_nlink, digest)
        return seen

    @contextlib.contextmanager
    def nothing_changes(self):
        before = self.contents()
        yield
        after = self.contents()
        changed = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
        assert not changed, f"changed on the disk: {changed}"

    def secrets_in_log(self):
        secrets = [secret for person in self.people.values() for secret in person.secrets()] + self.planted
        log = self.log()
        # Thousands of secrets, and a log of megabytes: only what has all its words there is looked for as a whole.
        words = set(WORD.findall(log))
        return [secret for secret in secrets if words.issuperset(WORD.findall(secret)) and
                re.search(rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])", log)]

    def finish(self):
        """Every scenario ends with this: no secret in the log."""
        leaked = self.secrets_in_log()
        assert not leaked, f"the log gives away {leaked}:\n{self.log()}"


def ssh_client(whom, *command, options=("-o", "PubkeyAuthentication=no"), level="ERROR", **surroundings):
    return Terminal("ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                    "-o", f"LogLevel={level}", "-o", "IdentitiesOnly=yes", "-o", "NumberOfPasswordPrompts=1",
                    *options, whom, *command, **surroundings)


def _few_codes():
    """The options of a call that makes four recovery codes, where nobody says how many: each costs 40 ms of a
    processor, hundreds of people are enrolled here, and few of them use one."""
    few = f"{CONFIGURATION}.few-codes"
    with open(CONFIGURATION, encoding="utf-8") as file:
        text = file.read()
    with open(few, "w", encoding="utf-8") as file:
        file.write(("" if re.search(r"(?m)^recovery_codes\b", text) else "recovery_codes = 4\n") + text)
    return ["--config", few]


def enrolled_person(answer):
    """The URI and the codes in what `enroll --json` printed."""
    return {"uri": answer["uri"], "recovery_codes": answer["recovery_codes"]}


def service_ids():
    account = pwd.getpwnam("secondstep")
    return account.pw_uid, grp.getgrgid(account.pw_gid).gr_gid
