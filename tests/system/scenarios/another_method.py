"""Another method, set up in the dialogue of a login: the old one is valid until the new one is confirmed."""
from dialogue import CODE_IN_THE_APP, VERIFIED, SAVED, logs_in, logs_in_with_a_code, shown_codes, typed_off_the_screen
from scripted_courier import ScriptedCourier
from sent_codes import (ADDRESS_PROMPTS, CODE_IN_THE_MESSAGE, address_of, at_the_prompt, in_the_menu,
                        may_use_mail_and_sms, set_up, set_up_quickly)
from terminal import Terminal
from web01 import CODE_PROMPT, REFUSED

WAY = r"QR picture, text, mail or SMS \(q/t/m/s\): "
MAIL, NUMBER = address_of("alice"), address_of("alice", "sms")


def _world(web01):
    may_use_mail_and_sms(web01)
    alice = web01.add_person("alice", enrolled=True)
    web01.start_service()
    web01.start_sshd()
    return alice


def _sets_up_again(web01, person, way):
    """With a recovery code, up to what is asked about the new method."""
    session = at_the_prompt(web01, person)
    offered = in_the_menu(session)
    session.type("3" if "Send a new code" in offered else "2")
    session.answer("Recovery code: ", person.recovery_codes[0])
    session.answer(WAY, way)
    return session


def _hangs_up_before_the_code(web01, person, channel, address):
    session = _sets_up_again(web01, person, channel[0])
    session.answer(ADDRESS_PROMPTS[channel], address)
    session.expect(CODE_IN_THE_MESSAGE)
    session.end_by_force()


def _logs_in_with(web01, person, code):
    session = at_the_prompt(web01, person)
    session.type(code)
    logs_in(session)


def _is_refused(web01, person, code):
    session = at_the_prompt(web01, person)
    session.type(code)
    session.expect(REFUSED)
    session.expect(CODE_PROMPT)
    session.end_by_force()


def _comes_to(web01, person, courier, channel, address):
    """Who hung up confirms the address with the code that came then: no other one is sent."""
    code = courier.next_code(address)
    session = _sets_up_again(web01, person, channel[0])
    person.recovery_codes = set_up(session, channel, address, lambda _: code)
    logs_in(session)


def from_an_app_to_mail_to_sms_and_back(web01):
    alice = _world(web01)
    first_app = alice.phone
    with ScriptedCourier(web01) as courier:
        _hangs_up_before_the_code(web01, alice, "mail", MAIL)
        logs_in_with_a_code(web01, alice)
        _comes_to(web01, alice, courier, "mail", MAIL)
        _is_refused(web01, alice, first_app.code())
        web01.planted += first_app.given
        old = courier.next_code(MAIL)  # the login that was refused has sent it

        _hangs_up_before_the_code(web01, alice, "sms", NUMBER)
        _logs_in_with(web01, alice, old)
        _comes_to(web01, alice, courier, "sms", NUMBER)
        _is_refused(web01, alice, courier.next_code(MAIL))
        old = courier.next_code(NUMBER)

        session = _sets_up_again(web01, alice, "t")
        session.expect(CODE_IN_THE_APP)
        session.end_by_force()
        _logs_in_with(web01, alice, old)
        session = _sets_up_again(web01, alice, "t")
        alice.phone = typed_off_the_screen(session)
        session.answer(CODE_IN_THE_APP, alice.phone.code())
        session.expect(VERIFIED)
        alice.recovery_codes = shown_codes(session.before(SAVED))
        session.type("saved")
        logs_in(session)
        _is_refused(web01, alice, courier.next_code(NUMBER))
        logs_in_with_a_code(web01, alice)


def the_tool_changes_the_method_for_its_owner(web01):
    """`secondstep enroll` as the person: the code that is sent to the present address proves who it is."""
    may_use_mail_and_sms(web01)
    web01.start_service()
    alice = web01.add_person("alice")
    with ScriptedCourier(web01) as courier:
        set_up_quickly(alice, "mail", courier.next_code)
        session = Terminal("secondstep", "enroll", user="alice")
        session.answer("Present verification or recovery code: ", alice.recovery_codes[0])
        session.answer(WAY, "s")
        alice.recovery_codes = set_up(session, "sms", NUMBER, courier.next_code)
        assert session.end() == 0
        web01.expect_log(r"change=enrolled user=alice service=secondstep .*proof=recovery-code")
