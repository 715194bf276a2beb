"""What has to be so when rpm installs, upgrades and removes the packages. Each `def name(machine):` is a scenario."""
import os
import stat

from machine import HOST_KEY, STORE
from rpm_machine import MODULE
from rpm_packages import PACKAGES
from service_stand_in import ServiceStandIn

ALL = tuple(sorted(PACKAGES))
FIRST_TWO = ("pam_secondstep", "secondstep")
CONFIGURATION = "/etc/secondstep/secondstep.conf"
FLEET = "/etc/secondstep/conf.d/fleet.conf"
LINE = f"auth [success=ok ignore=ignore default=die] {MODULE} first_factor=passed\n"
RESTART = "set-property {} Markers=+needs-restart"


def _goes_through(done, what):
    assert done.status == 0, f"{what} ended with {done.status}:\n{done.text}"
    return done


def _installed(machine, names=ALL):
    done = _goes_through(machine.rpm("-i", names), f"rpm -i {' '.join(names)}")
    assert done.text == "", f"an installation says something although there is nothing to do for anybody:\n{done.text}"


def _account(machine, name):
    done = machine.try_run("getent", "passwd", name)
    return done.out.strip().split(":")[4:] if done.status == 0 else None


def installation_makes_accounts_directories_and_configuration_and_nothing_of_one_machine(machine):
    before = {name: machine.sha(f"/etc/pam.d/{name}") for name in os.listdir(machine.path("/etc/pam.d"))}
    _installed(machine, FIRST_TWO)
    assert _account(machine, "secondstep") == ["Second login step", STORE, "/usr/sbin/nologin"], "the account of the service"
    assert _account(machine, "secondstep-courier") is None, "an account for a courier that is not installed"
    assert not machine.has(HOST_KEY), "images are cloned: a host key that is made by the package is the same on all of them"
    assert os.listdir(machine.path(STORE)) == ["unused"], "the store is not empty"
    assert machine.run("stat", "-c", "%U:%G %a", STORE).strip() == "secondstep:secondstep 700", "who may read the store"
    assert machine.read(CONFIGURATION) == machine.read("/usr/share/secondstep/secondstep.conf"), "no configuration, or another one"
    assert stat.S_IMODE(os.stat(machine.path(CONFIGURATION)).st_mode) == 0o644, "nobody but root writes the configuration"
    assert machine.told() == ["--no-reload preset secondstepd.socket secondstepd.service"], "another preset than the documented"
    after = {name: machine.sha(f"/etc/pam.d/{name}") for name in os.listdir(machine.path("/etc/pam.d"))}
    assert before == after, "an installation has changed logins"


def six_packages_install_in_one_transaction_in_any_order(machine):
    for order in (ALL, ALL[::-1], ALL[3:] + ALL[:3]):
        machine.told()
        _installed(machine, order)
        assert set(machine.installed()) == PACKAGES, machine.installed()
        assert _account(machine, "secondstep") and _account(machine, "secondstep-courier"), f"accounts are missing after {order}"
        assert machine.has("/etc/secondstep/courier.conf"), f"no configuration of the courier after {order}"
        assert not machine.has(FLEET), "a fleet before somebody made one"
        assert sorted(machine.told()) == [
            "--no-reload preset secondstep-courier.socket",
            "--no-reload preset secondstep-hosts.socket secondstep-relay.socket secondstep-relay.service",
            "--no-reload preset secondstepd.socket secondstepd.service"], "other presets than the documented"
        said = machine.verified()
        assert said == "", f"rpm -V after {order}:\n{said}"
        _goes_through(machine.erase(*ALL), "the removal of all six")
        machine.run("sh", "-c", "rm -r /etc/secondstep /var/lib/secondstep; userdel secondstep; userdel secondstep-courier")


def no_file_is_owned_by_an_account_that_a_scriptlet_makes(machine):
    """rpm unpacks before %post runs: it would give the file to root, and say so."""
    _installed(machine)
    owners = machine.run("rpm", "-q", "--queryformat", "[%{FILEUSERNAME}:%{FILEGROUPNAME}\n]", *ALL).split()
    assert set(owners) == {"root:root"}, set(owners)


