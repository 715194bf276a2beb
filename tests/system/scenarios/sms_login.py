"""Codes in texts: Kannel with its fake SMS centre, the program secondstep-courier, an ssh client."""
from courier import Courier
from dialogue import logs_in
from kannel import Kannel
from received_codes import Telephones
from sent_codes import NOT_SENT, address_of, at_the_prompt, may_use_mail_and_sms, set_up_at_first_login
from service_client import ServiceClient
from web01 import CODE_PROMPT

NUMBER = address_of("alice", "sms")
BY_KANNEL = "[sms]\nprofile = kannel\nfrom = 13013\n"


def _kannel():
    """The world's network is its own already."""
    return Kannel("/tmp/kannel", own_network=False)


def _login(kannel, password=None):
    return f"sms_user = {kannel.user}\nsms_password = {password or kannel.password}\n"


def _courier(web01, kannel):
    web01.planted.append(kannel.password)
    return Courier(web01, BY_KANNEL, _login(kannel))


def _alice(web01, phones):
    may_use_mail_and_sms(web01)
    web01.start_service()
    web01.start_sshd()
    alice = web01.add_person("alice")
    logs_in(set_up_at_first_login(web01, alice, "sms", phones.next_code))
    return alice


def a_code_out_of_a_text_logs_in_over_ssh(web01):
    with _kannel() as kannel, _courier(web01, kannel):
        phones = Telephones(web01, kannel)
        alice = _alice(web01, phones)
        session = at_the_prompt(web01, alice)
        session.type(phones.next_code(NUMBER))
        logs_in(session)
        web01.expect_log(r"verdict=accepted user=alice service=sshd rhost=127\.0\.0\.1 method=sms")
        web01.expect_any_log(r"secondstep-courier.*channel=sms purpose=code user=alice to=\+49 … \d\d result=sent")


def a_gateway_that_queues_has_taken_it_and_one_that_is_down_or_refuses_has_not(web01):
    with _kannel() as kannel, _courier(web01, kannel) as courier:
        phones = Telephones(web01, kannel)
        alice = _alice(web01, phones)

        kannel.disconnect_phone()
        client = _at_the_prompt()
        web01.expect_any_log(r"purpose=code .* result=sent HTTP 202")
        kannel.connect_phone()
        assert client.answer(phones.next_code(NUMBER)) == "accepted"

        seen = set()
        courier.configure(BY_KANNEL, _login(kannel, "not-the-password"))
        seen.add(_is_told(web01, "password"))
        courier.configure(BY_KANNEL, _login(kannel))
        kannel.stop_gateway()
        seen.add(_is_told(web01, "did not answer in time"))
        web01.forget_log()
        session = at_the_prompt(web01, alice)
        web01.expect_log("A code for alice was not sent")
        session.type("")
        session.expect(NOT_SENT)
        session.answer(CODE_PROMPT, alice.recovery_codes[0])
        logs_in(session)
        assert len(seen) == 1 and "could not be sent" in seen.pop(), seen


def _at_the_prompt():
    client = ServiceClient("alice")
    assert client.asked() == CODE_PROMPT
    return client


def _is_told(web01, cause):
    web01.forget_log()
    client = _at_the_prompt()
    web01.expect_log(rf"A code for alice was not sent: .*{cause}")
    assert client.answer("") == CODE_PROMPT
    client.hang_up()
    return client.shown
