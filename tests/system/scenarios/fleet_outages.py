"""A node, its programs or the way to it are gone."""
import time

from fleet import LONGEST, NODE, OUTSIDE, PORT
from slow_way import SlowWay


def _goes_on(fleet, program):
    """What is typed at a prompt that stood there before is judged by what runs now."""
    fleet.stand(sshd=True)
    alice = fleet.add_person("alice", enrolled=True)
    standing = fleet.at_the_prompt(fleet.web01, alice)
    fleet.end_on_the_node(program, "KILL")
    fleet.begin_on_the_node(program)
    standing.type(alice.phone.code())
    fleet.is_in(standing, fleet.web01, alice)


def a_login_goes_on_when_the_relay_of_the_node_was_killed_and_is_back(fleet):
    _goes_on(fleet, "relay")


def a_login_goes_on_when_the_service_of_the_node_was_killed_and_is_back(fleet):
    _goes_on(fleet, "service")


def _ends(fleet, program):
    """And the code was judged nowhere: it is good when the node is back."""
    fleet.stand(sshd=True)
    alice = fleet.add_person("alice", enrolled=True)
    standing = fleet.at_the_prompt(fleet.web01, alice)
    getattr(fleet.auth1, f"stop_{program}")("KILL")
    code = alice.phone.code()
    standing.type(code)
    assert fleet.ends_without_a_login(standing) < LONGEST
    fleet.web01.expect_log("verdict=unavailable user=alice")
    fleet.web01.expect_node_is("not asked")
    getattr(fleet.auth1, f"start_{program}")()
    fleet.web01.expect_node_is("asked")
    fleet.logs_in(fleet.web01, alice, code)


def a_login_ends_in_time_when_the_relay_of_the_node_was_killed(fleet):
    _ends(fleet, "relay")


def a_login_ends_in_time_when_the_service_of_the_node_was_killed(fleet):
    _ends(fleet, "service")


def while_no_node_is_up_everybody_is_told_at_once_and_root_gets_in_at_the_console(fleet):
    fleet.stand(hosts=[fleet.web01], sshd=True)
    alice = fleet.add_person("alice", enrolled=True)
    fleet.join(fleet.web02, options=("--no-console-rule",))
    fleet.web02.start()
    root = {host: host.add_password_and_console("root") for host in (fleet.web01, fleet.web02)}
    fleet.auth1.run_tool("enroll", "root", "--no-confirm", "--json", "--qr", "none")
    fleet.auth1.stop("KILL")
    fleet.web01.expect_node_is("not asked")
    told = fleet.web01.answers("alice", 50)
    assert {verdict for verdict, _ in told} == {"unavailable"}, told
    fleet.expect_known(told)
    _let_in_at_the_console(fleet.web01, "root", root[fleet.web01])
    _not_let_in_at_the_console(fleet.web01, "alice", alice.password)
    # The control: it is the rule that does it.
    _not_let_in_at_the_console(fleet.web02, "root", root[fleet.web02])


def _at_the_console(machine, name, password):
    session = machine.terminal("login", name)
    session.answer("Password: ", password)
    return session


def _let_in_at_the_console(machine, name, password):
    session = _at_the_console(machine, name, password)
    session.expect("# ")
    session.type("echo in as $(id -un); exit")
    session.expect(f"in as {name}")
    assert session.end() == 0


def _not_let_in_at_the_console(machine, name, password):
    session = _at_the_console(machine, name, password)
    session.expect("Login incorrect|Authentication failure|unavailable")
    session.end_by_force()


def a_way_that_is_cut_silently_ends_a_login_in_time(fleet):
    """Nobody says that the packets arrive no more."""
    fleet.stand(sshd=True)
    alice = fleet.add_person("alice", enrolled=True)
    standing = fleet.at_the_prompt(fleet.web01, alice)
    fleet.cut_off(fleet.auth1)
    code = alice.phone.code()
    standing.type(code)
    assert fleet.ends_without_a_login(standing) < LONGEST
    fleet.web01.expect_node_is("not asked")
    fleet.connect_again(fleet.auth1)
    begun = time.monotonic()
    fleet.web01.expect_node_is("asked")
    print(f"asked again {time.monotonic() - begun:.1f} s after the way was back")
    fleet.logs_in(fleet.web01, alice)


