"""A real SMS gateway: Kannel with its fake SMS centre, and a telephone that keeps every text. Needs root."""
import os
import re
import secrets
import signal
import subprocess
import time
from collections import namedtuple

from patience import PATIENCE

Text = namedtuple("Text", "sender to text")

CONFIGURATION = """
group = core
admin-port = 13000
admin-interface = 127.0.0.1
admin-password = {admin}
smsbox-port = 13001
smsbox-interface = 127.0.0.1
log-file = "{dir}/bearerbox.log"
log-level = 0
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"

group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {smsc_port}
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {port}
sendsms-interface = 127.0.0.1
global-sender = 13013
log-file = "{dir}/smsbox.log"
log-level = 0
access-log = "{dir}/access.log"

group = sendsms-user
username = {user}
password = {password}
max-messages = 3
concatenation = true
"""


class Kannel:
    """`with Kannel(directory) as kannel:`

    Kannel's fake SMS centre listens on every interface, so the gateway gets a network of its own: netns is its path,
    and clients come in by kannel.command(...). own_network=False where the caller's network is a private one already
    (in a world of tests/support/world): netns is None, and 127.0.0.1:port is simply there."""

    def __init__(self, directory, own_network=True):
        self.dir = directory
        self.user = "tester"
        self.password = "Kannel-" + secrets.token_hex(8)
        self.admin = secrets.token_hex(8)
        self.port = 13013
        self.own_network = own_network
        self.netns = None
        self.processes = {}

    def __enter__(self):
        os.makedirs(self.dir, exist_ok=True)
        try:
            if self.own_network:
                self._make_network()
            with open(f"{self.dir}/kannel.conf", "w", encoding="utf-8") as file:
                file.write(CONFIGURATION.format(dir=self.dir, port=self.port, user=self.user, password=self.password,
                                                admin=self.admin, smsc_port=10000))
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        """At once: none of them has anything to say any more, and a gateway that is asked to end takes its time."""
        for name in list(self.processes):
            self._end(name, signal.SIGKILL)

    def _make_network(self):
        holder = subprocess.Popen(["unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec cat"],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.processes["network"] = holder
        assert holder.stdout.readline() == b"up\n", "a network namespace cannot be made"
        self.netns = f"/proc/{holder.pid}/ns/net"

    def command(self, *words):
        """The words of a command that runs where the gateway can be reached."""
        return [*(["nsenter", f"--net={self.netns}"] if self.netns else []), *words]

    def start(self):
        """Brings up what is not running; returns when a text would be delivered at once."""
        for name, words in (("bearerbox", ["/usr/sbin/bearerbox", f"{self.dir}/kannel.conf"]),
                            ("smsbox", ["/usr/sbin/smsbox", f"{self.dir}/kannel.conf"])):
            if name not in self.processes:
                self._run(name, words)
                self._until(lambda name=name: self._listens({"bearerbox": 13001, "smsbox": self.port}[name]), name)
        self.connect_phone()

    def connect_phone(self):
        """The fake SMS centre is online while somebody is connected to it; every text comes as one line."""
        if "phone" not in self.processes:
            self._run("phone", ["socat", "-u", "TCP:127.0.0.1:10000,retry=100,interval=0.1",
                                f"OPEN:{self.dir}/sms.log,creat,append"])
        self._until(lambda: "online" in self._smsc_status(), "the fake SMS centre")

    def disconnect_phone(self):
        """From now on the gateway queues what it gets."""
        self._end("phone")
        self._until(lambda: "online" not in self._smsc_status(), "the fake SMS centre to be offline")

    def stop_gateway(self):
        """Nobody answers on the port any more."""
        self._end("smsbox")

    def texts(self):
        """What the telephones got, oldest first."""
        try:
            with open(f"{self.dir}/sms.log", encoding="utf-8") as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            return []
        texts = []
        for line in lines:
            # "FROM TO text CONTENT"; a line break in the content stands there as it is.
            head = re.match(r"(\S+) (\+?\d+) text (.*)$", line)
            if head:
                texts.append(Text(*head.groups()))
            else:
                texts[-1] = texts[-1]._replace(text=texts[-1].text + "\n" + line)
        return texts

    def wait_for_texts(self, count=1, timeout=PATIENCE):
        self._until(lambda: len(self.texts()) >= count, f"{count} texts", timeout)
        return self.texts()

    def _run(self, name, words):
        with open(f"{self.dir}/{name}.out", "ab") as output:
            self.processes[name] = subprocess.Popen(self.command(*words), stdin=subprocess.DEVNULL, stdout=output,
                                                    stderr=output)

    def _end(self, name, how=signal.SIGTERM):
        process = self.processes.pop(name)
        if name == "network":
            process.stdin.close()
        else:
            process.send_signal(how)
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:  # smsbox waits for its bearerbox
            process.kill()
            process.wait(timeout=5)

    def _listens(self, port):
        with open(self._proc() + "/net/tcp", encoding="ascii") as file:
            return any(line.split()[1].endswith(f":{port:04X}") and line.split()[3] == "0A"
                       for line in file.readlines()[1:])

    def _proc(self):
        return f"/proc/{self.processes['network'].pid}" if self.netns else "/proc/self"

    def _smsc_status(self):
        url = f"http://127.0.0.1:13000/status.txt?password={self.admin}"
        done = subprocess.run(self.command("curl", "--silent", "--max-time", "5", url), capture_output=True, text=True,
                              timeout=PATIENCE)
        return "".join(line for line in done.stdout.splitlines() if "FAKE" in line)

    @staticmethod
    def _until(true, what, seconds=PATIENCE):
        deadline = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.02)
