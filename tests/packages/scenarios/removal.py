"""Nobody is locked out by a removal, and nothing that cannot be made again is lost by a purge."""
from machine import ALL, FIRST_TWO, HOST_KEY, STORE

LINE = "auth [success=ok ignore=ignore default=die] pam_secondstep.so first_factor=passed\n"


def _installed_with_profile(machine):
    machine.install()
    machine.run("pam-auth-update", "--package", "--enable", "secondstep")
    assert "pam_secondstep.so" in machine.read("/etc/pam.d/common-auth")


def is_refused_while_a_stack_names_the_module(machine):
    _installed_with_profile(machine)
    common = machine.read("/etc/pam.d/common-auth")
    machine.write("/etc/pam.d/vault", "# ours\nauth required pam_unix.so\n" + LINE)
    done = machine.remove("libpam-secondstep")
    assert done.status != 0
    assert "/etc/pam.d/vault:3: " + LINE.strip() in done.text, done.text
    assert machine.state_of("libpam-secondstep") == "installed"
    assert machine.read("/etc/pam.d/common-auth") == common, "a removal that is refused has changed something"
    machine.write("/etc/pam.d/vault", "auth required pam_unix.so\n")
    done = machine.remove("libpam-secondstep")
    assert done.status == 0, done.text
    assert "pam_secondstep" not in machine.read("/etc/pam.d/common-auth")


def passes_over_what_no_program_reads(machine):
    machine.install()
    for name in ("sshd.bak", "sshd.dpkg-old", "sshd.dpkg-dist", "sshd.ucf-dist", "sshd.pam-old", "sshd.orig", "sshd.save", "sshd~"):
        machine.write(f"/etc/pam.d/{name}", LINE)
    machine.write("/etc/pam.d/vault", "#" + LINE + "auth required pam_unix.so # instead of pam_secondstep.so\n")
    done = machine.remove("libpam-secondstep")
    assert done.status == 0, done.text


def sees_a_line_that_goes_on(machine):
    machine.install()
    machine.write("/etc/pam.d/vault", "auth required \\\n    pam_secondstep.so\n")
    done = machine.remove("libpam-secondstep")
    assert done.status != 0 and "/etc/pam.d/vault:2:" in done.text, done.text


def is_refused_where_pam_auth_update_would_leave_a_line(machine):
    _installed_with_profile(machine)
    common = machine.read("/etc/pam.d/common-auth")
    machine.write("/etc/pam.d/common-auth", LINE + common)
    done = machine.remove("libpam-secondstep")
    assert done.status != 0 and "/etc/pam.d/common-auth:1:" in done.text, done.text
    assert machine.read("/etc/pam.d/common-auth") == LINE + common


def takes_out_a_line_of_the_profile_whose_arguments_somebody_changed(machine):
    _installed_with_profile(machine)
    common = machine.read("/etc/pam.d/common-auth")
    machine.write("/etc/pam.d/common-auth", common.replace("pam_secondstep.so", "pam_secondstep.so debug"))
    done = machine.remove("libpam-secondstep")
    assert done.status == 0, done.text
    assert "pam_secondstep" not in machine.read("/etc/pam.d/common-auth")


def is_refused_where_pam_auth_update_leaves_alone_what_somebody_edited(machine):
    _installed_with_profile(machine)
    common = machine.read("/etc/pam.d/common-auth")
    edited = common.replace("# here's the fallback", "auth optional pam_warn.so\n# here's the fallback")
    assert edited != common
    machine.write("/etc/pam.d/common-auth", edited)
    done = machine.remove("libpam-secondstep")
    assert done.status != 0 and "because somebody edited them" in done.text, done.text
    assert "/etc/pam.d/common-auth:" in done.text, done.text
    assert machine.read("/etc/pam.d/common-auth") == edited
    assert machine.state_of("libpam-secondstep") == "installed"


def is_refused_while_a_change_of_a_stack_waits(machine):
    machine.install()
    machine.run("mkdir", "-p", "/var/lib/secondstep-pam/pending")
    machine.write("/var/lib/secondstep-pam/pending/service", "sshd\n")
    machine.write("/var/lib/secondstep-pam/pending/path", "/etc/pam.d/sshd\n")
    done = machine.remove("libpam-secondstep")
    assert done.status != 0 and "secondstep pam keep sshd" in done.text, done.text
    assert machine.state_of("libpam-secondstep") == "installed"
    machine.run("rm", "-r", "/var/lib/secondstep-pam/pending")
    assert machine.remove("libpam-secondstep").status == 0


def the_service_cannot_go_before_the_module(machine):
    machine.install()
    machine.write("/etc/pam.d/vault", LINE)
    done = machine.remove("secondstep")
    assert done.status != 0 and "/etc/pam.d/vault:1:" in done.text, done.text
    assert machine.has("/usr/sbin/secondstepd")


def the_relay_cannot_go_while_the_machine_is_in_a_fleet(machine):
    machine.install(ALL)
    fleet = "/etc/secondstep/conf.d/fleet.conf"
    machine.write(fleet, "fleet = host\nfleet_nodes = auth1=192.0.2.11:7464\n")
    done = machine.remove("secondstep-fleet")
    assert done.status != 0 and fleet in done.text and machine.has("/usr/sbin/secondstep-relay"), done.text
    machine.run("mv", fleet, "/root/fleet.conf")
    done = machine.remove("secondstep-fleet")
    assert done.status == 0 and not machine.has("/usr/sbin/secondstep-relay"), done.text


def a_purge_keeps_key_and_store_and_says_so(machine):
    machine.install()
    machine.add_person("alice", "wonderland")
    machine.let_sshd_ask()
    app = machine.enroll("alice")
    key = machine.run("sha256sum", HOST_KEY)
    done = machine.remove("libpam-secondstep", "secondstep", purge=True)
    assert done.status == 0, done.text
    assert f"{HOST_KEY} is kept" in done.text and f"{STORE} is kept" in done.text, done.text
    assert machine.run("sha256sum", HOST_KEY) == key
    assert not machine.has("/etc/secondstep/secondstep.conf")
    machine.install()
    machine.run("secondstep", "pam", "add", "sshd", "--no-catch")
    status, out, questions = machine.ssh("alice", "wonderland", app.code())
    assert status == 0 and out.splitlines()[-1] == "alice", (out, questions)


def a_purge_of_the_courier_says_that_its_passwords_are_kept(machine):
    machine.install(FIRST_TWO + ("secondstep-courier",))
    credentials = "/etc/secondstep/courier.credentials"
    machine.write(credentials, "mail_password = swordfish\n", 0o600)
    done = machine.remove("secondstep-courier", purge=True)
    assert done.status == 0 and f"{credentials} is kept" in done.text and "swordfish" not in done.text, done.text
    assert machine.has(credentials) and not machine.has("/etc/secondstep/courier.conf")


def a_purge_where_nobody_was_enrolled_leaves_nothing(machine):
    machine.install()
    done = machine.remove("libpam-secondstep", "secondstep", purge=True)
    assert done.status == 0 and "is kept" not in done.text, done.text
    for path in ("/etc/secondstep", STORE, "/usr/share/secondstep", "/usr/share/doc/secondstep", "/usr/libexec/secondstep"):
        assert not machine.has(path), path