def _types_while_packets_are_lost(fleet, sender, receiver):
    """At a prompt that stands, on web01; the code, after the login has ended, and another one that came before it was known."""
    fleet.stand(sshd=True)
    alice = fleet.add_person("alice", enrolled=True)
    standing = fleet.at_the_prompt(fleet.web01, alice)
    arriving = fleet.ssh(fleet.web01, alice)
    arriving.expect("Password: ")
    fleet.lose_packets(sender(fleet), receiver(fleet))
    arriving.type(alice.password)
    code = alice.phone.code()
    standing.type(code)
    took = fleet.at_once((standing, arriving), fleet.ends_without_a_login)
    assert max(took) < LONGEST, took
    fleet.web01.expect_log("verdict=unavailable user=alice")
    fleet.web01.expect_node_is("not asked")
    # And who comes then is told at once.
    told = fleet.web01.answers("alice", 5)
    assert {verdict for verdict, _ in told} == {"unavailable"}, told
    fleet.expect_known(told)
    print(f"the login that stood ended after {took[0]:.1f} s, the one that came after {took[1]:.1f} s")
    return alice, code


def _auth1(fleet):
    return fleet.auth1


def _web01(fleet):
    return fleet.web01


def a_code_whose_answer_is_lost_is_used_up_everywhere(fleet):
    """The node hears the host, and the host does not hear the node: the code was judged right, and nobody knows."""
    alice, code = _types_while_packets_are_lost(fleet, _auth1, _web01)
    fleet.auth1.expect_log("verdict=accepted user=alice service=sshd rhost=192.0.2.1 host=web01")
    _is_refused_as_used(fleet, fleet.web02, alice, code)
    fleet.deliver_packets(fleet.auth1, fleet.web01)
    fleet.web01.expect_node_is("asked")
    _is_refused_as_used(fleet, fleet.web01, alice, code)
    fleet.logs_in(fleet.web01, alice)


def _is_refused_as_used(fleet, host, person, code):
    session = fleet.at_the_prompt(host, person)
    session.type(code)
    fleet.is_refused(session)
    fleet.auth1.expect_log(f"verdict=refused user={person.name} .*host={host.name} .*reason=reused")


def a_code_that_did_not_arrive_is_good_on_another_host(fleet):
    """The control of the one before: in the other direction nothing was judged."""
    alice, code = _types_while_packets_are_lost(fleet, _web01, _auth1)
    assert "verdict=accepted" not in fleet.auth1.log()
    fleet.logs_in(fleet.web02, alice, code)
    fleet.deliver_packets(fleet.web01, fleet.auth1)
    fleet.web01.expect_node_is("asked")
    _is_refused_as_used(fleet, fleet.web01, alice, code)
    fleet.logs_in(fleet.web01, alice)


def answers_that_are_lost_for_a_moment_cost_nobody_a_login(fleet):
    """They come late, or the code is judged once more, and the node knows its own answer."""
    fleet.stand(sshd=True)
    alice = fleet.add_person("alice", enrolled=True)
    standing = fleet.at_the_prompt(fleet.web01, alice)
    fleet.lose_packets(fleet.auth1, fleet.web01)
    code = alice.phone.code()
    standing.type(code)
    fleet.auth1.expect_log("verdict=accepted user=alice")
    fleet.deliver_packets(fleet.auth1, fleet.web01)
    fleet.is_in(standing, fleet.web01, alice)
    _is_refused_as_used(fleet, fleet.web02, alice, code)


SLOW = 0.2  # seconds, each way


def over_a_slow_way_people_log_in_and_when_it_hangs_a_login_ends_in_time(fleet):
    way = SlowWay((OUTSIDE, PORT), (fleet.auth1.address, PORT), SLOW)
    fleet.stand(hosts=[fleet.web01], sshd=True, nodes=f"{NODE}={OUTSIDE}:{PORT}")
    alice = fleet.add_person("alice", enrolled=True)
    begun = time.monotonic()
    fleet.logs_in(fleet.web01, alice)
    assert time.monotonic() - begun > 4 * SLOW, "it was not slow: the prompt and the verdict came sooner than they could"
    standing = fleet.at_the_prompt(fleet.web01, alice)
    way.hang()
    standing.type(alice.phone.code())
    assert fleet.ends_without_a_login(standing) < LONGEST
    fleet.web01.expect_log("verdict=unavailable user=alice")
