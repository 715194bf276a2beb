"""A machine like this one, in namespaces of its own, on which packages of rpm's are installed: with rpm's own database, and
without what this machine has of Secondstep."""
import os
import shutil
import subprocess

from machine import Machine, mount
from rpm_packages import PACKAGES

MODULE = "/usr/lib64/security/pam_secondstep.so"
SERVICE = "vault"
# What is left where no package has put it: accounts, logs, rpm's own, what this test has brought.
NOT_OF_PACKAGES = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/subuid", "/etc/subgid", "/etc/.pwd.lock",
                   "/var/log/", "/var/lib/rpm", "/usr/bin/systemctl", "/usr/sbin/policy-rc.d", "/packages")
# What this machine may have of Secondstep, and the one that is like it has not.
OF_THIS_MACHINE = ("/etc/secondstep", "/var/lib/secondstep", "/var/lib/secondstep-pam")
# Directories that in Fedora and openSUSE are pam's and filesystem's, and that Debian has not.
OF_OTHERS = {"/usr/lib64/security", "/usr/share/licenses"}


class RpmMachine(Machine):
    def __init__(self, place, first, next_release):
        """`first`, `next_release`: RpmPackages."""
        super().__init__("/", place, None)
        self._upper = os.path.join(place, "upper")
        self._releases = {"first": first, "next": next_release}
        for directory in OF_THIS_MACHINE:
            if self.has(directory):
                shutil.rmtree(self.path(directory))
        # rpm's database is below root's home.
        for directory in ("/tmp", "/root"):
            mount("-t", "tmpfs", "-o", "mode=700", "tmpfs", self.path(directory))
        for release, packages in self._releases.items():
            os.makedirs(self.path(f"/tmp/{release}"))
            for name, file in packages.files.items():
                shutil.copy(file, self.path(f"/tmp/{release}/{name}.rpm"))
        self.stand_in_for_systemctl()

    # packages

    def rpm(self, action, names=tuple(sorted(PACKAGES)), release="first"):
        """Debian's libraries are in no database of rpm's, and its rpm wants to be told that this is meant."""
        return self.try_run("rpm", "--nodeps", "--force-debian", action, *(f"/tmp/{release}/{name}.rpm" for name in names))

    def erase(self, *names):
        return self.try_run("rpm", "--force-debian", "-e", *names)

    def installed(self):
        """Name and release of each."""
        return dict(line.split() for line in self.run("rpm", "-qa", "--queryformat", "%{NAME} %{RELEASE}\n").splitlines())

    def verified(self, names=tuple(sorted(PACKAGES))):
        """What is another than the packages say: ownership, modes, content."""
        return self.try_run("rpm", "-V", "--nodeps", *names).text

    def left_of_packages(self):
        """Files of theirs that are still there; and whatever has come beside."""
        paths = {path for packages in self._releases.values() for name in packages.files for path in packages.paths(name)}
        left = {path for path in paths if self.has(path)}
        for directory, names, files in os.walk(self._upper):
            there = directory[len(self._upper):]
            # What was deleted is a device there, and a directory that is the machine's own is not empty.
            left |= {f"{there}/{file}" for file in files if os.path.isfile(f"{directory}/{file}")
                     or os.path.islink(f"{directory}/{file}")}
            if not names and not files and not os.path.exists(there):
                left.add(there)
        return sorted(path for path in left - OF_OTHERS if not path.startswith(NOT_OF_PACKAGES))

    # systemctl

    def told(self):
        """What systemctl was told since the last time."""
        file = "/run/systemctl-was-told"
        calls = self.read(file).splitlines() if self.has(file) else []
        self.write(file, "")
        return calls

    # logins

    def let_a_service_ask(self):
        """The password first, as in most stacks; the module where the package has put it."""
        self.write(f"/etc/pam.d/{SERVICE}", f"auth requisite pam_unix.so\n"
                   f"auth [success=ok ignore=ignore default=die] {MODULE} first_factor=passed\naccount required pam_permit.so\n")

    def logs_in(self, name, password, code):
        """Whether PAM lets them in, and what was said."""
        done = self.try_run("pamtester", "-I", "rhost=198.51.100.7", SERVICE, name, "authenticate", text=f"{password}\n{code}\n")
        return done.status == 0 and "successfully authenticated" in done.text, done.text

    def sha(self, path):
        return self.run("sha256sum", path).split()[0]

    def tree(self, path):
        """Every file below, with its content's sum, owner and mode."""
        return self.run("sh", "-c", 'find "$1" -printf "%p %u:%g %m\\n" | sort; '
                        'find "$1" -type f -print0 | sort -z | xargs -0r sha256sum', "sh", path)


def possible():
    """Why it is not, if so."""
    if os.geteuid() != 0:
        return "machines of their own need root (run as root, or with sudo)"
    for program, package in (("rpmbuild", "rpm"), ("rpm", "rpm"), ("pamtester", "pamtester")):
        if not shutil.which(program):
            return f"{program} is missing: apt install {package}"
    trial = "mount -t tmpfs tmpfs /mnt && mkdir /mnt/u /mnt/w /mnt/r && " \
            "mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/u,workdir=/mnt/w /mnt/r"
    done = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--propagation", "private", "sh", "-c", trial],
                          stderr=subprocess.DEVNULL, check=False)
    return None if done.returncode == 0 else "this machine does not allow new namespaces, or an overlay over /"
