"""What check-config sees of a machine with its real programs: sshd, sudo, libpam's modules, and the service that runs."""
import json
import os
import shutil
import subprocess

from web01 import CONFIGURATION, run, until

TALLY = """auth [success=ok default=die] pam_unix.so
auth required pam_tally2.so deny=5
auth [success=ok ignore=ignore default=die] pam_secondstep.so first_factor=passed
account required pam_unix.so
"""


def _checked():
    done = subprocess.run(["secondstep", "check-config", "--json"], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def _findings(kind):
    return [each for each in _checked()["findings"] if each["finding"] == kind]


def _add_to(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


def sshd_itself_is_asked_what_its_match_blocks_mean(web01):
    web01.add_person("alice", enrolled=True)
    web01.add_person("robot")
    web01.start_sshd("publickey,keyboard-interactive", stack="sshd-publickey-and-code")
    _add_to("/etc/ssh/sshd_config", "PermitRootLogin no\nMatch User robot\nAuthenticationMethods publickey\n")
    seen = _checked()
    assert seen["checked"]["sshd_was_asked"], seen
    assert seen["checked"]["without_code"] == ["robot"], seen
    assert not [each for each in seen["findings"] if each["finding"] == "sshd-setting"], seen
    _add_to("/etc/ssh/sshd_config", "NoSuchKeyword yes\n")
    told = _findings("sshd-setting")
    assert any("does not accept this file" in each["text"] for each in told), told


def an_sshd_that_was_never_started_is_judged_by_its_file(web01):
    web01.start_sshd("publickey,keyboard-interactive", stack="sshd-publickey-and-code")
    os.rmdir("/run/sshd")
    seen = _checked()
    assert seen["checked"]["sshd"] and not seen["checked"]["sshd_was_asked"], seen
    assert not any("does not accept" in each["text"] for each in seen["findings"]), seen


def a_changed_configuration_is_told_until_the_service_has_read_it(web01):
    web01.start_service()
    assert not _findings("service-settings")
    web01.set_action("require")
    told = _findings("service-settings")
    assert [each["mend"].partition(";")[0] for each in told] == ["systemctl reload secondstepd"], told
    shutil.copy(CONFIGURATION, "/etc/secondstep/other.conf")
    other = subprocess.run(["secondstep", "--config", "/etc/secondstep/other.conf", "check-config"], capture_output=True,
                           text=True, check=False)
    assert "running service" not in other.stdout, "another file is not what it should go by"
    run("kill", "-HUP", str(web01.service.pid))
    until(lambda: not _findings("service-settings"), "the reload")
    web01.stop_service()
    assert not _findings("service-settings"), "of a service that does not run nothing can be said"


def a_module_that_is_not_there_closes_the_stack_as_libpam_says(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.use_stack("portal", text=TALLY)
    told = _findings("module-missing")
    assert [(each["line"], each["level"]) for each in told] == [(2, "error")], told
    session = web01.pamtester("portal", "alice")
    session.answer("Password: ", alice.password)
    session.answer("Verification code: ", alice.phone.code())
    assert session.end() != 0, "libpam lets nobody in"
    web01.use_stack("portal", text=TALLY.replace("auth required pam_tally2.so deny=5\n", ""))
    assert not _findings("module-missing")


def sudo_that_asks_for_the_password_of_another_account_is_told(web01):
    web01.add_person("alice", enrolled=True)
    web01.use_stack("sudo")
    assert not _findings("somebody-elses-code")
    os.makedirs("/etc/sudoers.d", exist_ok=True)
    with open("/etc/sudoers", "w", encoding="utf-8") as file:
        file.write("Defaults env_reset\nDefaults targetpw\nroot ALL=(ALL:ALL) ALL\n")
    os.chmod("/etc/sudoers", 0o440)
    told = _findings("somebody-elses-code")
    assert [(each["file"], each["line"]) for each in told] == [("/etc/sudoers", 2)], told
    explained = web01.run_tool("explain", "alice", "--service", "sudo")
    assert "since sudoers has targetpw (/etc/sudoers:2)" in explained, explained


def the_module_and_the_service_that_are_installed_are_of_this_version(web01):
    web01.use_stack("su")
    assert not _findings("module-version")
    path = run("sh", "-c", "ls /lib/*/security/pam_secondstep.so /usr/lib*/security/pam_secondstep.so 2>/dev/null | "
               "head -n 1").strip()
    with open(path, "rb") as file:
        module = file.read()
    copy = f"{path}.older.so"
    with open(copy, "wb") as file:
        file.write(module.replace(b"secondstep-version=", b"secondstep-version=0.0.0+"))
    os.rename(copy, path)
    assert [each["file"] for each in _findings("module-version")], "a module that was left behind"
