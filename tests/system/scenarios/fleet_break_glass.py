"""All nodes are down, and somebody has to get in to a host: with a code that the host has, and with nothing else."""
import json
import re

from fleet import LONGEST, NODES
from web01 import CODE_PROMPT

SAID = "No node of the fleet answers"
ALERT = "<81>"  # of authpriv, alert: RFC 3164 section 4.1.1
AT_ONCE = 8


class _Root:
    """Has one password everywhere, as a person has."""
    name = "root"
    phone = None

    def __init__(self, password):
        self.password = password


def _codes_of(fleet, host):
    codes = json.loads(host.run_tool("break-glass", "--new", "--yes", "--json"))["codes"]
    fleet.plant(codes)
    return codes


def _left_on(host):
    return json.loads(host.run_tool("break-glass", "--json"))["left"]


def _stand(fleet, *hosts):
    fleet.stand(hosts=hosts)
    root = _Root(hosts[0].add_password_and_console("root"))
    for host in hosts:
        host.run("chpasswd", "--crypt-method", "SHA256", input=f"root:{root.password}")
        host.start_sshd(address=host.address, settings="PermitRootLogin yes")
    return root


def _all_nodes_end(fleet, host):
    """And have been away for so long that the host asks for something else."""
    fleet.auth1.stop("KILL")
    host.expect_question("root")


def _asked(fleet, host, who):
    session = fleet.begin(host, who)
    session.expect(SAID)
    session.expect(CODE_PROMPT)
    return session


def while_no_node_is_up_root_gets_in_with_a_code_of_the_host_once(fleet):
    root = _stand(fleet, fleet.web01, fleet.web02)
    alice = fleet.add_person("alice", enrolled=True)
    codes, of_another = _codes_of(fleet, fleet.web01), _codes_of(fleet, fleet.web02)
    assert fleet.web01.ended_with("secondstep", "break-glass", "--save", "codes.txt")[0] == 2

    _all_nodes_end(fleet, fleet.web01)
    refused = fleet.begin(fleet.web01, alice)
    fleet.ends_without_a_login(refused)
    assert SAID not in refused.transcript, "who is not named is asked for nothing"

    session = _asked(fleet, fleet.web01, root)
    session.type(of_another[0])
    session.expect("Not accepted")
    session.answer(CODE_PROMPT, codes[0])
    fleet.is_in(session, fleet.web01, root)
    fleet.web01.expect_any_log(f"{ALERT}.*Break-glass: root logged in .*; 7 left")

    session = _asked(fleet, fleet.web01, root)
    session.type(codes[0])
    fleet.is_refused(session)
    assert _left_on(fleet.web01) == 7 and _left_on(fleet.web02) == 8


def while_a_node_is_up_no_code_of_the_host_is_asked_for_or_accepted(fleet):
    root = _stand(fleet, fleet.web01)
    fleet.auth1.run_tool("enroll", "root", "--no-confirm", "--json", "--qr", "none")
    codes = _codes_of(fleet, fleet.web01)
    session = fleet.at_the_prompt(fleet.web01, root)
    assert SAID not in session.transcript
    session.type(codes[0])
    fleet.is_refused(session)

    # Nor where it came back while somebody stood at the prompt.
    _all_nodes_end(fleet, fleet.web01)
    standing = _asked(fleet, fleet.web01, root)
    fleet.auth1.start()
    fleet.web01.expect_node_is("asked")
    standing.type(codes[0])
    fleet.ends_without_a_login(standing)
    assert _left_on(fleet.web01) == 8


def where_the_relay_of_the_host_is_away_root_gets_in_at_once_with_a_code_of_the_host(fleet):
    """The node is up, and nobody on that host can ask it: no relay runs, and then one that hangs."""
    root = _stand(fleet, fleet.web01)
    alice = fleet.add_person("alice", enrolled=True)
    codes = _codes_of(fleet, fleet.web01)
    fleet.web01.stop_relay("KILL")
    _is_asked_at_once(fleet)
    fleet.ends_without_a_login(fleet.begin(fleet.web01, alice))
    _gets_in_without_the_relay(fleet, root, codes[0])
    assert "while secondstep-relay on this host does not answer; 7 left" in fleet.web01.log()

    fleet.web01.start_relay()
    fleet.web01.expect_node_is("asked")
    fleet.logs_in(fleet.web01, alice)
    fleet.web01.hang_relay()
    verdict, seconds = fleet.web01.answers("root", 1)[0]
    assert verdict == CODE_PROMPT and seconds < LONGEST, (verdict, seconds)
    _is_asked_at_once(fleet)
    _gets_in_without_the_relay(fleet, root, codes[1])
    fleet.web01.wake_relay()
    fleet.web01.expect_question("alice")  # the node may have hung up on it
    fleet.logs_in(fleet.web01, alice)
    fleet.auth1.expect_any_log(f"{ALERT}.*Break-glass: root logged in on host web01 .*; 6 left")


