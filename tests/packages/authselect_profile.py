#!/usr/bin/python3
"""authselect_profile.py PROJECT TOOL: the authselect profile, with every choice of its features that changes who gets in.

Its templates are expanded as authselect-profiles(5) says, and TOOL's check-config walks through the services of RHEL 9 that
include the result. Ends 1, with a line for each, when it finds anything; when it finds nothing although a jump goes wrong or the
code is left out (the control); when a template has an operator or a line that is none; and when README and templates do not
have the same features.
"""
import itertools
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

DECIDING = ("with-faillock", "without-sssd", "with-fingerprint", "with-enrollment")
STACKS = ("system-auth", "password-auth", "fingerprint-auth", "smartcard-auth", "switchable-auth", "postlogin")
OPERATOR = re.compile(r'\{(?:(continue|stop|include|exclude) if ([^{}|:]+)|if ([^{}|:]+):([^{}|]*)(?:\|([^{}|]*))?)\}')
PAM_LINE = re.compile(r"-?(auth|account|password|session) +(required|requisite|sufficient|optional|\[[a-z_]+=[a-z0-9]+( [a-z_]+=[a-z0-9]+)*\]) +"
                      r"pam_[a-z0-9_]+\.so( |$)")
# The ways into GNOME.
GDM = """auth        substack      {0}-auth
auth        include       postlogin
account     required      pam_nologin.so
account     include       {0}-auth
password    include       {0}-auth
session     include       {0}-auth
session     include       postlogin
"""
# As authselect's own profiles have it, in short.
FINGER_ALONE = """auth        sufficient    pam_fprintd.so
auth        required      pam_deny.so
account     required      pam_unix.so
"""
SSHD = """UsePAM yes
KbdInteractiveAuthentication yes
PasswordAuthentication no
PubkeyAuthentication no
LoginGraceTime 600
"""
ENROLLMENT = """[rule jobs]
services = cron, crond, atd, systemd-user
action = exempt
[rule people]
users = *
action = enroll
enrollment = open
"""


def features_of(expression):
    return re.findall(r'"([^"]+)"', expression)


def is_true(expression, features):
    words = re.findall(r'"[^"]+"|[()]|and|or|not', expression)
    assert "".join(words) == expression.replace(" ", ""), f"no expression of authselect's: {expression}"
    return eval(" ".join(str(word[1:-1] in features) if word.startswith('"') else word for word in words))  # pylint: disable=eval-used


def expanded(text, features):
    lines = []
    for line in text.splitlines():
        kept = True

        def replace(match):
            nonlocal kept
            kind, condition, choice, if_true, if_false = match.groups()
            if kind is None:
                return if_true if is_true(choice, features) else if_false or ""
            assert kind in ("include", "exclude"), f"not used here: {match.group()}"
            kept = kept and is_true(condition, features) == (kind == "include")
            return ""

        line = OPERATOR.sub(replace, line).rstrip()
        if kept:
            lines.append(line)
    return "\n".join(lines) + "\n"


class Profile:
    def __init__(self, directory):
        self.templates = {path.name: path.read_text(encoding="utf-8") for path in directory.iterdir()}

    def features(self):
        found = set()
        for text in self.templates.values():
            for match in OPERATOR.finditer(text):
                found.update(features_of(match.group(2) or match.group(3)))
        return found

    def described(self):
        return set(re.findall(r"^(with[a-z0-9-]+)::$", self.templates["README"], re.MULTILINE))


