"""Broken stacks, mended as check-config says: who gets in then, in a real sshd, sudo and su."""
import concurrent.futures
import glob
import json
import os
import re
import shutil
import subprocess

from terminal import Terminal
from web01 import CODE_PROMPT, run

SERVICES = ("sshd", "sudo", "su")
DIRECTORY = "/etc/directory-of-passwords"
# Each: the stack in tests/data/stacks, the file of it that each of the services gets (else: its own), and the
# distribution whose files it includes.
STACKS = (
    ("duo-jump-onto-deny", "login", None),
    ("duo-ignore-is-denied", "login", None),
    ("deny-at-the-end", "x", None),
    ("sufficient-code", "x", None),
    ("optional-code", "x", None),
    ("required-password", "x", None),
    ("code-or-password", "sshd", None),
    ("debian-code-in-front-of-common-auth", "sshd", None),
    ("debian-code-before-deny", None, "debian"),
    ("debian-jump-not-counted-again", None, "debian"),
    ("gentoo-sufficient", "sudo", "gentoo"),
    ("rhel9-substack-line", "sshd", "rhel9"),
    ("rhel9-include-line", "sudo", "rhel9"),
    ("opensuse-line", "sudo", "opensuse"),
    ("opensuse-own-lines-without-permit", "sudo", "opensuse"),
)
# What ends a login that was refused, on the terminal of each program. sshd may end where it sets the credentials, and
# whether ssh has asked for its session by then is chance, and so are its words.
REFUSED_BY = (r"(?m:^(?:su|sudo): .+)|Permission denied|Connection (?:closed|reset)|"
              r"Connection to \S+ closed by remote host|Broken pipe")
GOT_IN = r"in as (\w+)"
PASSWORD_PROMPT = r"(?i:password(?: for \S+)?: )"


class Trial:
    """One person at one program: what is right of what they type, and whether they have to get in."""

    def __init__(self, kind, password=True, code=None, in_directory=False):
        self.kind = kind
        self.password = password
        self.code = code  # None: not enrolled
        self.in_directory = in_directory
        self.gets_in = password and code is not False


TRIALS = (
    Trial("right"),
    Trial("stranger", password=False),
    Trial("phone", code=True),
    Trial("guesser", code=False),
    Trial("thief", password=False, code=True),
    Trial("far", in_directory=True),
    Trial("farphone", code=True, in_directory=True),
    Trial("farguess", code=False, in_directory=True),
)
LOCAL_TRIALS = tuple(trial for trial in TRIALS if not trial.in_directory)


class Login:
    """What one login came to."""

    def __init__(self, trial, is_in, asked_for_code, transcript):
        self.trial = trial
        self.is_in = is_in
        self.asked_for_code = asked_for_code
        self.transcript = transcript

    def fault(self):
        """In words; nothing if it went as it has to."""
        if self.is_in != self.trial.gets_in:
            return f"{self.trial.kind} {'got in' if self.is_in else 'was refused'}"
        if self.asked_for_code and (not self.trial.password or self.trial.code is None):
            return f"{self.trial.kind} was asked for a code"
        if self.trial.password and self.trial.code is not None and not self.asked_for_code:
            return f"{self.trial.kind} was not asked for a code"
        return ""


# The machine


def _words_of(line):
    return line.replace("-", "", 1).split() if line.startswith("-") else line.split()


def _is_of_a_login(line):
    """Sessions and changes of passwords are not what is tried."""
    words = _words_of(line)
    return not (words and (words[0] in ("session", "password") or
                           words[0] == "@include" and words[-1].startswith(("common-session", "common-password"))))


def _for_this_machine(text):
    """With a second directory that is here in place of sssd, and without what reads fingers."""
    lines = [line for line in text.splitlines() if _is_of_a_login(line) and "pam_fprintd.so" not in line]
    return "\n".join(lines).replace("pam_sss.so", f"pam_pwdfile.so pwdfile={DIRECTORY}") + "\n"


def _files_of(web01, stack, file, distribution):
    """Name and text of everything the stack writes into /etc/pam.d."""
    data = f"{web01.project}/tests/data"
    texts = {}
    for folder in ([f"{data}/services/{distribution}"] if distribution else []) + [f"{data}/stacks/{stack}"]:
        for path in glob.glob(f"{folder}/*"):
            if os.path.isfile(path) and not path.endswith("/expected"):
                with open(path, encoding="utf-8") as opened:
                    texts[os.path.basename(path)] = _for_this_machine(opened.read())
    files = {service: _whole(texts[file or service]) for service in SERVICES}
    included = list(files.values())
    for text in included:
        for name in re.findall(r"(?m)(?:include|substack)\s+(\S+)", text):
            if name in texts and name not in files:
                files[name] = texts[name]
                included.append(texts[name])
    return files


