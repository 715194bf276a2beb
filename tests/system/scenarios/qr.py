"""The QR code on a real terminal, scanned from its screen."""
from authenticator import Authenticator
from screen import DARK_THEME, LIGHT_THEME, TmuxTerminal, decode
from web01 import CODE_PROMPT, MODULE_LINE

AUTHENTICATED = "successfully authenticated"


def _scan_confirm_and_log_in(web01, theme, *before, columns=100):
    alice = web01.add_person("alice")
    web01.use_stack("portal", text=MODULE_LINE + "\n")
    terminal = TmuxTerminal(*before, "secondstep", "enroll", "alice", columns=columns)
    terminal.wait_for("Code in alice's app:")
    scanned = decode(terminal.picture(theme))
    assert scanned.startswith("otpauth://totp/"), f"nothing to scan in\n{terminal.text()}"
    alice.phone = Authenticator(scanned)
    # The key stands there as text too, in groups of four, for those who cannot scan.
    groups = [alice.phone.secret[i:i + 4] for i in range(0, len(alice.phone.secret), 4)]
    assert " ".join(groups) in terminal.text(), terminal.text()
    terminal.type(alice.phone.code())
    terminal.wait_for("Code successfully verified. 2FA method is set to TOTP.")
    terminal.close()
    web01.start_service()
    session = web01.pamtester("portal", "alice")
    session.answer(CODE_PROMPT, alice.phone.code())
    session.expect(AUTHENTICATED)
    assert session.end() == 0


def scanned_from_a_dark_terminal_it_makes_codes_that_log_in(web01):
    _scan_confirm_and_log_in(web01, DARK_THEME)


def scanned_from_a_light_terminal_it_makes_codes_that_log_in(web01):
    _scan_confirm_and_log_in(web01, LIGHT_THEME)


def without_utf8_it_is_scanned_from_colours(web01):
    _scan_confirm_and_log_in(web01, DARK_THEME, "env", "LC_ALL=C", "TERM=linux", columns=80)


def without_utf8_it_is_scanned_from_the_colours_of_a_light_terminal(web01):
    _scan_confirm_and_log_in(web01, LIGHT_THEME, "env", "LC_ALL=C", "TERM=xterm", columns=80)


def without_utf8_and_colours_it_is_scanned_from_reverse_video(web01):
    _scan_confirm_and_log_in(web01, DARK_THEME, "env", "LC_ALL=C", "TERM=vt100", columns=80)