def scriptlets_come_after_what_they_need(machine):
    """In the installation of a whole system: after systemd, and after the program that makes accounts."""
    _installed(machine)
    for name in ("secondstep", "secondstep-courier", "secondstep-fleet"):
        order = machine.run("rpm", "-q", "--queryformat", "[%{ORDERNAME} ]", name).split()
        assert "systemd" in order, f"{name}: nothing says that systemctl is there before its scriptlets run: {order}"
    for name, needed in (("secondstep", "shadow-utils"), ("secondstep-courier", "secondstep")):
        needs = machine.run("rpm", "-q", "--queryformat", "[%{REQUIRENAME} %{REQUIREFLAGS:deptype}\n]", name).splitlines()
        assert f"{needed} post" in needs, f"{name}: {needed} may be missing in %post: {needs}"


def an_upgrade_leaves_configuration_key_store_and_people_alone(machine):
    _installed(machine)
    machine.add_person("alice", "wonderland")
    app = machine.enroll("alice")
    machine.let_a_service_ask()
    service = ServiceStandIn(machine)
    let_in, said = machine.logs_in("alice", "wonderland", app.wrong_code())
    assert not let_in, f"a wrong code was accepted: {said}"
    let_in, said = machine.logs_in("alice", "wonderland", app.code())
    assert let_in, f"the code of somebody who is enrolled was refused: {said}\n{service.log()}"
    machine.write(CONFIGURATION, machine.read(CONFIGURATION) + "\n# ours\nissuer = vault\n", 0o640)
    kept = {path: machine.tree(path) for path in ("/etc/secondstep", STORE, "/etc/pam.d")}
    machine.told()
    done = _goes_through(machine.rpm("-U", release="next"), "the upgrade")
    assert done.text == "", f"the upgrade says something although there is nothing to do for anybody: {done.text}"
    assert set(machine.installed().values()) == {"2"}, machine.installed()
    assert "# of the next release" in machine.read("/usr/share/secondstep/secondstep.conf"), "not the files of the next release"
    for path, before in kept.items():
        assert machine.tree(path) == before, f"the upgrade has changed {path}:\n{before}\n{machine.tree(path)}"
    calls = machine.told()
    for unit in ("secondstepd.service", "secondstep-relay.service"):
        assert RESTART.format(unit) in calls, f"{unit} goes on with the program of before: {calls}"
    assert not [call for call in calls if ".socket" in call], f"a login that comes just now is refused: {calls}"
    assert not [call for call in calls if "preset" in call or "disable" in call], f"what the administrator chose: {calls}"
    assert "(deleted)" in service.program(), "the program was not replaced"
    service.restart()
    assert "(deleted)" not in service.program(), "not the program of the next release"
    let_in, said = machine.logs_in("alice", "wonderland", app.code())
    assert let_in, f"the next code was refused after the upgrade: {said}\n{service.log()}"
    said = machine.verified()
    assert said == "", f"rpm -V after the upgrade:\n{said}"
    service.end()


def an_upgrade_goes_through_whatever_is_wrong_with_the_configuration(machine):
    _installed(machine)
    machine.write(CONFIGURATION, "actoin = require\n")
    _goes_through_and_says_what_to_do(machine)
    assert machine.read(CONFIGURATION) == "actoin = require\n", "the mistake is the administrator's to mend"


def an_upgrade_goes_through_whatever_is_wrong_with_the_store(machine):
    _installed(machine)
    machine.enroll("root")
    machine.run("sh", "-c", f"mv {STORE} {STORE}-away; ln -s /nowhere/at/all {STORE}")
    _goes_through_and_says_what_to_do(machine)


def an_upgrade_goes_through_where_setup_does_not_run_at_all(machine):
    """A library that is missing, a processor that is another one."""
    _installed(machine)
    machine.run("mount", "--bind", "/bin/false", "/usr/bin/secondstep")
    done = machine.rpm("-U", ("secondstep-courier",), release="next")
    machine.run("umount", "/usr/bin/secondstep")
    _goes_through(done, "the upgrade")
    assert "secondstep setup" in done.err, done.text