def _whole(text):
    """With the parts that the stack leaves open."""
    account = "" if re.search(r"(?m)^(account|@include common-account)", text) else "account required pam_unix.so\n"
    return text + account + "session required pam_permit.so\n"


def _put_in_place(files):
    """A machine with these programs alone: what is said about others is not tried here."""
    shutil.rmtree("/etc/pam.d")
    os.mkdir("/etc/pam.d")
    for name in ("common-auth", "common-account"):
        shutil.copy(f"/root/pam.d/{name}", "/etc/pam.d")
    for name, text in files.items():
        with open(f"/etc/pam.d/{name}", "w", encoding="utf-8") as opened:
            opened.write(text)


def _move_into_directory(person):
    """Their password is known to pam_pwdfile alone then, as a directory's people are to sssd."""
    with open("/etc/shadow", encoding="utf-8") as file:
        known = next(line.split(":")[1] for line in file if line.startswith(person.name + ":"))
    with open(DIRECTORY, "a", encoding="utf-8") as file:
        file.write(f"{person.name}:{known}\n")
    run("usermod", "--password", "*", person.name)


def _people(web01, services, trials):
    """Each program has its own, since all are tried at the same time and codes are used in their order."""
    for service in services:
        for trial in trials:
            person = web01.add_person(trial.kind + service, enrolled=trial.code is not None, method="hotp")
            if trial.in_directory:
                _move_into_directory(person)
    web01.add_person("visitor")
    with open("/etc/sudoers.d/everybody", "w", encoding="utf-8") as file:
        file.write("Defaults lecture=never, passwd_tries=1, timestamp_timeout=0\nALL ALL=(ALL:ALL) ALL\n")


def _set_up(web01, services=SERVICES, trials=TRIALS, methods="keyboard-interactive"):
    shutil.copytree("/etc/pam.d", "/root/pam.d")
    web01.set_action("allow")
    _people(web01, services, trials)
    web01.start_service()
    web01.start_sshd(methods, stack=None)


# Logins


def _start(web01, service, name):
    said = "echo in as $(id -un)"
    if service == "sshd":
        return web01.ssh(name, command=(said,), level="INFO")
    if service == "sudo":
        return Terminal("sudo", "--", "sh", "-c", said, user=name)
    return Terminal("su", name, "-c", said, user="visitor")


def _go_through(session, trial, person):
    """Answers what is asked, in whatever order, until the program has let the person in or not."""
    asked_for_code = False
    wrong = person.phone.wrong_code() if trial.code is False else None
    while True:
        said = session.expect(f"(?P<code>{CODE_PROMPT})", f"(?P<password>{PASSWORD_PROMPT})", f"(?P<in>{GOT_IN})",
                              REFUSED_BY).groupdict()
        if said.get("code"):
            asked_for_code = True
            session.type(wrong or (person.phone.code() if person.phone else "123456"))
        elif said.get("password"):
            session.type(person.password if trial.password else "not their password")
        else:
            session.end()
            return Login(trial, bool(said.get("in")), asked_for_code, session.transcript)


def _log_in(web01, services=SERVICES, trials=TRIALS):
    """All of them at the same time: who is refused waits."""
    shutil.rmtree("/run/faillock", ignore_errors=True)
    started = [(service, trial, web01.people[trial.kind + service]) for service in services for trial in trials]
    sessions = [_start(web01, service, person.name) for service, _, person in started]
    with concurrent.futures.ThreadPoolExecutor(len(sessions)) as pool:
        logins = list(pool.map(lambda session, about: _go_through(session, *about[1:]), sessions, started))
    for _, trial, person in started:
        if trial.code is False:
            web01.run_tool("unlock", person.name)
    return {service: [login for (of, _, _), login in zip(started, logins) if of == service] for service in services}


def _faults(logins):
    return {service: [f"{login.fault()}:\n{login.transcript}" for login in of if login.fault()]
            for service, of in logins.items()}


# Mends


def _findings():
    done = subprocess.run(["secondstep", "check-config", "--json"], capture_output=True, text=True, check=False)
    return json.loads(done.stdout)["findings"]


