"""What one machine of a fleet does, in its own world."""
import os
import re
import signal
import subprocess
import time

import many_hosts
from crowds import bring_scratch_codes, enroll_many, enroll_one
from first_logins import at_the_last_question
from patience import PATIENCE
from scripted_courier import ScriptedCourier
from sent_codes import address_of, set_up_quickly
from service_client import ServiceClient
from service_clock import ServiceClock
from web01 import CODE_PROMPT, STORE, Web01, run, until

FRAGMENT = "/etc/secondstep/conf.d/fleet.conf"
TRAFFIC = "/dev/shm/seen-traffic"  # no place of WRITTEN
# Where this machine keeps what changed of its own /etc, /var and /usr, and the places that are its own altogether.
WRITTEN = ("/run", "/tmp", "/home", "/root")
READY = r"secondstep-relay \S+ is ready: "


class FleetMachine(Web01):
    """Nothing is set up: that is what `fleet create` and `setup --join` do."""

    def __init__(self):
        super().__init__(set_up=False)
        self.relay = None
        self.clock = None
        self.courier = None
        self._clients = []
        self._last_codes = []
        self._relays = []

    def join(self, nodes, token, *options):
        return run("secondstep", "setup", "--join", nodes, "--token-file", "-", *options, input=token + "\n")

    # Many hosts on this machine (many_hosts.py)

    def join_all_as(self, names, nodes, token):
        many_hosts.join_all(names, nodes, token)

    def certificates_of(self, names):
        return many_hosts.certificates(names)

    def start_relays_of(self, names):
        self._relays = many_hosts.start_relays(names)

    def stand_alone(self, lines, name, codes):
        """In no fleet, and somebody who has the same codes on another machine."""
        run("secondstep", "setup")
        self.set_first_line(lines)
        bring_scratch_codes(self, name, codes)
        self.start_service()

    def add_password_and_console(self, name):
        """For an account that is there already."""
        self.use_stack("login")
        password = f"Password-of-{name}-{os.urandom(4).hex()}"
        run("chpasswd", "--crypt-method", "SHA256", input=f"{name}:{password}")
        return password

    def point_to(self, nodes):
        """Other nodes than those that it has joined."""
        text = self.read(FRAGMENT)
        self.write(FRAGMENT, re.sub(r"(?m)^fleet_nodes = .*$", f"fleet_nodes = {nodes}", text))

    # Programs

    def start_service(self, **environment):
        """A machine that has a clock of its own keeps it."""
        super().start_service(**{**(self.clock.environment if self.clock else {}), **environment})

    def start_relay(self, **environment):
        """On a host it is ready when it knows of its nodes, on a node when hosts may come."""
        before = len(self.log())
        self.relay = subprocess.Popen(["secondstep-relay"], stdin=subprocess.DEVNULL, env={**os.environ, **environment})
        until(lambda: self.relay.poll() is not None or re.search(READY, self.log()[before:]), "the relay")
        assert self.relay.poll() is None, "secondstep-relay did not start:\n" + self.log()

    def expect_node_is(self, asked, seconds=PATIENCE):
        """Waits until the relay of this host says so, as the last thing about nodes; "asked" or "not asked"."""
        until(lambda: re.findall(r"Node \S+ \(\S+\) is (not asked|asked)", self.log())[-1:] == [asked],
              f"a node that is {asked}", seconds)

    def expect_question(self, name):
        """Waits until they are asked for a code who log in here: by a node, or by this host where it may."""
        until(lambda: self.answers(name, 1)[0][0] == CODE_PROMPT, f"a question for {name}")

    def start_relay_seen(self):
        """What it says and hears is written down in clear."""
        library = os.environ["SECONDSTEP_BUILD"] + "/tests/system/seen_traffic.so"
        self.start_relay(LD_PRELOAD=library, SEEN_TRAFFIC=TRAFFIC)

    def stop_relay(self, how="TERM"):
        _stop(self.relay, how)

    def hang_relay(self):
        self.relay.send_signal(signal.SIGSTOP)

    def wake_relay(self):
        self.relay.send_signal(signal.SIGCONT)

    def start(self, **environment):
        self.start_service(**environment)
        self.start_relay(**environment)

    def stop(self, how="TERM"):
        self.stop_relay(how)
        self.stop_service(how)

    def set_clock(self, seconds):
        """What starts with the environment that this gives has a clock that is so far ahead."""
        self.clock = self.clock or ServiceClock()
        self.clock.go_on(seconds)
        return self.clock.environment

    def move_clock(self, seconds):
        self.clock.go_on(seconds)

    def run_tool_at(self, seconds, *arguments):
        """As if so many seconds had passed; what runs already notices nothing."""
        done = run("env", *(f"{key}={value}" for key, value in self.set_clock(seconds).items()), "secondstep", *arguments)
        self.move_clock(-seconds)
        return done

    def pids(self):
        return {"service": self.service.pid, "relay": self.relay.pid}

    def enroll_many(self, count, *options):
        """Names on a portal's service, which need no account of the machine."""
        return enroll_many(self, count, "staff", *options)

    def enroll_one(self, name):
        return enroll_one(self, name)

    def bring_scratch_codes(self, name, codes):
        bring_scratch_codes(self, name, codes)

    # Codes by mail

    def start_courier(self):
        self.courier = ScriptedCourier(self)
        self.courier.start()

    def set_up_mail(self, name):
        """At a first login; its address is the one of sent_codes.py."""
        set_up_quickly(self.people[name], "mail", self.courier.next_code)

    def next_sent_code(self, name):
        """The oldest that its owner has not read yet."""
        return self.courier.next_code(address_of(name))

    # Conversations with the service, as modules have them

    def ask_many(self, pairs):
        """For each name the question, or the verdict."""
        self._clients = [ServiceClient(name, rhost=rhost) for name, rhost in pairs]
        return [client.asked() for client in self._clients]

    def say_many(self, answers_given):
        """All at once; the verdict of each, or the next question."""
        for client, text in zip(self._clients, answers_given):
            client.say(text)
        return [client.asked() for client in self._clients]

    def begin_enrolling(self, name, code, rhosts):
        """First logins with one registration code, each before its last question."""
        stand = [at_the_last_question(name, code, rhost) for rhost in rhosts]
        self._clients = [client for client, _ in stand]
        self._last_codes = [last for _, last in stand]

    def confirm_all(self):
        """All at once."""
        return self.say_many(self._last_codes)

    def hang_up_all(self):
        for client in self._clients:
            client.hang_up()
        self._clients = []

    def answers_at(self, name, service, rhost, count):
        return [ServiceClient(name, service, rhost).asked() for _ in range(count)]

    def answers(self, name, count):
        """So many logins, one after the other: the first that each is told, and after how many seconds."""
        told = []
        for _ in range(count):
            begun = time.monotonic()
            client = ServiceClient(name)
            told.append((client.asked(), time.monotonic() - begun))
            client.hang_up()
        return told

    # Secrets, as labels and bytes

    def found_in_memory(self, needles):
        """Of these, what the service and the relay of this machine have in their memory."""
        return {label for process in (self.service, self.relay) for label in _found_in(_memory_of(process.pid), needles)}

    def found_on_disk(self, needles):
        """In what was written since this machine began, its log included."""
        return {label for directory in WRITTEN for path in _files_below(directory)
                for label in _found_in(path, needles)}

    def records_of(self, name):
        """The files of the store about an account."""
        paths = [path for path in _files_below(f"{STORE}/users") if name in os.path.relpath(path, STORE)]
        return [_bytes_of(path) for path in paths]

    def seen_traffic(self, needles):
        return set(_found_in(_bytes_of(TRAFFIC), needles))

    # What is looked at

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def write(self, path, text):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def plant(self, path, content):
        with open(path, "wb") as file:
            file.write(content)

    def run(self, *command, **options):
        return run(*command, **options)

    def ended_with(self, *command, **options):
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False, **options)
        return done.returncode, done.stdout + done.stderr

    def finish_without(self, secrets):
        """Nothing of these in the log."""
        self.planted += secrets
        self.finish()


def _bytes_of(path):
    with open(path, "rb") as file:
        return file.read()


def _files_below(directory):
    for where, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(where, name)
            if os.path.isfile(path) and not os.path.islink(path):
                yield path


def _found_in(where, needles):
    content = where if isinstance(where, bytes) else _bytes_of(where)
    return [label for label, needle in needles.items() if needle in content]


def _memory_of(pid):
    """All that is readable of a process, each part with nothing that could join it to the next one."""
    parts = []
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            begin, end = (int(number, 16) for number in line.split()[0].split("-"))
            if line.split()[1][0] != "r" or "[v" in line:
                continue
            memory.seek(begin)
            parts.append(memory.read(end - begin).strip(b"\0"))  # stacks are mostly untouched
    return b"\0".join(parts)


def _stop(process, how):
    os.kill(process.pid, getattr(signal, f"SIG{how}"))
    process.wait(timeout=PATIENCE)
