"""The codes that arrived: in mailboxes of Exim, on telephones of Kannel."""
import email
import email.policy
import re

from web01 import until


class _Codes:
    """One code after the other, as its owner reads them."""

    def __init__(self, web01):
        self._web01 = web01
        self._read = {}

    def next_code(self, address):
        read = self._read[address] = self._read.get(address, 0) + 1
        until(lambda: len(self.codes(address)) >= read, f"code number {read} to {address}")
        code = self.codes(address)[read - 1]
        self._web01.planted.append(code)
        return code


class Mailboxes(_Codes):
    """What Exim delivered."""

    def __init__(self, web01, exim):
        super().__init__(web01)
        self._exim = exim

    def mails(self, address):
        return [email.message_from_string(text, policy=email.policy.default)
                for text in self._exim.mailbox(address.partition("@")[0])]

    def codes(self, address):
        found = [re.search(r"^ +(\d{6,8})\s*$", mail.get_content(), re.MULTILINE) for mail in self.mails(address)]
        return [code.group(1) for code in found if code]


class Telephones(_Codes):
    """What Kannel's fake SMS centre was given."""

    def __init__(self, web01, kannel):
        super().__init__(web01)
        self._kannel = kannel

    def codes(self, number):
        found = [re.search(r"^@web01 #(\d{6,8})$", text.text, re.MULTILINE) for text in self._kannel.texts()
                 if text.to.lstrip("+") == number.lstrip("+")]
        return [code.group(1) for code in found if code]
