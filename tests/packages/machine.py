"""A machine of a release: a minimal system with sshd, in namespaces of its own, on which packages are installed."""
import glob
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "system"))
from authenticator import Authenticator  # noqa: E402

PATIENCE = 1200
STORE = "/var/lib/secondstep"
HOST_KEY = "/etc/secondstep/host.key"
HERE = os.path.dirname(os.path.abspath(__file__))
FIRST_TWO = ("secondstep", "libpam-secondstep")
ALL = FIRST_TWO + ("secondstep-import", "secondstep-qr", "secondstep-courier", "secondstep-fleet")
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8",
               "DEBIAN_FRONTEND": "noninteractive", "TERM": "dumb", "USER": "root", "LOGNAME": "root"}


class Skipped(Exception):
    """What a scenario needs is not on this machine; it says what."""


def mount(*words):
    subprocess.run(["mount", *words], check=True)


class Done:
    """A command that ended."""

    def __init__(self, completed):
        self.status = completed.returncode
        self.out = completed.stdout
        self.err = completed.stderr
        self.text = completed.stdout + completed.stderr


class Machine:
    def __init__(self, base, place, packages):
        """`base` is only read; everything that changes lies in `place`. `packages`: the directory with the .deb files."""
        self.packages = packages
        self.root = os.path.join(place, "root")
        for name in ("upper", "work", "root"):
            os.makedirs(os.path.join(place, name))
        mount("-t", "overlay", "overlay", "-o", f"lowerdir={base},upperdir={place}/upper,workdir={place}/work", self.root)
        self._mount_what_programs_need()
        self._children = []

    def _mount_what_programs_need(self):
        mount("-t", "proc", "proc", self.path("/proc"))
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", self.path("/run"))
        os.makedirs(self.path("/run/sshd"))
        os.makedirs(self.path("/run/lock"))
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", self.path("/dev"))
        for device in ("null", "zero", "full", "random", "urandom", "tty"):
            self.write(f"/dev/{device}", "")
            mount("--bind", f"/dev/{device}", self.path(f"/dev/{device}"))
        os.symlink("/proc/self/fd", self.path("/dev/fd"))
        os.mkdir(self.path("/dev/shm"))
        mount("-t", "tmpfs", "-o", "mode=1777", "tmpfs", self.path("/dev/shm"))
        os.mkdir(self.path("/dev/pts"))
        mount("-t", "devpts", "-o", "newinstance,ptmxmode=0666", "devpts", self.path("/dev/pts"))
        os.symlink("pts/ptmx", self.path("/dev/ptmx"))

    def end(self):
        for child in self._children:
            child.kill()
            child.wait()
        # A login that is still open.
        for process in glob.glob("/proc/[0-9]*"):
            if os.path.basename(process) != "1" and os.path.exists(process + "/root") and \
                    os.path.realpath(process + "/root") == self.root:
                os.kill(int(os.path.basename(process)), 9)
        subprocess.run(["umount", "--recursive", "--lazy", self.root], check=True)

    def stand_in_for_systemctl(self):
        """As a machine where systemd runs; what it is told is in /run/systemctl-was-told."""
        os.makedirs(self.path("/run/systemd/system"))
        if self.has("/usr/bin/systemctl"):
            os.remove(self.path("/usr/bin/systemctl"))
        shutil.copy(os.path.join(HERE, "systemctl-that-notes"), self.path("/usr/bin/systemctl"))
        self.write("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 0\n", 0o755)

    def keep_a_log(self):
        """What is sent to /dev/log is from now on in /var/log/auth.log, as with rsyslog; nothing in the machine can do that."""
        self.write("/var/log/auth.log", "", 0o640)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        listener.bind(self.path("/dev/log"))
        os.chmod(self.path("/dev/log"), 0o666)
        threading.Thread(target=self._write_log, args=(listener, self.path("/var/log/auth.log")), daemon=True).start()

    @staticmethod
    def _write_log(listener, path):
        with listener, open(path, "a", encoding="utf-8", buffering=1) as file:
            while True:
                line = listener.recv(65536).decode("utf-8", "replace").rstrip("\0\n")
                file.write(re.sub("^<[0-9]+>", "", line) + "\n")

    # files

    def path(self, path):
        return self.root + path

    def read(self, path):
        with open(self.path(path), encoding="utf-8") as file:
            return file.read()

    def write(self, path, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
        with open(self.path(path), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(self.path(path), mode)

    def has(self, path):
        return os.path.lexists(self.path(path))

    def release(self):
        return re.search("^VERSION_CODENAME=(.*)$", self.read("/etc/os-release"), re.MULTILINE).group(1)

    # commands

    def try_run(self, *words, text=None):
        return Done(subprocess.run(["chroot", self.root, *words], input=text, capture_output=True, text=True, timeout=PATIENCE,
                                   env=ENVIRONMENT, cwd="/", check=False))

    def run(self, *words, text=None):
        done = self.try_run(*words, text=text)
        assert done.status == 0, f"{' '.join(words)} ended with {done.status}:\n{done.text}"
        return done.out

    def start(self, *words, **options):
        child = subprocess.Popen(["chroot", self.root, *words], env={**ENVIRONMENT, **options.pop("env", {})}, cwd="/", text=True,
                                 **options)
        self._children.append(child)
        return child

    # packages

    def bring(self, names, directory=None):
        """Copies packages to where apt in the machine finds them; gives their names there."""
        os.makedirs(self.path("/packages"), exist_ok=True)
        found = []
        for name in names:
            files = glob.glob(os.path.join(directory or self.packages, f"{name}_*.deb"))
            assert len(files) == 1, f"not one package {name} in {directory or self.packages}: {files}"
            shutil.copy(files[0], self.path("/packages"))
            found.append("/packages/" + os.path.basename(files[0]))
        return found

    def install(self, names=FIRST_TWO, directory=None):
        return self.run("apt-get", "install", "-y", "--no-install-recommends", *self.bring(names, directory))

    def remove(self, *names, purge=False):
        return self.try_run("apt-get", "purge" if purge else "remove", "-y", *names)

    def state_of(self, name):
        done = self.try_run("dpkg-query", "-W", "-f", "${db:Status-Status}", name)
        return done.out if done.status == 0 else "unknown"

    def next_version(self, names=FIRST_TWO):
        """The same packages once more, with a higher version and other words in every configuration file that they bring: a
        directory."""
        place = self.path("/packages/next")
        os.makedirs(place, exist_ok=True)
        for name in names:
            package = glob.glob(os.path.join(self.packages, f"{name}_*.deb"))[0]
            tree = os.path.join(place, name)
            subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
            for brought in glob.glob(tree + "/etc/**", recursive=True) + glob.glob(tree + "/usr/share/secondstep/*.conf"):
                if os.path.isfile(brought):
                    with open(brought, "a", encoding="utf-8") as file:
                        file.write("# of the next version\n")
            control = os.path.join(tree, "DEBIAN", "control")
            with open(control, encoding="utf-8") as file:
                text = file.read()
            version = re.search(r"^Version: (.*)$", text, re.MULTILINE).group(1)
            with open(control, "w", encoding="utf-8") as file:
                file.write(text.replace(f"Version: {version}", f"Version: {version}+next").replace(
                    f"(= {version})", f"(= {version}+next)"))
            subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree, f"{place}/{name}_{version}+next_all.deb"],
                           check=True, stdout=subprocess.DEVNULL)
            shutil.rmtree(tree)
        return place

    # people

    def add_person(self, name, password):
        self.run("useradd", "--create-home", "--shell", "/bin/bash", name)
        self.run("chpasswd", text=f"{name}:{password}\n")

    def enroll(self, name):
        """With the command that the README says; the app that has scanned the picture."""
        out = self.run("secondstep", "enroll", name, "--no-confirm", "--json")
        uri = re.search(r'otpauth://[^"\\]+', out).group(0)
        return Authenticator(uri.replace("\\/", "/"))

    # logins

    def let_sshd_ask(self):
        """What Debian's sshd_config switches off; and the keys that ssh's own postinst has made."""
        self.write("/etc/ssh/sshd_config.d/ask.conf", "KbdInteractiveAuthentication yes\nPasswordAuthentication no\nUseDNS no\n")

    def ssh(self, name, *answers, command="id -un"):
        """One ssh connection without a network in between; `answers` to the questions, in this order. Status, output, questions."""
        self.write("/root/answers", "".join(answer + "\n" for answer in answers), 0o600)
        self.write("/root/questions", "", 0o600)
        self.write("/root/answer", """#!/bin/sh
printf '%s\\n' "$1" >>/root/questions
head -n 1 /root/answers
sed -i 1d /root/answers
""", 0o700)
        done = subprocess.run(
            ["chroot", self.root, "ssh", "-o", "ProxyCommand=/usr/sbin/sshd -i", "-o", "StrictHostKeyChecking=no",
             "-o", "UserKnownHostsFile=/dev/null", "-o", "PreferredAuthentications=keyboard-interactive", "-o", "LogLevel=ERROR",
             "-o", f"NumberOfPasswordPrompts={max(1, len(answers) // 2)}", f"{name}@here", command],
            env={**ENVIRONMENT, "SSH_ASKPASS": "/root/answer", "SSH_ASKPASS_REQUIRE": "force", "DISPLAY": ":0"},
            capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL, check=False)
        return done.returncode, (done.stdout + done.stderr).strip(), self.read("/root/questions")


def until(true, what, seconds=60):
    """Waits for something that happens in another process."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.01)