def _edit(edits):
    """All of them count lines as they are before any of them is made."""
    for path in {edit["file"] for edit in edits}:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        of_file = [edit for edit in edits if edit["file"] == path]
        for edit in sorted(of_file, key=lambda edit: edit["first"], reverse=True):
            first, last = {"insert_before": (edit["first"] - 1, edit["first"] - 1),
                           "insert_after": (edit["last"], edit["last"])}.get(edit["change"],
                                                                             (edit["first"] - 1, edit["last"]))
            lines[first:last] = edit["lines"]
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")


def _mend(stack):
    """As an administrator does who believes check-config: what it prints, until it prints nothing that can be done."""
    for round_number in range(20):
        found = _findings()
        can_be_done = [finding["edits"] for finding in found if finding["edits"]]
        if not can_be_done:
            assert round_number, f"{stack}: check-config has no mend: {found}"
            left = [finding for finding in found
                    if finding["level"] == "error" and finding["file"].startswith("/etc/pam.d")]
            assert not left, f"{stack}: {left}"
            return
        _edit(can_be_done[0])
    raise AssertionError(f"{stack}: the mends never end: {found}")


def _text_of_mend(files):
    """For whoever reads why it failed."""
    shown = ""
    for name in files:
        with open(f"/etc/pam.d/{name}", encoding="utf-8") as file:
            shown += "".join(f"  {name}: {line}" for line in file if re.match("@include|-?(auth|account)", line))
    return shown


def _is_mended(web01, stack, file=None, distribution=None, services=SERVICES, trials=TRIALS):
    """Without the mend somebody is treated wrongly, which shows that it would be seen; with it nobody is."""
    files = _files_of(web01, stack, file, distribution)
    has_directory = any(DIRECTORY in text for text in files.values())
    tried = [trial for trial in trials if has_directory or not trial.in_directory]
    _put_in_place({name: text for name, text in files.items() if name not in SERVICES or name in services})
    assert any(_faults(_log_in(web01, services, tried)).values()), f"{stack}: nothing was wrong with it"
    _mend(stack)
    faults = _faults(_log_in(web01, services, tried))
    assert not any(faults.values()), \
        f"{stack}:\n{_text_of_mend(files)}" + "\n".join(f"{of}: {text}" for of in faults for text in faults[of])


def _all_are_mended(web01, stacks, trials=TRIALS):
    _set_up(web01, SERVICES, trials)
    failed = []
    for stack in stacks:
        try:
            _is_mended(web01, *stack, trials=trials)
        except AssertionError as error:
            failed.append(str(error))
    assert not failed, "\n\n".join(failed)


def stacks_of_one_file_let_in_whom_they_should_once_they_are_mended(web01):
    _all_are_mended(web01, [stack for stack in STACKS if not stack[2]], LOCAL_TRIALS)


def stacks_that_include_let_in_whom_they_should_once_they_are_mended(web01):
    _all_are_mended(web01, [stack for stack in STACKS if stack[2]])


def a_stack_of_key_and_code_lets_in_whom_it_should_once_it_is_mended(web01):
    trials = [trial for trial in LOCAL_TRIALS if trial.password]
    _set_up(web01, ("sshd",), trials, "publickey,keyboard-interactive")
    for trial in trials:
        web01.give_key(web01.people[trial.kind + "sshd"])
    _is_mended(web01, "key-and-code-without-permit", "sshd", services=("sshd",), trials=trials)


def a_stack_of_su_lets_in_whom_it_should_once_it_is_mended(web01):
    """It begins with pam_rootok, and would let everybody in at a program that runs as root."""
    _set_up(web01, ("su",), LOCAL_TRIALS)
    _is_mended(web01, "arch-su-required", "su", services=("su",), trials=LOCAL_TRIALS)


def a_mend_that_keeps_everybody_out_is_seen(web01):
    """Duo's stack with one line more, which was printed once: a right code jumps onto pam_deny."""
    services = ("sshd", "su")
    _set_up(web01, services, LOCAL_TRIALS)
    files = _files_of(web01, "duo-ignore-is-denied", "login", None)
    code = "pam_secondstep.so first_factor=passed\n"
    mend = code + "auth required pam_permit.so\n"
    _put_in_place({service: files[service].replace(code, mend) for service in services})
    for logins in _log_in(web01, services, LOCAL_TRIALS).values():
        assert not [login.trial.kind for login in logins if login.is_in]
        assert {login.trial.kind for login in logins if login.fault()} == {"right", "phone"}
