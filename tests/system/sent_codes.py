"""People whose codes are sent to them: how they set that up, and what they meet at a login."""
from dialogue import CHOICE, MENU, SAVED, begin, shown_codes
from service_client import at_the_first_login
from web01 import CODE_PROMPT

ADDRESSES = {"mail": "{}@example.com", "sms": "+4915123456{:02}"}
LETTERS = {"mail": "m", "sms": "s"}
ADDRESS_PROMPTS = {"mail": "Mail address: ", "sms": r"Phone number, with \+ and country code: "}
CODE_IN_THE_MESSAGE = r"Code in the message \(Enter = other address\): "
SENT = r"The code was sent to the address provided\."
NOT_SENT = r"A code could not be sent; enter a recovery code or call"
SEND_AGAIN = r"1\W+Send a new code to "
CONTACT = "IT night desk, +49 30 1234"


def address_of(name, channel="mail"):
    return ADDRESSES[channel].format(name if channel == "mail" else int.from_bytes(name[-1:].encode(), "big") % 100)


def may_use_mail_and_sms(web01, *lines):
    """Everybody sets up at the first login, by any method. The message that confirms an address counts as well."""
    web01.set_first_line("\n".join(("methods = totp, mail, sms", f"contact = {CONTACT}",
                                    *(lines or ("sent_codes_per_account = 10/1h",)))))
    web01.add_rule("people", "users = *\naction = enroll\nenrollment = open")


def set_up(session, channel, address, sent_code):
    """Answers what comes after the choice of mail or SMS, with a function that gives the code; the recovery codes."""
    session.answer(ADDRESS_PROMPTS[channel], address)
    session.expect(SENT)
    session.answer(CODE_IN_THE_MESSAGE, sent_code(address))
    session.expect(rf"Code successfully verified\. 2FA method is set to {channel.upper()}\.")
    codes = shown_codes(session.before(SAVED))
    session.type("saved")
    return codes


def set_up_at_first_login(web01, person, channel, sent_code):
    session = begin(web01, person)
    session.answer(CHOICE, LETTERS[channel])
    person.recovery_codes = set_up(session, channel, address_of(person.name, channel), sent_code)
    return session


def set_up_quickly(person, channel, sent_code, address=None):
    """The same dialogue without ssh."""
    client = at_the_first_login(person.name, rhost="198.51.100.99")
    assert client.asked() == "Choice: "
    client.answer(LETTERS[channel])
    address = address or address_of(person.name, channel)
    assert client.answer(address).startswith("Code in the message"), client.shown
    client.answer(sent_code(address))
    person.recovery_codes = shown_codes(client.shown)
    assert client.answer("saved") == "accepted"


def at_the_prompt(web01, person, **options):
    session = begin(web01, person, **options)
    session.expect(CODE_PROMPT)
    return session


def in_the_menu(session):
    """From the prompt; the menu stands there and asks for a number."""
    session.type("?")
    text = session.before(MENU)
    return text


def wrong_code(right):
    """For sure not one of these."""
    return next(code for code in (str(n) for n in range(271828, 999999)) if code not in right)
