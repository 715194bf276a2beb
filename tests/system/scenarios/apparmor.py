"""The AppArmor profiles: that they compile, and that they have what logins need. No kernel enforces them here."""
import os
import re
import shutil
import signal
import socket
import subprocess

from apparmor_profile import Profile
from courier import Courier
from exim import Exim
from terminal import Terminal
from web01 import CODE_PROMPT, REFUSED, SOCKET, Skipped, answers, run, until

PROFILES = "/usr/share/doc/secondstep/examples/apparmor"
FEATURES = "/etc/apparmor.d/abi/3.0"
# What names a file, and the rights that it takes there.
CALL = re.compile(r"^(?P<pid>\d+) +(?P<call>openat|mkdir|mkdirat|unlink|unlinkat|chmod|rename|renameat|renameat2|bind|"
                  r"connect)\((?P<rest>.*)$")
OPENED = re.compile(r"= \d+<(?P<path>/[^>]*)>$")
NAMED = re.compile(r'(?:AT_FDCWD(?:<(?P<here>[^>]*)>)?|\d+<(?P<directory>[^>]*)>)?,? ?"(?P<name>[^"]+)"')
IN_ADDRESS = re.compile(r'sun_path="(?P<path>[^"]+)"')


def _need(*programs):
    for program, package in programs:
        if not shutil.which(program):
            raise Skipped(f"this needs the package {package}")


def _compiled(name):
    # As for a kernel that has all of the ABI; that the parser's own abstractions are of a newer one is no fault.
    return subprocess.run(["apparmor_parser", "--skip-kernel-load", "--skip-cache", "--features-file", FEATURES,
                           "--warn=all", "--Werror=all", "--Werror=no-abi", f"{PROFILES}/{name}"],
                          capture_output=True, text=True, timeout=120)


def they_compile_without_a_warning(web01):
    del web01
    _need(("apparmor_parser", "apparmor"))
    for name in ("secondstepd", "secondstep-courier", "secondstep-relay"):
        done = _compiled(name)
        assert done.returncode == 0, done.stderr
        with open(f"{PROFILES}/{name}", encoding="utf-8") as file:
            assert f"profile {name} /usr/" in file.read(), "the path that was configured is not in it"


def they_keep_apart_what_the_units_keep_apart(web01):
    del web01
    _need(("apparmor_parser", "apparmor"))
    service, courier = Profile(f"{PROFILES}/secondstepd"), Profile(f"{PROFILES}/secondstep-courier")
    assert not service.has_network and courier.has_network
    for path in ("/etc/shadow", "/etc/secondstep/courier.credentials", "/root/key", "/home/alice/.profile"):
        assert not service.lets(path, "r"), path
    for path in ("/etc/secondstep/secondstep.conf", "/etc/secondstep/host.key", "/usr/sbin/secondstepd",
                 "/etc/pam.d/su"):
        assert not service.lets(path, "w"), path
    for path in ("/etc/shadow", "/etc/secondstep/host.key", "/var/lib/secondstep/users/alice.credential", "/root/key"):
        assert not courier.lets(path, "r"), path
    for path in ("/etc/secondstep/courier.conf", "/var/lib/secondstep/users/alice.state", "/etc/cron.d/new"):
        assert not courier.lets(path, "w"), path


def _wanted(call, rest):
    if call == "openat":
        return "w" if "O_WRONLY" in rest else "rw" if re.search(r"O_RDWR|O_CREAT", rest) else "r"
    return "w"


def _paths(call, rest):
    if call in ("bind", "connect"):
        return [match["path"] for match in IN_ADDRESS.finditer(rest)]
    opened = OPENED.search(rest)
    if opened:
        return [opened["path"]]
    return [os.path.join(match["directory"] or match["here"] or "/", match["name"]) for match in NAMED.finditer(rest)]


def _resolved(path):
    """As the kernel asks AppArmor: without links, but for the last part, which may be gone by now."""
    return os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path)) if path != "/" else path


def _program_of(lines, program):
    """The line from which on each process and thread is this program. Where many run at once, what a thread does may stand
    before the end of the call that made it."""
    since = {}
    for number, line in enumerate(lines):
        begun = re.match(rf'^(\d+) +execve\("{program}"', line)
        made = re.match(r"^(\d+) .*\bclone3?(?:\(| resumed>).*= (\d+)$", line)
        if begun:
            since[begun[1]] = number
        if made and made[1] in since:
            since[made[2]] = 0
    return since