class Machine:
    """The services of RHEL 9, with what authselect would write."""

    def __init__(self, project, tool, place):
        self.tool = tool
        self.place = place
        self.pam = place / "pam.d"
        shutil.copytree(project / "tests/data/services/rhel9", self.pam)
        for way in ("password", "fingerprint"):
            (self.pam / f"gdm-{way}").write_text(GDM.format(way), encoding="ascii")
        (place / "sshd_config").write_text(SSHD, encoding="ascii")

    def findings(self, stacks, enrollment):
        for name, text in stacks.items():
            (self.pam / name).write_text(text, encoding="utf-8")
        configuration = self.place / "secondstep.conf"
        configuration.write_text(ENROLLMENT if enrollment else "", encoding="ascii")
        done = subprocess.run([self.tool, "--config", configuration, "check-config", "--pam-dir", self.pam, "--sshd-config",
                               self.place / "sshd_config", "--json"], capture_output=True, text=True, check=False)
        answer = json.loads(done.stdout)
        seen = set(answer["checked"]["stacks"])
        missed = {"sshd", "sudo", "sudo-i", "login", "su", "su-l", "cockpit", "gdm-password"} - seen
        return [f"{name} is not asked for a code" for name in sorted(missed)] + \
            [f"{each['file']}:{each['line']}: {each['text']}" for each in answer["findings"]]


def with_another_jump(text, module, by):
    """The line of a module jumps farther, or less far."""
    pattern = rf"(success=)(\d+)( default=ignore\] *{module})"
    changed, count = re.subn(pattern, lambda match: match[1] + str(int(match[2]) + by) + match[3], text)
    assert count == 1, module
    return changed


def faulty(stacks, features):
    """What has to be found: a yes that ends in the refusal, one that jumps over the code, no code, and a way beside it."""
    over_the_code = 2 if "with-faillock" in features else 1
    for name in ("system-auth", "password-auth"):
        for factor in re.findall(r"success=\d+ default=ignore\] *(pam_[a-z]+\.so)", stacks[name]):
            yield f"{name}: the yes of {factor} jumps over the code", {
                **stacks, name: with_another_jump(stacks[name], factor, over_the_code)}
        # Also not in the account part, which asks whoever comes without a proof.
        without = "".join(line for line in stacks[name].splitlines(True) if "pam_secondstep" not in line)
        yield f"{name}: no code", {**stacks, name: without}
    yield "password-auth: a right password is refused", {
        **stacks, "password-auth": with_another_jump(stacks["password-auth"], "pam_unix.so", -1)}
    yield "fingerprint-auth: a finger alone", {**stacks, "fingerprint-auth": FINGER_ALONE}


def wrong_lines(stacks):
    for name, text in stacks.items():
        for line in text.splitlines():
            if line and not PAM_LINE.match(line) or re.search(r"[{}]", line):
                yield f"{name}: no line of PAM's: {line}"


def complaints(project, tool, place):
    profile = Profile(project / "etc/authselect/secondstep")
    if profile.features() != profile.described():
        yield f"README has other features than the templates: {profile.features() ^ profile.described()}"
    others = profile.features() - set(DECIDING)
    machine = Machine(project, tool, place)
    for choice in itertools.product((False, True), repeat=len(DECIDING)):
        deciding = {feature for feature, is_on in zip(DECIDING, choice) if is_on}
        for features in (deciding, deciding | others):
            stacks = {name: expanded(profile.templates[name], features) for name in STACKS}
            here = " ".join(sorted(features)) or "no feature"
            yield from (f"{here}: {line}" for line in wrong_lines(stacks))
            yield from (f"{here}: {line}" for line in machine.findings(stacks, "with-enrollment" in features))
        # The mistakes are the same with every choice: it is enough to make them with none, and with all.
        for fault, broken in faulty(stacks, features) if len(deciding) in (0, len(DECIDING)) else ():
            if not machine.findings(broken, "with-enrollment" in features):
                yield f"{here}: not found: {fault}"
    whole = {"with-faillock", "with-fingerprint", "with-enrollment", "with-mkhomedir"}
    for name in ("system-auth", "password-auth"):
        guide = (project / "tests/data/stacks/rhel9-own-authselect-profile-enroll" / name).read_text(encoding="utf-8")
        if guide.split() != expanded(profile.templates[name], whole).split():
            yield f"{name}: other lines than the guide's"


def main():
    with tempfile.TemporaryDirectory() as place:
        found = list(complaints(pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(place)))
    print("\n".join(found) or "a code behind every first factor, whatever is selected")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