def _goes_through_and_says_what_to_do(machine):
    done = _goes_through(machine.rpm("-U", release="next"), "the upgrade")
    assert set(machine.installed().values()) == {"2"} and len(machine.installed()) == 6, f"half an upgrade: {machine.installed()}"
    assert "setup did not come to its end" in done.err and "secondstep setup" in done.err, f"nobody is told: {done.text}"
    assert "actoin" not in done.out, done.text
    assert "scriptlet failed" not in done.text, f"a scriptlet ends with a failure: {done.text}"
    calls = machine.told()
    assert RESTART.format("secondstepd.service") in calls, f"the scriptlets did not go on: {calls}"


def _is_refused(machine, names, *words):
    """And has changed nothing."""
    before = machine.installed()
    machine.told()
    done = machine.erase(*names)
    assert done.status != 0, f"rpm -e {' '.join(names)} was not refused: {done.text}"
    for word in words:
        assert word in done.text, f"rpm -e {' '.join(names)} does not say {word}: {done.text}"
    assert machine.installed() == before, f"rpm -e {' '.join(names)} has removed packages: {machine.installed()}: {done.text}"
    calls = machine.told()
    assert not calls, f"rpm -e {' '.join(names)} was refused and has stopped what lets people in: {calls}"
    said = machine.verified(sorted(before))
    assert said == "", f"rpm -e {' '.join(names)} was refused and has changed files:\n{said}"


def removal_of_the_module_is_refused_while_a_stack_names_it(machine):
    _installed(machine, FIRST_TWO)
    for path in ("/etc/pam.d/vault", "/usr/lib/pam.d/vault", "/usr/etc/pam.d/vault", "/usr/local/etc/pam.d/vault", "/etc/pam.conf",
                 "/etc/authselect/custom/own/system-auth"):
        before = machine.read(path) if machine.has(path) else None
        machine.write(path, f"# ours\nauth required pam_unix.so\n{LINE}")
        _is_refused(machine, ["pam_secondstep"], f"{path}:3:{LINE.strip()}", "secondstep pam remove")
        assert machine.has(MODULE), "the module is gone"
        if before is None:
            os.remove(machine.path(path))
        else:
            machine.write(path, before)
    # A backup of rpm's, of an editor, and what is only a comment.
    for name in ("vault.rpmsave", "vault.rpmnew", "vault.rpmorig", "vault.bak", "vault.orig", "vault.save", "vault~"):
        machine.write(f"/etc/pam.d/{name}", LINE)
    machine.write("/etc/pam.d/vault", f"#{LINE}auth required pam_unix.so # instead of pam_secondstep.so\n")
    done = _goes_through(machine.erase("pam_secondstep"), "the removal of a module that no stack names")
    assert done.text == "" and not machine.has(MODULE), done.text


def removal_of_the_module_is_refused_while_a_change_of_a_stack_waits(machine):
    _installed(machine, FIRST_TWO)
    machine.write("/var/lib/secondstep-pam/pending/service", "sshd\n")
    _is_refused(machine, ["pam_secondstep"], "secondstep pam keep sshd")
    _is_refused(machine, FIRST_TWO, "secondstep pam keep sshd")
    machine.run("rm", "-r", "/var/lib/secondstep-pam/pending")
    _goes_through(machine.erase("pam_secondstep"), "the removal after the change was kept")


