"""The SELinux policy module, compiled against the reference policy where that is installed. No kernel
enforces it here."""
import os
import re
import shutil
import subprocess

from web01 import Skipped

MODULE = "/usr/share/doc/secondstep/examples/selinux"
MAKEFILE = "/usr/share/selinux/devel/Makefile"


def _copied():
    shutil.copytree(MODULE, "/root/selinux")
    return "/root/selinux"


def _text(name):
    with open(f"{MODULE}/{name}", encoding="utf-8") as file:
        return file.read()


def it_compiles_without_a_warning(web01):
    del web01
    if not os.path.exists(MAKEFILE):
        raise Skipped("this needs the packages selinux-policy-dev and semodule-utils")
    done = subprocess.run(["make", "-f", MAKEFILE, "secondstep.pp"], cwd=_copied(), capture_output=True, text=True,
                          timeout=600)
    assert done.returncode == 0 and os.path.exists("/root/selinux/secondstep.pp"), done.stdout + done.stderr
    assert not re.search(r"(?i)warning|deprecated", done.stdout + done.stderr), done.stdout + done.stderr


def a_program_is_labelled_by_its_whole_name(web01):
    """An expression in front of the last part would lose against the policy's own /usr/sbin/.* and leave it bin_t."""
    del web01
    programs = [line.split()[0] for line in _text("secondstep.fc").splitlines() if "_exec_t" in line]
    assert "/usr/sbin/secondstepd" in programs and "/usr/sbin/secondstep-courier" in programs
    assert not [path for path in programs if re.search(r"[][()*+?|\\^$]", path)], programs
