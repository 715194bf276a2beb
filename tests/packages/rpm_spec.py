#!/usr/bin/python3
"""rpm_spec.py PROJECT BUILD [--without WORD | --with PATH]: what rpmbuild makes of etc/packaging/rpm/secondstep.spec.

The packages are configured as the spec says; what would be compiled is taken from BUILD, a build of the same files. Ends 1
when rpmbuild finds a file that no package has, or that is not there, or warns; and when a file is in two packages, or a package
needs a library that is another one's; as root also when a removal is not refused that would let nobody in any more, or another
one is. --without leaves out the lines of %files that have the word, --with adds one: the controls, for one distribution.
Ends 77 without rpmbuild(8).
"""
import argparse
import os
import pathlib
import re
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
from rpm_packages import PACKAGES, RpmPackages, run  # noqa: E402

# Where a distribution differs from what Debian's rpm says.
DISTRIBUTIONS = {
    "as rpm says here": {},
    "as in Fedora": {"_unitdir": "/usr/lib/systemd/system", "_sysusersdir": "/usr/lib/sysusers.d", "_tmpfilesdir": "/usr/lib/tmpfiles.d",
                     "_libdir": "/usr/lib64", "_sbindir": "/usr/bin", "dist": ".fc42", "systemd_post()": "systemctl preset %{?*} || :"},
    "as in openSUSE": {"_unitdir": "/usr/lib/systemd/system", "_sysusersdir": "/usr/lib/sysusers.d", "_tmpfilesdir": "/usr/lib/tmpfiles.d",
                       "_libdir": "/usr/lib64", "suse_version": "1600"},
}
# Each library is for one package alone.
LIBRARIES = {"libcurl": "secondstep-courier", "libxml2": "secondstep-import", "libZXing": "secondstep-qr", "libjpeg": "secondstep-qr",
             "libqrencode": "secondstep"}
# What stands on a machine, whether it is an upgrade, and what a removal of the package says: nothing where it goes on.
REMOVALS = (
    ("pam_secondstep", "", 0, None),
    ("pam_secondstep", "echo 'auth required pam_secondstep.so' >/etc/pam.d/sshd", 0, "/etc/pam.d/sshd:1:auth required pam_secondstep.so"),
    ("pam_secondstep", "echo 'auth required pam_secondstep.so' >/etc/pam.d/sshd", 1, None),
    ("pam_secondstep", "echo '# pam_secondstep.so' >/etc/pam.d/sshd", 0, None),
    ("pam_secondstep", "echo 'auth required pam_secondstep.so' >/etc/pam.d/sshd.rpmsave", 0, None),
    # As authselect writes it: a link out of /etc/pam.d, and a profile of one's own that is not selected.
    ("pam_secondstep", "mkdir /etc/authselect; echo 'auth required pam_secondstep.so' >/etc/authselect/system-auth; "
                       "ln -s /etc/authselect/system-auth /etc/pam.d/system-auth", 0, "/etc/pam.d/system-auth:1:"),
    ("pam_secondstep", "mkdir -p /etc/authselect/custom/own; echo 'auth required pam_secondstep.so' >/etc/authselect/custom/own/system-auth",
     0, "/etc/authselect/custom/own/system-auth:1:"),
    ("pam_secondstep", "mkdir -p /var/lib/secondstep-pam/pending", 0, "secondstep pam keep"),
    ("secondstep-fleet", "", 0, None),
    ("secondstep-fleet", "mkdir -p /etc/secondstep/conf.d; : >/etc/secondstep/conf.d/fleet.conf", 0, "this machine is in a fleet"),
    ("secondstep-fleet", "mkdir -p /etc/secondstep/conf.d; : >/etc/secondstep/conf.d/fleet.conf", 1, None),
)


def edited(options, text):
    """The spec, or a control of it."""
    if options.without:
        head, files = text.split("\n%files\n", 1)
        text = head + "\n%files\n" + "".join(line + "\n" for line in files.split("\n") if options.without not in line)
    if options.with_path:
        text = text.replace("\n%files\n", f"\n%files\n{options.with_path}\n")
    return text


def complaints_of_rpm(said):
    for line in said.splitlines():
        if re.match(r"\s*(warning|error): ", line) and "Bad exit status" not in line:
            yield line.strip()


def complaints_about(packages):
    owners = {}
    if set(packages) != PACKAGES:
        yield f"other packages than {sorted(PACKAGES)}: {sorted(packages)}"
    for name, file in packages.items():
        for line in run("rpm", "-qp", "--queryformat", r"[%{FILEMODES:perms} %{FILENAMES}\n]", file)[1].splitlines():
            mode, path = line.split(" ", 1)
            if not mode.startswith("d"):
                owners.setdefault(path, []).append(name)
        needed = run("rpm", "-qp", "--requires", file)[1]
        for library, owner in LIBRARIES.items():
            if library in needed and name != owner:
                yield f"{name} needs {library}, which is for {owner} alone"
    for path, names in owners.items():
        if len(names) > 1 and not path.startswith("/usr/share/licenses/"):
            yield f"{path} is in {' and '.join(names)}"


def complaints_about_removals(packages):
    """With /etc and /var of their own."""
    for name, there, others, refusal in REMOVALS:
        script = run("rpm", "-qp", "--queryformat", "%{PREUN}", packages[name])[1]
        status, said = run("unshare", "--mount", "--propagation", "private", "sh", "-ec",
                           f'mount -t tmpfs tmpfs /etc; mount -t tmpfs tmpfs /var; mkdir /etc/pam.d; {there}\nexec sh -c "$1" sh "$2"',
                           "sh", script, others)
        if (status == 0) != (refusal is None) or (refusal or "") not in said:
            yield f"removal of {name} with {others} left, where {there or 'nothing is there'}: ends {status}: {said}"


def complaints(options, macros, place):
    packages = RpmPackages(options.project, options.build, place, macros, lambda text: edited(options, text))
    yield from complaints_of_rpm(packages.said)
    if not packages.files:
        # Which files it is about stands behind these words.
        yield packages.said[packages.said.rfind("RPM build errors:"):]
        return
    yield from complaints_about(packages.files)
    if os.geteuid() == 0 and not macros:
        yield from complaints_about_removals(packages.files)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("project", type=pathlib.Path)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--without")
    parser.add_argument("--with", dest="with_path")
    options = parser.parse_args()
    if not shutil.which("rpmbuild"):
        print("SKIPPED: rpmbuild is missing: apt install rpm")
        return 77
    found = []
    of_a_control = options.without or options.with_path
    for name, macros in list(DISTRIBUTIONS.items())[:1 if of_a_control else None]:
        with tempfile.TemporaryDirectory() as place:
            found += [f"{name}: {line}" for line in complaints(options, macros, pathlib.Path(place))]
    if os.geteuid() != 0:
        print("removals were not tried: they need root")
    print("\n".join(found) or f"{len(PACKAGES)} packages, each file in one of them")
    return 1 if found else 0


sys.exit(main())