def the_service_does_not_go_where_the_module_has_to_stay(machine):
    """rpm goes on with the other packages of a transaction when a scriptlet refuses: the module would ask nobody."""
    _installed(machine, FIRST_TWO)
    machine.write("/etc/pam.d/vault", LINE)
    _is_refused(machine, ["secondstep"], "is needed by (installed) pam_secondstep")
    for names in (FIRST_TWO, FIRST_TWO[::-1]):
        _is_refused(machine, names, f"/etc/pam.d/vault:1:{LINE.strip()}", "error: secondstep-")
    _installed(machine, tuple(name for name in ALL if name not in FIRST_TWO))
    done = machine.erase(*ALL)
    assert set(FIRST_TWO) <= set(machine.installed()), f"the module has no service any more: {machine.installed()}: {done.text}"
    assert not [call for call in machine.told() if "disable" in call and "secondstepd" in call], "a service that stays was stopped"
    os.remove(machine.path("/etc/pam.d/vault"))
    _goes_through(machine.erase(*machine.installed()), "the removal after the line was taken out")
    assert machine.installed() == {}, machine.installed()


def removal_of_the_relay_is_refused_in_a_fleet(machine):
    _installed(machine)
    machine.write(FLEET, "fleet = host\nfleet_nodes = auth1=192.0.2.11:7464\n")
    _is_refused(machine, ["secondstep-fleet"], FLEET, "this machine is in a fleet")
    _goes_through(machine.rpm("-U", release="next"), "an upgrade in a fleet")
    os.rename(machine.path(FLEET), machine.path(FLEET) + ".away")
    _goes_through(machine.erase("secondstep-fleet"), "the removal of the relay after the fleet was left")
    calls = machine.told()
    assert "--no-reload disable --now secondstep-hosts.socket secondstep-relay.socket secondstep-relay.service" in calls, calls


def removal_of_all_in_a_fleet_leaves_the_service(machine):
    _installed(machine)
    machine.write(FLEET, "fleet = host\nfleet_nodes = auth1=192.0.2.11:7464\n")
    done = machine.erase(*ALL)
    assert done.status != 0, f"removed in a fleet: {done.text}"
    assert {"secondstep", "secondstep-fleet"} <= set(machine.installed()), \
        f"the relay stays and the service that it works for is gone: {machine.installed()}: {done.text}"


def removal_keeps_key_and_store_and_says_so(machine):
    _installed(machine)
    machine.add_person("alice", "wonderland")
    app = machine.enroll("alice")
    kept = {path: machine.tree(path) for path in (HOST_KEY, STORE, CONFIGURATION)}
    said = machine.verified()
    assert said == "", f"rpm -V before the removal:\n{said}"
    machine.told()
    done = _goes_through(machine.erase(*ALL), "the removal of all six")
    for path, before in kept.items():
        assert f"{path} is kept" in done.err, f"nobody is told that {path} is kept: {done.text}"
        assert machine.tree(path) == before, f"{path} is another after the removal"
    assert machine.installed() == {}, machine.installed()
    calls = " ".join(machine.told())
    for unit in ("secondstepd.socket", "secondstepd.service", "secondstep-check.timer", "secondstep-pam-catch.timer",
                 "secondstep-courier.socket", "secondstep-relay.service", "secondstep-relay.socket", "secondstep-hosts.socket"):
        assert unit in calls, f"{unit} stays enabled: {calls}"
    left = [path for path in machine.left_of_packages()
            if not path.startswith(("/etc/secondstep", STORE, "/home/alice", "/var/mail", "/var/spool/mail"))]
    assert not left, f"left of the packages: {left}"
    _installed(machine)
    machine.let_a_service_ask()
    service = ServiceStandIn(machine)
    let_in, said = machine.logs_in("alice", "wonderland", app.code())
    assert let_in, f"installed again, and whoever was enrolled is refused: {said}\n{service.log()}"
    service.end()


def removal_where_nobody_was_enrolled_leaves_nothing_but_the_configuration(machine):
    _installed(machine)
    done = _goes_through(machine.erase(*ALL), "the removal of all six")
    assert "host.key" not in done.text and STORE not in done.text, f"is kept, and nothing is lost with it: {done.text}"
    assert not machine.has(STORE) and not machine.has("/run/secondstep"), "what nobody has used is left"
    left = machine.left_of_packages()
    assert left == ["/etc/secondstep/courier.conf", CONFIGURATION], f"left of the packages: {left}"