def _is_asked_at_once(fleet):
    told = fleet.web01.answers("root", 20)
    assert {verdict for verdict, _ in told} == {CODE_PROMPT}, told
    fleet.expect_known(told)


def _gets_in_without_the_relay(fleet, root, code):
    session = fleet.begin(fleet.web01, root)
    session.expect("This host cannot ask the fleet")
    session.answer(CODE_PROMPT, code)
    fleet.is_in(session, fleet.web01, root)


def the_node_is_told_of_it_once_when_it_is_back(fleet):
    """Also where the host's service was killed meanwhile, and nobody is told anything where nobody was let in."""
    root = _stand(fleet, fleet.web01)
    codes = _codes_of(fleet, fleet.web01)
    _all_nodes_end(fleet, fleet.web01)
    session = _asked(fleet, fleet.web01, root)
    session.type("23456-77777-23456-77777-23456-77")
    session.expect("Not accepted")
    session.answer(CODE_PROMPT, codes[0])
    fleet.is_in(session, fleet.web01, root)
    fleet.web01.stop_service("KILL")
    fleet.web01.start_service()
    assert "1 login with break-glass codes of which no node" in fleet.web01.ended_with("secondstep", "doctor")[1]

    fleet.auth1.start()
    fleet.web01.expect_node_is("asked")
    told = f"{ALERT}.*Break-glass: root logged in on host web01 .*; 7 left"
    fleet.auth1.expect_any_log(told)
    fleet.web01.expect_any_log("A node of the fleet knows now that root logged in here")
    status = json.loads(fleet.auth1.run_tool("fleet", "status", "--json"))["break_glass"]
    assert [(use["host"], use["account"], use["left"]) for use in status] == [("web01", "root", 7)], status
    assert "Logins with break-glass codes" in fleet.auth1.run_tool("fleet", "status")
    assert "web01: 1 login with break-glass codes in 7 days" in fleet.auth1.ended_with("secondstep", "doctor")[1]
    assert "no node has heard" not in fleet.web01.ended_with("secondstep", "doctor")[1]
    fleet.web01.stop_service()
    fleet.web01.start_service()
    fleet.logs_in(fleet.web01, fleet.add_person("alice", enrolled=True))
    assert len(re.findall(told, fleet.auth1.log())) == 1


def one_code_of_a_host_is_accepted_once_by_many_processes(fleet):
    fleet.stand(hosts=[fleet.web01])
    codes = _codes_of(fleet, fleet.web01)
    _all_nodes_end(fleet, fleet.web01)
    for code in codes[:4]:
        asked = fleet.web01.ask_many([("root", f"10.1.{number}.1") for number in range(AT_ONCE)])
        assert asked == [CODE_PROMPT] * AT_ONCE, asked
        said = fleet.web01.say_many([code] * AT_ONCE)
        fleet.web01.hang_up_all()
        assert said.count("accepted") == 1 and said.count(CODE_PROMPT) == AT_ONCE - 1, said
    assert _left_on(fleet.web01) == 4


def doctor_says_how_many_codes_a_host_has_left(fleet):
    fleet.create()
    fleet.auth1.start()
    fleet.join(fleet.web01, nodes=NODES)
    fleet.web01.start()
    assert "secondstep break-glass --new" in fleet.web01.ended_with("secondstep", "doctor")[1]
    _codes_of(fleet, fleet.web01)
    assert "8 break-glass codes left" in fleet.web01.ended_with("secondstep", "doctor")[1]
    status, said = fleet.auth1.ended_with("secondstep", "break-glass", "--new")
    assert status != 0 and "judges by itself" in said, said
