"""What a person meets in the dialogues of a login, and types there."""
import re

from authenticator import Authenticator
from web01 import CODE_PROMPT

LOGGED_IN = r"logged in as alice"
VERIFIED = r"Code successfully verified\. 2FA method is set to TOTP\."
CHOICE = "Choice: "
LOOK = r"QR picture or text \(q/t\): "
CODE_IN_THE_APP = "Code in the app: "
SAVED = 'Type "saved" to go on: '
MENU = r"Number \(Enter = back\): "
NEW_CODES = r"New recovery codes now \(y, Enter = later\): "
REGISTRATION = "Registration code: "
RECOVERY_CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}")


def may_enroll(web01, terms="enrollment = open"):
    """An account without a second step under a rule that enrolls."""
    alice = web01.add_person("alice")
    web01.add_rule("people", f"users = alice\naction = enroll\n{terms}")
    web01.start_service()
    web01.start_sshd()
    return alice


def begin(web01, person, **options):
    session = web01.ssh(person.name, **options)
    session.answer("Password: ", person.password)
    return session


def phone_with(key):
    return Authenticator(f"otpauth://totp/web01:alice?secret={key.replace(' ', '')}&issuer=web01")


def typed_off_the_screen(session):
    """The key that stands there as text, typed into the app."""
    return phone_with(session.expect(r"Key:? +((?:[A-Z2-7]{4} ?){8})").group(1))


def shown_codes(screen):
    codes = RECOVERY_CODE.findall(screen)
    assert len(codes) == 10, screen
    return codes


def confirm(session, person):
    """Types the new phone's first code, and keeps the recovery codes that come then."""
    session.answer(CODE_IN_THE_APP, person.phone.code())
    session.expect(VERIFIED)
    person.recovery_codes = shown_codes(session.before(SAVED))
    session.type("saved")


def logs_in(session):
    session.expect(LOGGED_IN)
    assert session.end() == 0


def logs_in_with_a_code(web01, person):
    session = begin(web01, person)
    session.answer(CODE_PROMPT, person.phone.code())
    logs_in(session)
    return session
