"""A fleet of one node and three hosts, each a world of its own, and the place outside from which people come."""
import json
import os
import shlex
import socket
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

from terminal import Terminal
from web01 import CODE_PROMPT, PROJECT, REFUSED, Skipped, run, ssh_client

NODE = "auth1"
HOSTS = ("web01", "web02", "web03")
ADDRESSES = {"auth1": "192.0.2.11", "web01": "192.0.2.21", "web02": "192.0.2.22", "web03": "192.0.2.23"}
OUTSIDE = "192.0.2.1"
NOBODY = "02:00:00:00:00:01"
PORT = 7464
LONGEST = 8.5  # seconds that a host takes for one message, whatever happens at nodes
KNOWN = 0.1    # for an answer when it is known that there is nobody to ask
NODES = f"{NODE}={ADDRESSES[NODE]}:{PORT}"


class Machine:
    """Any verb of FleetMachine (fleet_machine.py), done there."""

    def __init__(self, name):
        self.name = name
        self.address = ADDRESSES[name]
        self._lock = threading.Lock()
        ours, theirs = socket.socketpair()
        with theirs:
            self._world = subprocess.Popen(
                [f"{PROJECT}/tests/support/world", "--machine", name,
                 "--network", f"{os.environ['SECONDSTEP_NETWORKS']}/{name}", os.environ["SECONDSTEP_STAGE"],
                 f"{PROJECT}/tests/system/machine-agent", str(theirs.fileno())],
                stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
        self._agent = Connection(ours.detach())

    def wait_until_it_stands(self):
        self._receive("a world")

    def __getattr__(self, verb):
        if verb.startswith("_"):
            raise AttributeError(verb)
        return lambda *arguments, **options: self._ask(verb, arguments, options)

    def _ask(self, verb, arguments, options):
        with self._lock:
            self._agent.send((verb, arguments, options))
            return self._receive(verb)

    def _receive(self, verb):
        try:
            how, said = self._agent.recv()
        except EOFError:
            raise AssertionError(f"{self.name}: its world ended at {verb}") from None
        if how == "skipped":
            raise Skipped(said)
        assert how == "done", f"{self.name}: {verb}:\n{said}"
        return said

    def terminal(self, *command, **surroundings):
        """On a terminal of that machine's own, which programs there know the name of: its console."""
        return Terminal(*self.inside(), "script", "-q", "-e", "-c", shlex.join(command), "/dev/null", **surroundings)

    def inside(self):
        """What a command begins with that runs there."""
        first = _children_of(self._world.pid)[0]
        return ("nsenter", "-t", str(first), "-m", "-p", "-n", "-i", "-u")

    def pid_outside(self, pid):
        """The number by which a process of that machine is known outside."""
        for number in filter(str.isdigit, os.listdir("/proc")):
            if _numbers_of(number)[1:] == [str(pid)] and _is_below(int(number), self._world.pid):
                return int(number)
        raise AssertionError(f"{self.name}: no process {pid}")


def _children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return file.read().split()


def _status_of(pid, key):
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            return next(line.split()[1:] for line in file if line.startswith(key + ":"))
    except (OSError, StopIteration):
        return []


def _numbers_of(pid):
    """In each PID namespace, from the one that is looked from."""
    return _status_of(pid, "NSpid")


def _is_below(pid, ancestor):
    while pid > 1:
        if pid == ancestor:
            return True
        pid = int((_status_of(pid, "PPid") or ["0"])[0])
    return False


class Fleet:
    """The node `auth1`, and each of the hosts by its name."""

    def __init__(self, hosts=HOSTS):
        self.people = {}
        self.machines = [Machine(name) for name in (NODE, *hosts)]
        for machine in self.machines:
            setattr(self, machine.name, machine)
        self.hosts = self.machines[1:]
        self._planted = []
        for machine in self.machines:
            machine.wait_until_it_stands()

    @staticmethod
    def at_once(machines, work):
        """On all of them at the same time; what each of them gave."""
        with ThreadPoolExecutor(len(machines)) as pool:
            return list(pool.map(work, machines))

    # As the manual has it

    def create(self, *options):
        self.auth1.run_tool("setup")
        self.auth1.run_tool("fleet", "create", "--listen", f"{self.auth1.address}:{PORT}", *options)

    def token_of(self, node, *names):
        made = json.loads(node.run_tool("fleet", "invite-hosts", "--names", ",".join(names), "--json"))
        self._planted.append(made["token"])
        return made["token"]

    def join(self, *machines, nodes=NODES, options=()):
        token = self.token_of(self.auth1, *(machine.name for machine in machines))
        self.at_once(machines, lambda machine: machine.join(nodes, token, *options))

    def stand(self, hosts=None, sshd=False, lines="", nodes=NODES, clocks=None):
        """Created, joined, and running; `lines` are in the configuration of each, `clocks` are ahead by so many seconds."""
        hosts = self.hosts if hosts is None else hosts
        self.create()
        self.auth1.set_first_line(lines)
        self.auth1.start(**self._clock_of(self.auth1, clocks))
        self.join(*hosts, nodes=nodes)
        self.at_once(hosts, lambda host: self._start(host, sshd, lines, clocks))

    @staticmethod
    def _clock_of(machine, clocks):
        return machine.set_clock(clocks[machine]) if clocks and machine in clocks else {}

    def _start(self, host, sshd, lines, clocks):
        host.set_first_line(lines)
        host.start(**self._clock_of(host, clocks))
        host.expect_node_is("asked")
        if sshd:
            host.start_sshd(address=host.address)

    def end_on_the_node(self, program, how="TERM", hosts=None):
        """Its "service" or its "relay"; each host has noticed it, so that what it says later is about what runs later."""
        getattr(self.auth1, f"stop_{program}")(how)
        self.at_once(hosts or self.hosts, lambda host: host.expect_node_is("not asked"))

    def begin_on_the_node(self, program, hosts=None):
        getattr(self.auth1, f"start_{program}")()
        self.at_once(hosts or self.hosts, lambda host: host.expect_node_is("asked"))

    def begin_anew_on_the_node(self, program, hosts=None):
        self.end_on_the_node(program, hosts=hosts)
        self.begin_on_the_node(program, hosts=hosts)

    def let_people_enroll(self, hosts):
        """By the rules of each machine; a service that begins anew has heard of the classes of hosts, too."""
        for machine in (self.auth1, *hosts):
            machine.add_rule("people", "users = *\naction = enroll")
        for host in hosts:
            host.stop_service()
            host.start_service()
        self.begin_anew_on_the_node("service", hosts)

    # People

    def add_person(self, name, enrolled_on=None, **enrollment):
        """An account on every machine, with one password; enrolled on the node or on the one that is named, if at all."""
        password = f"Password-of-{name}-{os.urandom(4).hex()}"
        where = enrolled_on or self.auth1
        if enrolled_on:
            enrollment["enrolled"] = True
        people = self.at_once(self.machines, lambda machine: machine.add_person(
            name, password=password, **(enrollment if machine is where else {})))
        person = people[self.machines.index(where)]
        self.people[name] = person
        return person

    def given_code(self, *arguments):
        code = self.auth1.given_code(*arguments)
        self._planted += [code, code.replace("-", "")]
        return code

    def plant(self, secrets):
        """In no log, at the end."""
        self._planted += secrets

    # Logins from outside

    def ssh(self, machine, person, command=("echo logged in as $(id -un) on $(hostname)",), **surroundings):
        return ssh_client(f"{person.name}@{machine.address}", *command, **surroundings)

    def begin(self, machine, person, **surroundings):
        """The password is right."""
        session = self.ssh(machine, person, **surroundings)
        session.answer("Password: ", person.password)
        return session

    def at_the_prompt(self, machine, person):
        session = self.begin(machine, person)
        session.expect(CODE_PROMPT)
        return session

    def logs_in(self, machine, person, code=None):
        session = self.at_the_prompt(machine, person)
        session.type(code or person.phone.code())
        self.is_in(session, machine, person)

    @staticmethod
    def is_in(session, machine, person):
        session.expect(f"logged in as {person.name} on {machine.name}")
        assert session.end() == 0

    @staticmethod
    def is_refused(session):
        session.expect(REFUSED)
        session.end_by_force()
        assert "logged in as" not in session.transcript

    @staticmethod
    def ends_without_a_login(session):
        """By itself; how many seconds that took."""
        begun = time.monotonic()
        assert session.end() != 0
        assert "logged in as" not in session.transcript
        return time.monotonic() - begun

    @staticmethod
    def expect_known(answers):
        """None of these logins has waited for a node: that takes seconds, and a busy machine may hold up some of any."""
        seconds = sorted(one for _, one in answers)
        print(f"the answer when it is known: a quarter within {seconds[len(seconds) // 4] * 1000:.1f} ms, half within",
              f"{seconds[len(seconds) // 2] * 1000:.1f} ms, all within {seconds[-1] * 1000:.1f} ms")
        assert seconds[len(seconds) // 4] < KNOWN, answers

    # The network

    @staticmethod
    def cut_off(machine):
        """Silently, as a switch does."""
        run("ip", "link", "set", machine.name, "down")

    @staticmethod
    def connect_again(machine):
        run("ip", "link", "set", machine.name, "up")

    @staticmethod
    def lose_packets(sender, receiver):
        """All that the one sends to the other, silently, and nothing in the other direction: it goes to a network card that
        no machine has."""
        run("ip", "-n", sender.name, "neigh", "replace", receiver.address, "lladdr", NOBODY, "dev", "eth0", "nud", "permanent")

    @staticmethod
    def deliver_packets(sender, receiver):
        run("ip", "-n", sender.name, "neigh", "del", receiver.address, "dev", "eth0")

    # At the end

    def logs(self):
        return "\n".join(f"---- {machine.name} ----\n{machine.log()}" for machine in self.machines)

    def finish(self):
        """Every scenario ends with this: no secret in any log."""
        secrets = [secret for person in self.people.values() for secret in person.secrets()] + self._planted
        for machine in self.machines:
            machine.finish_without(secrets)
