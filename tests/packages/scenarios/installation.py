"""What an installation makes, what it leaves out, and how long it takes to the first login."""
import os
import stat
import time

from machine import ALL, FIRST_TWO, HOST_KEY, STORE

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "README.md")


def makes_accounts_directories_and_configuration_and_nothing_of_one_machine(machine):
    machine.install()
    assert not machine.has(HOST_KEY)
    assert os.listdir(machine.path(STORE)) == ["unused"]
    assert stat.S_IMODE(os.stat(machine.path(STORE)).st_mode) == 0o700
    assert machine.run("stat", "-c", "%U:%G", STORE).strip() == "secondstep:secondstep"
    assert machine.run("getent", "passwd", "secondstep").strip().split(":")[4:] == \
        ["Second login step", STORE, "/usr/sbin/nologin"]
    assert machine.try_run("getent", "passwd", "secondstep-courier").status != 0
    assert machine.has("/etc/secondstep/secondstep.conf")
    for name in FIRST_TWO:
        assert machine.run("dpkg-query", "-W", "-f", "${Conffiles}", name).strip() == "", name
    assert "pam_secondstep" not in "".join(machine.read(f"/etc/pam.d/{file}") for file in os.listdir(machine.path("/etc/pam.d")))


def says_on_an_image_what_there_is(machine):
    machine.install()
    assert "0 accounts: 0 enrolled" in machine.run("secondstep", "status")
    assert "host key: none yet" in machine.run("secondstep", "doctor")
    machine.run("secondstep", "check-config")
    assert not machine.has(HOST_KEY)


def what_stores_nothing_is_no_first_use(machine):
    """Images are made with hooks, with looks at what would be done, and with mistakes."""
    machine.install()
    machine.add_person("alice", "wonderland")
    machine.write("/root/tokens.csv", "user,secret\nalice,JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n")
    for words, ended in (
            (("import", "csv", "/root/tokens.csv", "--dry-run"), 0),
            (("import", "csv", "/root/none.csv"), None),
            (("enroll", "--bulk", "/root/none.csv", "--output", "/root/codes.csv"), None),
            (("portal", "list"), 0),
            (("portal", "remove", "--owner", "alice", "--yes"), None),
            (("code", "invoices"), None),
            (("portal", "add", "bad/name"), None)):
        done = machine.try_run("secondstep", *words, text="")
        assert ended is None or done.status == ended, (words, done.text)
        assert not machine.has(HOST_KEY), (words, done.text)
    machine.run("secondstep", "import", "csv", "/root/tokens.csv")
    assert machine.has(HOST_KEY)


def a_stack_with_the_module_locks_nobody_out_before_anybody_is_enrolled(machine):
    machine.install()
    machine.add_person("alice", "wonderland")
    machine.let_sshd_ask()
    machine.run("secondstep", "pam", "add", "sshd", "--no-catch")
    status, out, questions = machine.ssh("alice", "wonderland")
    assert (status, out) == (0, "alice"), (out, questions)
    assert not machine.has(HOST_KEY), "a login of somebody who is not enrolled is no first use"


def takes_no_library_that_only_imports_need(machine):
    machine.install()
    installed = machine.run("dpkg-query", "-W", "-f", "${Package}\n").split()
    for library in ("libxml2", "libcurl4", "libcurl4t64", "libzxing2", "libzxing3"):
        assert library not in installed, library
    assert not [name for name in installed if name.startswith("libicu")]


def what_is_missing_is_said_with_the_name_of_its_package(machine):
    machine.install()
    machine.write("/root/tokens.xml", '<?xml version="1.0"?><KeyContainer xmlns="urn:ietf:params:xml:ns:keyprov:pskc"/>\n')
    done = machine.try_run("secondstep", "import", "pskc", "/root/tokens.xml")
    assert done.status != 0 and "apt install secondstep-import" in done.text, done.text
    assert not machine.has(HOST_KEY), "what was not imported is no first use"


def all_packages_install_together(machine):
    machine.install(ALL)
    assert not machine.has("/etc/secondstep/conf.d/fleet.conf"), "no fleet before somebody makes one"
    assert machine.run("getent", "passwd", "secondstep-courier").strip().split(":")[4:] == \
        ["Sender of login codes", "/", "/usr/sbin/nologin"]
    assert machine.has("/etc/secondstep/courier.conf")


def _installed_kilobytes(machine):
    return {name: int(size) for name, size in
            (line.split() for line in machine.run("dpkg-query", "-W", "-f", "${Package} ${Installed-Size}\n").splitlines())}


def _told_sizes(release):
    """Of the README's table: what each row's packages add, in MB; nothing about a release that has no number there."""
    column = {"bookworm": 0, "trixie": 1}.get(release)
    if column is None:
        return {}
    with open(README, encoding="utf-8") as file:
        rows = re.findall(r"^\| (`.*`) \| [^|]* \| ([0-9.]+), ([0-9.]+) MB \|", file.read(), re.MULTILINE)
    return {frozenset(re.findall("`([^`]+)`", names)): float(sizes[column]) for names, *sizes in rows}


def sizes_are_what_a_server_can_bear(machine):
    """At most 12 MB for the first two, with the libraries that a minimal system with sshd has not got; and what the README says
    about each."""
    told, wrong = [], []
    in_readme = _told_sizes(machine.release())
    if in_readme:
        assert set(in_readme) == {frozenset(FIRST_TWO), *(frozenset((name,)) for name in ALL if name not in FIRST_TWO)}, in_readme
    before = _installed_kilobytes(machine)
    for names in (FIRST_TWO, *((name,) for name in ALL if name not in FIRST_TWO)):
        machine.install(names)
        after = _installed_kilobytes(machine)
        new = sorted(set(after) - set(before))
        size = sum(after[name] for name in new) / 1024
        told.append(f"{' '.join(names)}: {size:.1f} MB, with {' '.join(set(new) - set(names)) or 'nothing else'}")
        if names == FIRST_TWO:
            assert size <= 12, told
        if in_readme and abs(in_readme[frozenset(names)] - size) > 0.5:
            wrong.append(f"the README says {in_readme[frozenset(names)]} MB of {' '.join(names)}, and it is {size:.1f} MB")
        before = after
    assert not wrong, wrong
    return "\n        ".join(told)


def first_login_with_a_code_within_two_minutes_and_four_commands(machine):
    machine.add_person("alice", "wonderland")
    packages = machine.bring(ALL)
    began = time.monotonic()
    machine.run("apt-get", "install", "-y", *packages)
    machine.let_sshd_ask()
    app = machine.enroll("alice")
    machine.run("secondstep", "pam", "add", "sshd", "--no-catch")
    status, out, questions = machine.ssh("alice", "wonderland", app.code())
    seconds = time.monotonic() - began
    assert (status, "alice") == (0, out.splitlines()[-1]), (out, questions)
    assert "Verification code" in questions, questions
    assert seconds <= 120, seconds
    status, out, questions = machine.ssh("alice", "wonderland", app.wrong_code())
    assert status == 255, (out, questions)
    return f"{seconds:.0f} s from apt install to the login"
