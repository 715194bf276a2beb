"""What people are told by a message when their second step was changed or used."""
import re

from dialogue import SAVED, shown_codes
from scripted_courier import ScriptedCourier
from sent_codes import CODE_IN_THE_MESSAGE, CONTACT, address_of, may_use_mail_and_sms, set_up_quickly
from service_client import ServiceClient
from terminal import Terminal
from web01 import CODE_PROMPT, until

ALICE, NUMBER = address_of("alice"), address_of("alice", "sms")
PRESENT = "Present verification or recovery code: "


class _Notices:
    """Those that the courier got, one look after the other."""

    def __init__(self, courier):
        self._courier = courier
        self._read = 0

    def next(self, count=1):
        known, self._read = self._read, self._read + count
        until(lambda: len(self._courier.notices()) >= self._read, f"{self._read} notices")
        return self._courier.notices()[known:self._read]

    def expect(self, sentence, *addresses):
        new = self.next(len(addresses))
        assert sorted(notice.to for notice in new) == sorted(addresses), new
        for notice in new:
            assert re.fullmatch(rf"{sentence}, on .* from .*\.", notice.notice), notice
            assert (notice.user, notice.host, notice.contact) == ("alice", "web01", CONTACT), notice

    def expect_no_more(self):
        assert len(self._courier.notices()) == self._read, self._courier.notices()[self._read:]


def _alice_by_mail(web01, courier):
    may_use_mail_and_sms(web01)
    web01.start_service()
    alice = web01.add_person("alice")
    set_up_quickly(alice, "mail", courier.next_code)
    return alice


def the_owner_is_told_of_every_change_at_the_address_on_file(web01):
    with ScriptedCourier(web01) as courier:
        notices = _Notices(courier)
        alice = _alice_by_mail(web01, courier)
        notices.expect("The second step of your login was set up anew", ALICE)
        client = ServiceClient("alice")
        assert client.asked() == CODE_PROMPT
        assert client.answer(alice.recovery_codes[0]) == "accepted"
        notices.expect("A recovery code was used to log in", ALICE)
        session = Terminal("secondstep", "recovery-codes", "--renew", user="alice")
        session.answer(PRESENT, alice.recovery_codes[1])
        session.expect("Keep them in two places")
        alice.recovery_codes = shown_codes(session.before(SAVED))
        session.type("saved")
        assert session.end() == 0
        notices.expect("New recovery codes were made, and the old ones no longer work", ALICE)
        web01.stop_service()
        notices.expect_no_more()


def a_new_address_is_told_to_the_old_one_too(web01):
    with ScriptedCourier(web01) as courier:
        notices = _Notices(courier)
        alice = _alice_by_mail(web01, courier)
        notices.next()
        session = Terminal("secondstep", "enroll", user="alice")
        session.answer(PRESENT, alice.recovery_codes[0])
        session.answer(r"\(q/t/m/s\): ", "s")
        session.answer(r"Phone number, with \+ and country code: ", NUMBER)
        session.answer(CODE_IN_THE_MESSAGE, courier.next_code(NUMBER))
        alice.recovery_codes = shown_codes(session.before(SAVED))
        session.type("saved")
        assert session.end() == 0
        notices.expect("The second step of your login was set up anew", ALICE, NUMBER)
        web01.stop_service()
        notices.expect_no_more()


def who_has_an_app_is_told_where_the_site_says(web01):
    web01.set_first_line("notify_address = {user}@example.org")
    alice = web01.add_person("alice", enrolled=True)
    bob = web01.add_person("bob", enrolled=True)
    with ScriptedCourier(web01) as courier:
        web01.start_service()
        for person in (alice, bob):
            client = ServiceClient(person.name)
            assert client.asked() == CODE_PROMPT
            assert client.answer(person.recovery_codes[0]) == "accepted"
        told = _Notices(courier).next(2)
        assert sorted(notice.to for notice in told) == ["alice@example.org", "bob@example.org"], told


def who_wants_no_notices_sends_none(web01):
    web01.set_first_line("notify = no")
    with ScriptedCourier(web01) as courier:
        alice = _alice_by_mail(web01, courier)
        client = ServiceClient("alice")
        assert client.asked() == CODE_PROMPT
        assert client.answer(alice.recovery_codes[0]) == "accepted"
        web01.stop_service()
        assert courier.notices() == []
