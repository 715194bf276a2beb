"""What a person has: the authenticator app on a phone, and the recovery codes on paper."""
import base64
import hashlib
import hmac
import struct
import time
import urllib.parse


def one_time_password(key, counter, digits=6, algorithm="sha1"):
    """RFC 4226 section 5.3, written here once more so that the product is not tested with itself."""
    mac = hmac.new(key, struct.pack(">Q", counter), getattr(hashlib, algorithm.lower())).digest()
    offset = mac[-1] & 15
    number = struct.unpack(">I", mac[offset:offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10 ** digits).zfill(digits)


class Authenticator:
    """An app that scanned an otpauth URI. Gives every code once, as a careful person would use it."""

    def __init__(self, uri):
        parts = urllib.parse.urlsplit(uri)
        values = {name: value[0] for name, value in urllib.parse.parse_qs(parts.query).items()}
        self.uri = uri
        self.secret = values["secret"]
        self.key = base64.b32decode(self.secret + "=" * (-len(self.secret) % 8))
        self.digits = int(values.get("digits", 6))
        self.algorithm = values.get("algorithm", "SHA1")
        self.period = int(values.get("period", 30))
        self.is_counter_based = parts.netloc == "hotp"
        self.next_counter = int(values.get("counter", 0))
        self._last_step = 0
        self.given = []

    def _give(self, moving_factor):
        code = one_time_password(self.key, moving_factor, self.digits, self.algorithm)
        self.given.append(code)
        return code

    def code(self):
        """A code that was not given before and that is accepted now."""
        if self.is_counter_based:
            self.next_counter += 1
            return self._give(self.next_counter - 1)
        step = max(self._last_step + 1, int(time.time()) // self.period)
        self._last_step = step
        # The next step's code is accepted already (window 1); a later one only when its time has come nearer.
        time.sleep(max(0.0, (step - 1) * self.period - time.time()))
        return self._give(step)

    def wrong_code(self):
        """Right at no moment near now, and at none of the next counters."""
        near = range(self.next_counter, self.next_counter + 200) if self.is_counter_based else \
            range(int(time.time()) // self.period - 5, int(time.time()) // self.period + 6)
        right = {one_time_password(self.key, factor, self.digits, self.algorithm) for factor in near}
        wrong = next(code for code in (str(n).zfill(self.digits) for n in range(271828, 999999))
                     if code not in right and code not in self.given)
        self.given.append(wrong)
        return wrong
