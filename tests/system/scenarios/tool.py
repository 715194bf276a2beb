"""The administrator's tool on a whole machine: what it leaves in the log."""
import json
import os
import re
import subprocess

from web01 import run


def _as(person, *command, **options):
    return subprocess.run(["setpriv", "--reuid", person, "--regid", person, "--init-groups", *command], text=True,
                          capture_output=True, check=False, env={"PATH": "/usr/local/bin:/usr/bin:/bin"}, **options)


def the_program_is_where_people_and_cron_look_for_it(web01):
    assert os.path.isfile("/usr/bin/secondstep") and not os.path.islink("/usr/bin/secondstep")
    assert os.readlink("/usr/sbin/secondstep") == "../bin/secondstep"
    assert run("/usr/sbin/secondstep", "--version") == run("/usr/bin/secondstep", "--version")
    web01.add_person("alice", enrolled=True)
    web01.start_service()
    shown = _as("alice", "secondstep", "status")
    assert shown.returncode == 0 and "alice" in shown.stdout, shown
    # What is typed in is enough: no configuration, no store, no service.
    os.chmod("/etc/secondstep/secondstep.conf", 0o600)
    code = _as("alice", "secondstep", "code", "--stdin", input="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n")
    assert code.returncode == 0 and re.fullmatch(r"[0-9]{6}\n", code.stdout), code


def a_help_desk_by_sudo_is_named_and_is_shown_no_file_of_roots(web01):
    """The sudoers line that everybody writes; the real sudo."""
    web01.add_person("carla", enrolled=True)
    web01.add_person("hanna")
    with open("/etc/sudoers.d/helpdesk", "w", encoding="utf-8") as file:
        file.write("hanna ALL=(root) NOPASSWD: /usr/bin/secondstep\n")
    os.chmod("/etc/sudoers.d/helpdesk", 0o440)
    with open("/etc/pam.d/sudo", "w", encoding="utf-8") as file:
        file.write("account required pam_permit.so\nsession required pam_permit.so\n")
    hanna = str(int(run("id", "-u", "hanna")))
    for path in ("/etc/secondstep/host.key", "/etc/shadow"):
        with open(path, encoding="utf-8") as file:
            parts = [part for part in re.split(r"[:=\s]", file.read()) if len(part) > 30]
        assert parts, path
        for call in (["status", "--users", path], ["status", "--config", path], ["check-config", "--file", path],
                     ["--config", path, "check-config"], ["check-config", "--sshd-config", path]):
            done = _as("hanna", "sudo", "-n", "/usr/bin/secondstep", *call)
            said = done.stdout + done.stderr
            assert "secondstep" in said or "Checked" in said, done
            assert not [part for part in parts if part in said], said
    web01.forget_log()
    given = json.loads(_as("hanna", "sudo", "-n", "/usr/bin/secondstep", "temporary-code", "carla", "--json").stdout)
    web01.planted += [given["code"], given["code"].replace("-", "")]
    with open("/proc/self/loginuid", encoding="utf-8") as file:
        name = "hanna" if file.read() == "4294967295" else '[^"]+'
    actor = rf'by="{name}" loginuid=\S+ uid=0 sudo_user=hanna sudo_uid={hanna}'
    web01.expect_log(rf'verb=temporary-code account="carla" until={given["until"]} issuer="{name}" {actor}')
    taken = _as("hanna", "sudo", "-n", "/usr/bin/secondstep", "revoke", "carla", "--json")
    assert json.loads(taken.stdout)["changed"], taken
    web01.expect_log(rf'verb=revoke account="carla" temporary_until={given["until"]} {actor}')
    # Root may say of itself what it likes: one field it stays, beside the login uid.
    forged = {**os.environ, "SUDO_USER": 'x" verb=unlock\nverdict=accepted', "SUDO_UID": "nobody"}
    subprocess.run(["secondstep", "invite", "hanna", "--json"], check=True, capture_output=True, env=forged)
    web01.expect_log(r'verb=invite account="hanna" .*uid=0 sudo_user="x\\" verb=unlock\?verdict=accepted" sudo_uid=nobody')


def codes_that_are_given_out_stand_on_the_screen_alone(web01):
    web01.add_person("alice", enrolled=True)
    web01.add_person("bob")
    web01.forget_log()
    for command in (["invite", "bob"], ["temporary-code", "alice"], ["re-enroll", "alice"]):
        given = json.loads(run("secondstep", *command, "--json"))
        web01.planted += [given["code"], given["code"].replace("-", "")]
        web01.expect_log(rf'verb={command[0]} account="{command[1]}" until={given["until"]} .*loginuid=\S+ uid=0')
    web01.expect_log(r'verb=temporary-code .* issuer="[^"]+"')
    # finish() looks for what was planted.


def codes_that_are_read_out_are_judged_and_logged_but_not_themselves(web01):
    alice = web01.add_person("alice", enrolled=True)
    web01.forget_log()
    codes = [alice.phone.code(), alice.phone.code()]
    said = json.loads(run("secondstep", "check-code", "alice", "--json", input="\n".join(codes) + "\n"))
    assert said["finding"] == "good", said
    web01.expect_log(r'verb=check-code account="alice" finding=good by=')
    web01.planted += codes


def setup_makes_the_couriers_account_where_there_is_a_courier(web01):
    def accounts():
        with open("/etc/passwd", encoding="utf-8") as file:
            return [line.split(":")[0] for line in file]
    program = "/usr/sbin/secondstep-courier"
    away = program + ".away"
    assert "secondstep-courier" in accounts(), "it is installed here"
    run("userdel", "secondstep-courier")
    os.rename(program, away)
    done = subprocess.run(["secondstep", "setup"], text=True, capture_output=True, check=True)
    assert "courier" not in done.stdout.replace("courier.conf", "") + done.stderr, done
    assert "secondstep-courier" not in accounts()
    # What sends nothing is not needed; what the configuration sends is.
    with open("/etc/secondstep/secondstep.conf", "a", encoding="utf-8") as file:
        file.write("\nmethods = totp, mail\n")
    done = subprocess.run(["secondstep", "setup"], text=True, capture_output=True, check=True)
    assert "the courier is not installed" in done.stderr, done
    assert "secondstep-courier" in accounts()
    os.rename(away, program)
    done = subprocess.run(["secondstep", "setup"], text=True, capture_output=True, check=True)
    assert "not installed" not in done.stderr, done
