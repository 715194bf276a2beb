"""One code, on three hosts, in eight logins on each, at the same moment: exactly one of them is let in, every time. A few
rounds in every run, two hundred with `tests/run --long`."""
from crowds import SERVICE, rounds
from web01 import CODE_PROMPT, until

ROUNDS = rounds(200, 20)
LOGINS = 8  # on each host
# One host's answers that are wrong are judged sixty times a minute, and these are wrong but for one: after so many rounds
# the node's service begins anew, and what it remembers of hosts with it.
ROUNDS_OF_A_BUDGET = 6
LINES = f"portal_services = {SERVICE}\ntries = 1"


def _ask(fleet, number, name):
    """Whether all of them stand at the prompt; each comes from a network of its own."""
    asked = fleet.at_once(fleet.hosts, lambda host: host.ask_many(
        [(name, f"10.{number % 250}.{LOGINS * fleet.hosts.index(host) + login}.1") for login in range(LOGINS)]))
    return all(what == CODE_PROMPT for of_host in asked for what in of_host)


def _round(fleet, number, name, code):
    """What each of them was told."""
    until(lambda: _ask(fleet, number, name), "a prompt in each login")
    said = fleet.at_once(fleet.hosts, lambda host: host.say_many([code] * LOGINS))
    for host in fleet.hosts:
        host.hang_up_all()
    return [verdict for of_host in said for verdict in of_host]


def _begin_anew(fleet):
    fleet.auth1.stop_service()
    fleet.auth1.start_service()


def _exactly_one(fleet, pairs):
    bad = []
    for number, (name, code) in enumerate(pairs):
        if number % ROUNDS_OF_A_BUDGET == 0 and number > 0:
            _begin_anew(fleet)
        said = _round(fleet, number, name, code)
        if said.count("accepted") != 1 or said.count("refused") != 3 * LOGINS - 1:
            bad.append((number, said))
    assert not bad, f"{len(bad)} of {len(pairs)} rounds, the first of them: {bad[:3]}"


def one_time_based_code_is_accepted_once_in_the_fleet(fleet):
    fleet.stand(lines=LINES)
    people = fleet.auth1.enroll_many(ROUNDS)
    _exactly_one(fleet, [(person.name, person.phone.code()) for person in people])


def one_counter_based_code_is_accepted_once_in_the_fleet(fleet):
    fleet.stand(lines=LINES)
    people = fleet.auth1.enroll_many(ROUNDS, "--method", "hotp")
    _exactly_one(fleet, [(person.name, person.phone.code()) for person in people])


def one_recovery_code_is_accepted_once_in_the_fleet(fleet):
    fleet.stand(lines=LINES)
    people = fleet.auth1.enroll_many(ROUNDS)
    _exactly_one(fleet, [(person.name, person.recovery_codes[0]) for person in people])


def one_temporary_code_is_accepted_once_in_the_fleet(fleet):
    fleet.stand(lines=LINES)
    people = fleet.auth1.enroll_many(ROUNDS)
    _exactly_one(fleet, [(person.name, fleet.given_code("temporary-code", person.name)) for person in people])


def hosts_whose_clocks_are_two_seconds_off_change_nothing(fleet):
    """Only the node's clock judges. Each host lets in with a code of its own, too. Seen from the node they are 2 s behind,
    right, and 2 s ahead: libfaketime takes what it is ahead off timers as well, which then never come, so none is."""
    fleet.stand(lines=LINES, clocks={fleet.auth1: -2, fleet.web01: -4, fleet.web02: -2})
    people = fleet.auth1.enroll_many(ROUNDS_OF_A_BUDGET)
    _exactly_one(fleet, [(person.name, person.phone.code()) for person in people])
    for host, person in zip(fleet.hosts, people):
        host.ask_many([(person.name, "10.1.1.1")])
        assert host.say_many([person.phone.code()]) == ["accepted"], host.name
        host.hang_up_all()


def three_stores_that_know_nothing_of_each_other_accept_one_code_three_times(fleet):
    """The control: these rounds notice it when there is no fleet."""
    code = "10007919"
    fleet.at_once(fleet.hosts, lambda host: host.stand_alone(LINES, "mover", [code]))
    said = _round(fleet, 0, "mover", code)
    assert said.count("accepted") == 3, said
