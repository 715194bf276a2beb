"""What systemd does for secondstepd on a machine where none runs: it holds the socket, and starts the service with it."""
import os
import signal
import socket
import subprocess

from machine import ENVIRONMENT, until

SOCKET = "/run/secondstep/secondstep.sock"


class ServiceStandIn:
    def __init__(self, machine):
        self._machine = machine
        os.makedirs(machine.path("/run/secondstep"), exist_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.bind(machine.path(SOCKET))
        os.chmod(machine.path(SOCKET), 0o666)
        self._socket.listen(128)
        self._log = open(machine.path("/run/secondstepd.log"), "ab")
        self._process = None
        self.start()

    def start(self):
        fd = self._socket.fileno()

        def give_the_socket():
            os.dup2(fd, 3)
            os.set_inheritable(3, True)

        # LISTEN_PID is the number of the process that execs.
        self._process = subprocess.Popen(
            ["chroot", self._machine.root, "sh", "-c", "LISTEN_FDS=1 LISTEN_PID=$$ exec /usr/sbin/secondstepd --foreground"],
            env=ENVIRONMENT, cwd="/", stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, close_fds=False,
            preexec_fn=give_the_socket)
        said = "is ready"
        until(lambda: said in self.log() or self._process.poll() is not None, "the service", 60)
        assert self._process.poll() is None, self.log()

    def program(self):
        return os.readlink(f"/proc/{self._process.pid}/exe")

    def restart(self):
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(timeout=60) == 0, self.log()
        self._log.truncate(0)
        self.start()

    def log(self):
        return self._machine.read("/run/secondstepd.log")

    def end(self):
        self._process.kill()
        self._process.wait()
        self._socket.close()
        self._log.close()