def _touched(trace, program="/usr/sbin/secondstepd"):
    """(path, rights) of the program, from the moment at which it is this program."""
    with open(trace, encoding="utf-8", errors="replace") as file:
        lines = [line.rstrip() for line in file]
    since, touched = _program_of(lines, program), set()
    for number, line in enumerate(lines):
        call = CALL.match(line)
        if call and number >= since.get(call["pid"], len(lines)):
            touched |= {(_resolved(path), _wanted(call["call"], call["rest"]))
                        for path in _paths(call["call"], call["rest"])}
    return touched


def _refused_by(profile, touched):
    # A directory has its slash; whether a name that is not there would be one is not known.
    return sorted((path, wanted) for path, wanted in touched
                  if not profile.lets(path, wanted) and not profile.lets(path + "/", wanted))


def _traced(file, *command):
    return ["strace", "-f", "-y", "-s", "300", "-o", file, *command]


def what_logins_open_is_in_the_profile_of_the_service(web01):
    _need(("apparmor_parser", "apparmor"), ("strace", "strace"))
    profile = Profile(f"{PROFILES}/secondstepd")
    web01.set_action("enroll")
    alice = web01.add_person("alice", enrolled=True)
    web01.use_stack("trial", text="auth required pam_secondstep.so first_factor=passed\n")
    service = subprocess.Popen(_traced("/run/service", "secondstepd"), stdin=subprocess.DEVNULL)
    until(lambda: answers(SOCKET, socket.AF_UNIX), "secondstepd's socket")
    for answer, said in ((alice.phone.wrong_code(), REFUSED), (alice.recovery_codes[0], "successfully authenticated")):
        session = web01.pamtester("trial", "alice")
        session.answer(CODE_PROMPT, answer)
        session.expect(said)
        session.press("c")
        session.end()
    child = int(run("pgrep", "--parent", str(service.pid)))
    os.kill(child, signal.SIGHUP)
    subprocess.run(["secondstep", "check-config"], capture_output=True, timeout=120)  # asks the service, too
    os.kill(child, signal.SIGTERM)
    service.wait(timeout=60)
    touched = _touched("/run/service")
    assert len(touched) > 20 and ("/var/lib/secondstep/users/alice.state", "rw") in touched, touched
    assert not _refused_by(profile, touched), _refused_by(profile, touched)
    # And for one login, as the account of the service from its beginning.
    once = Terminal(*_traced("/run/once", "pamtester", "-I", "rhost=198.51.100.7", "trial", "alice", "authenticate"))
    once.answer(CODE_PROMPT, alice.phone.code())
    once.expect("successfully authenticated")
    assert once.end() == 0
    touched = _touched("/run/once")
    assert ("/var/lib/secondstep/users/alice.state", "rw") in touched, touched
    assert not _refused_by(profile, touched), _refused_by(profile, touched)


def what_a_message_opens_is_in_the_profile_of_the_courier(web01):
    """With --listen, which has more to do than a unit's courier: it makes its socket, and starts itself for each message."""
    _need(("apparmor_parser", "apparmor"), ("strace", "strace"))
    profile = Profile(f"{PROFILES}/secondstep-courier")
    with Exim("/run/exim") as exim:
        # Where a site has its authorities.
        authority = "/etc/ssl/certs/site.pem"
        shutil.copy(exim.ca_file, authority)
        mail = (f"[mail]\ntransport = smtp\nserver = {exim.host}\nport = {exim.port}\nca_file = {authority}\n"
                "from = login@example.com\n")
        login = f"mail_user = {exim.user}\nmail_password = {exim.password}\n"
        with Courier(web01, mail, login, network=_traced("/run/courier")) as courier:
            line = courier.send("alice@example.com")
            assert line.startswith("sent "), line
            os.kill(int(run("pgrep", "--parent", str(courier.listener.pid))), signal.SIGTERM)
            courier.listener.wait(timeout=60)
    touched = _touched("/run/courier", "/usr/sbin/secondstep-courier")
    seen = {path for path, _ in touched}
    assert {"/etc/secondstep/courier.conf", "/etc/secondstep/courier.credentials", authority} <= seen, touched
    assert any(path.endswith("/secondstep/courier.sock") for path in seen), touched
    assert not _refused_by(profile, touched), _refused_by(profile, touched)
