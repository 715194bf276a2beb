"""First logins that stand before their last question, each with a device of its own."""
import re

from dialogue import CODE_IN_THE_APP, phone_with
from service_client import at_the_first_login

KEY = re.compile(r"Key: +((?:[A-Z2-7]{4} ?){8})")


def at_the_last_question(name, code, rhost, once=False):
    """The client, and the code of the new device that it is asked for; `code` is the registration code."""
    client = at_the_first_login(name, rhost=rhost, once=once)
    assert client.asked() == "Choice: ", client.shown
    assert client.answer("t") == "Registration code: ", client.shown
    assert client.answer(code) == CODE_IN_THE_APP, client.shown
    return client, phone_with(KEY.search(client.shown).group(1)).code()


def has_enrolled(answer):
    """The question after the last one of a device: whether the new recovery codes are saved."""
    return answer.startswith("Type ")
