"""A program on a terminal of its own, and the person in front of it."""
import fcntl
import os
import pty
import pwd
import re
import select
import signal
import struct
import termios
import time

from patience import PATIENCE


class Terminal:
    """Runs a command on a pty. Every wait has a deadline; nothing is typed before the program asked for it."""

    deadline = PATIENCE

    def __init__(self, *command, user="root", environment=None):
        self.command = command
        self.transcript = ""
        self._unread = ""
        self._status = None
        self._pid, self._descriptor = pty.fork()
        if self._pid == 0:
            self._become(user, environment or {})

    def _become(self, user, environment):
        account = pwd.getpwnam(user)
        settings = {"PATH": os.environ["PATH"], "HOME": account.pw_dir, "USER": user, "LOGNAME": user,
                    "SHELL": "/bin/bash", "TERM": "xterm", "LANG": "C.UTF-8", **environment}
        try:
            # So wide that no sentence is broken; tests/tool/screens_test.cpp looks at narrow terminals.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 240, 0, 0))
            os.fchown(0, account.pw_uid, account.pw_gid)
            os.initgroups(user, account.pw_gid)
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            os.chdir(account.pw_dir)
            os.execvpe(self.command[0], list(self.command), settings)
        finally:
            os._exit(127)

    def _read(self, until):
        ready, _, _ = select.select([self._descriptor], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            raise AssertionError(self._explain("said nothing more in time"))
        try:
            received = os.read(self._descriptor, 65536)
        except OSError:  # EIO: nobody has the terminal open any more
            if self._lives():
                return self._opened_anew(until)
            received = b""
        text = received.decode("utf-8", "replace").replace("\r\n", "\n")
        self.transcript += text
        self._unread += text
        return received != b""

    def _lives(self):
        return os.waitid(os.P_PID, self._pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def _opened_anew(self, until):
        """login(1) of util-linux hangs its terminal up, and so whoever may still read there, before it opens it again."""
        if time.monotonic() > until:
            raise AssertionError(self._explain("has left its terminal, and goes on"))
        time.sleep(0.01)
        return True

    def _explain(self, problem):
        return f"{' '.join(self.command)}: {problem}; its terminal shows:\n{self.transcript}"

    def expect(self, *patterns):
        """Waits until one of the regular expressions appears; gives its match."""
        until = time.monotonic() + self.deadline
        while True:
            for pattern in patterns:
                match = re.search(pattern, self._unread)
                if match:
                    self._unread = self._unread[match.end():]
                    return match
            if not self._read(until):
                raise AssertionError(self._explain(f"ended without saying {' or '.join(patterns)}"))

    def before(self, pattern):
        """Waits for the pattern; gives what stands between the last one and this."""
        unread_from = len(self.transcript) - len(self._unread)
        match = self.expect(pattern)
        return self.transcript[unread_from:len(self.transcript) - len(self._unread) - len(match.group())]

    def type(self, line):
        os.write(self._descriptor, line.encode() + b"\n")

    def press(self, letter):
        """Control and a letter."""
        os.write(self._descriptor, bytes([ord(letter) & 31]))

    def answer(self, prompt, line):
        self.expect(prompt)
        self.type(line)

    def end(self):
        """Reads until the program has ended; gives its exit status."""
        until = time.monotonic() + self.deadline
        while self._read(until):
            pass
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
            os.close(self._descriptor)
        return self._status

    def end_by_force(self):
        if self._status is None:
            os.kill(self._pid, signal.SIGKILL)
            self._status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
            os.close(self._descriptor)
