"""Who is enrolled cannot be learnt from how long an answer takes: with `tests/run --long`, since it is statistics. What can be
said without a stopwatch is in tests/unit/dialogue/login/decoys_test.cpp."""
import itertools
import math
import threading
import time

from crowds import LONG, SERVICE, enroll_many, open_portal
from service_client import ServiceClient
from web01 import Skipped

WRONG = "0123-4567-89AB-CDEF"
ROUNDS = 150
CERTAIN = 4.5


def _time_of_an_answer(name, rhost):
    client = ServiceClient(name, service=SERVICE, rhost=rhost)
    client.asked()
    begin = time.perf_counter()
    client.answer(WRONG)
    took = time.perf_counter() - begin
    client.hang_up()
    return took


def _deviation(first, second):
    """Of Mann and Whitney's U from what it is for two samples of one distribution, in standard deviations."""
    ranked = sorted(itertools.chain(((value, 0) for value in first), ((value, 1) for value in second)))
    ranks = sum(rank for rank, (_, which) in enumerate(ranked, 1) if which == 0)
    a, b = len(first), len(second)
    u = ranks - a * (a + 1) / 2
    return (u - a * b / 2) / math.sqrt(a * b * (a + b + 1) / 12)


class _Crowd:
    """Guesses at names that nobody has, each from elsewhere, all the time: in every second many of them share a decoy."""

    def __init__(self, threads=4):
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._guess, args=(number,)) for number in range(threads)]

    def _guess(self, number):
        for turn in itertools.count():
            if self._over.is_set():
                return
            _time_of_an_answer(f"crowd{number}-{turn}", f"10.{number}.{turn % 250}.1")

    def __enter__(self):
        for thread in self._threads:
            thread.start()

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()


def an_answer_takes_as_long_for_who_is_not_enrolled(web01):
    if not LONG:
        raise Skipped("part of tests/run --long")
    open_portal(web01)
    web01.set_action("require")
    members = enroll_many(web01, 10)
    web01.start_service()
    for member in members:
        client = ServiceClient(member.name, service=SERVICE, rhost="198.51.100.7")
        client.asked()
        assert client.answer(member.phone.code()) == "accepted"
    enrolled, others, at_home = [], [], []
    with _Crowd():
        for turn in range(ROUNDS):
            name, elsewhere = members[turn % len(members)].name, f"10.9.{turn % 250}.1"
            enrolled.append(_time_of_an_answer(name, elsewhere))
            others.append(_time_of_an_answer(f"nobody{turn % len(members)}", elsewhere))
            at_home.append(_time_of_an_answer(name, "198.51.100.7"))
    assert abs(_deviation(enrolled, others)) < CERTAIN, _deviation(enrolled, others)
    # The control: a source that the account knows does not wait behind the crowd, and that shows.
    assert abs(_deviation(enrolled, at_home)) > CERTAIN, _deviation(enrolled, at_home)
