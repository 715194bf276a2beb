"""The SELinux policy module, compiled against the reference policy where that is installed. No kernel
enforces it here."""
import os
import re
import shutil
import subprocess

from web01 import Skipped, run

MODULE = "/usr/share/doc/secondstep/examples/selinux"
MAKEFILE = "/usr/share/selinux/devel/Makefile"
READER = "/usr/libexec/selinux/hll/pp"  # of a compiled module, as CIL


def _copied():
    shutil.copytree(MODULE, "/root/selinux")
    return "/root/selinux"


def _text(name):
    with open(f"{MODULE}/{name}", encoding="utf-8") as file:
        return file.read()


def _compiled():
    """What the compiler said; the module lies beside its source then."""
    if not os.path.exists(MAKEFILE):
        raise Skipped("this needs the packages selinux-policy-dev and semodule-utils")
    done = subprocess.run(["make", "-f", MAKEFILE, "secondstep.pp"], cwd=_copied(), capture_output=True, text=True,
                          timeout=600)
    assert done.returncode == 0 and os.path.exists("/root/selinux/secondstep.pp"), done.stdout + done.stderr
    return done.stdout + done.stderr


def _rules():
    """What the compiled module allows, as CIL."""
    if not os.path.exists(READER):
        raise Skipped("this needs the package policycoreutils")
    _compiled()
    return run(READER, "/root/selinux/secondstep.pp")


def it_compiles_without_a_warning(web01):
    del web01
    said = _compiled()
    assert not re.search(r"(?i)warning|deprecated", said), said


def what_has_the_network_may_not_touch_key_store_or_service_socket(web01):
    """Of courier and relay; the control is the service, which may."""
    del web01
    rules = _rules()
    kept = {"secondstep_key_t", "secondstep_var_lib_t"}
    assert kept <= _files_of("secondstepd_t", rules), rules
    for domain in ("secondstep_courier_t", "secondstep_relay_t"):
        found = _files_of(domain, rules)
        assert found and not found & kept, (domain, found)
    assert re.search(r"allow secondstep_relay_t secondstep_hosts_runtime_t \(sock_file \([^)]*write", rules)
    assert not re.search(r"allow secondstep_relay_t secondstep_runtime_t \(sock_file", rules)


# Programs that log people in: sshd, before and since 9.8; login; sudo and su; display managers; Cockpit; polkit.
WHO_ASKS = ("sshd_t", "sshd_session_t", "local_login_t", "remote_login_t", "sudodomain", "user_su_t", "staff_su_t", "sysadm_su_t",
            "xdm_t", "cockpit_session_t", "policykit_auth_t")
ASKS = r"\(allow {} secondstepd_t \(unix_stream_socket \(connectto\)\)\)"


def who_logs_people_in_may_ask_and_a_web_server_where_it_is_allowed(web01):
    del web01
    rules = _rules()
    missing = [domain for domain in WHO_ASKS if not re.search(ASKS.format(domain), rules)]
    assert not missing, missing
    allowed = re.findall(r"\(booleanif \(secondstep_httpd\)\n((?:.*\n)*?)\s*\)\n", rules)
    asks = ASKS.format("httpd_t")
    assert len(re.findall(asks, rules)) == 1 == sum(len(re.findall(asks, text)) for text in allowed), allowed
    assert re.search(r"\(boolean secondstep_httpd false\)", rules), "off until somebody says so"


def _files_of(domain, rules):
    """The types of files that it may do anything with, but for what a rule says by an attribute."""
    return set(re.findall(rf"\(allow {domain} (secondstep\w+) \(file ", rules))


def a_program_is_labelled_by_its_whole_name(web01):
    """An expression in front of the last part would lose against the policy's own /usr/sbin/.* and leave it bin_t."""
    del web01
    programs = [line.split()[0] for line in _text("secondstep.fc").splitlines() if "_exec_t" in line]
    assert {f"/usr/sbin/secondstep{which}" for which in ("d", "-courier", "-relay")} <= set(programs), programs
    assert not [path for path in programs if re.search(r"[][()*+?|\\^$]", path)], programs
