"""The courier and a real mail server."""
import email
import email.policy
import os
import socket
import subprocess
import threading
import time

from courier import CODE, NOTICE, SOCKET, TEST, Courier, packet
from exim import Exim, free_port
from patience import PATIENCE
from web01 import run


def _mail(exim, extra="", transport="smtp", host=None, port=None, ca_file=None):
    port = port or (exim.port if transport == "smtp" else exim.tls_port)
    return (f"[mail]\ntransport = {transport}\nserver = {host or exim.host}\nport = {port}\n"
            f"ca_file = {ca_file or exim.ca_file}\nfrom = login@example.com\n{extra}\n")


def _login(exim, password=None):
    return f"mail_user = {exim.user}\nmail_password = {password or exim.password}\n"


def _read(text):
    return email.message_from_string(text, policy=email.policy.default)


def a_code_arrives_over_starttls_with_a_login(web01):
    with Exim("/run/exim") as exim, Courier(web01, _mail(exim), _login(exim)) as courier:
        assert courier.check()[0] == 0, courier.check()
        line = courier.send("alice@example.com", contact="Nachtdienst für alle, +49 30 1234")
        assert line.startswith("sent 250 id "), line
        mail = _read(exim.wait_for_mail("alice"))
        assert mail["From"] == "Second login step <login@example.com>", mail["From"]
        assert mail["To"].addresses[0].addr_spec == "alice@example.com", mail["To"]
        assert mail["Subject"] == "Login code for alice on web01", mail["Subject"]
        assert mail["Auto-Submitted"] == "auto-generated" and mail["Message-ID"].endswith("@example.com>"), mail
        assert abs(mail["Date"].datetime.timestamp() - time.time()) < 60, mail["Date"]
        body = mail.get_content()
        assert "\n    024680\n" in body and "alice (sshd)" in body and "5 minutes" in body, body
        assert "tell Nachtdienst für alle, +49 30 1234." in body, body
        assert "esmtpsa" in mail["Received"], "not encrypted, or without a login: " + mail["Received"]
        web01.expect_any_log(r"secondstep-courier\[\d+\]: channel=mail purpose=code user=alice to=a\S+@example.com "
                             "result=sent 250 id ")


def tls_from_the_start_works_as_well(web01):
    with Exim("/run/exim") as exim, Courier(web01, _mail(exim, transport="smtps"), _login(exim)) as courier:
        assert courier.send("bob@example.com").startswith("sent"), exim.log()
        assert "esmtpsa" in exim.wait_for_mail("bob")


def a_site_writes_its_own_subject_and_text(web01):
    with open("/etc/secondstep/mail.txt", "w", encoding="utf-8") as file:
        file.write("Grüße, {user}!\n{code}\n.\nFrom here {minutes} Minuten\n" + "lang " * 40 + "\n")
    extra = "subject = Anmeldung für {user} auf {host}\nbody_file = /etc/secondstep/mail.txt\nfrom_name = Müller & Söhne"
    with Exim("/run/exim") as exim, Courier(web01, _mail(exim, extra), _login(exim)) as courier:
        assert courier.send("alice@example.com").startswith("sent")
        mail = _read(exim.wait_for_mail("alice"))
        assert mail["Subject"] == "Anmeldung für alice auf web01", mail["Subject"]
        assert mail["From"] == "Müller & Söhne <login@example.com>", mail["From"]
        assert mail.get_content() == ("Grüße, alice!\n024680\n.\nFrom here 5 Minuten\n" + "lang " * 40 + "\n")


def notices_and_tests_arrive(web01):
    with Exim("/run/exim") as exim, Courier(web01, _mail(exim), _login(exim)) as courier:
        sentence = "New recovery codes were made for you."
        assert courier.send("alice@example.com", purpose=NOTICE, notice=sentence).startswith("sent")
        assert sentence in _read(exim.wait_for_mail("alice")).get_content()
        assert courier.send("bob@example.com", purpose=TEST).startswith("sent")
        assert "This is a test" in _read(exim.wait_for_mail("bob")).get_content()


def a_certificate_of_an_unknown_authority_is_refused(web01):
    with Exim("/run/exim") as exim:
        for transport in ("smtp", "smtps"):
            with Courier(web01, _mail(exim, transport=transport, ca_file=exim.other_ca_file), _login(exim)) as courier:
                line = courier.send("alice@example.com")
                assert line.startswith("failed certificate "), line
        assert not exim.mailbox("alice")


def a_certificate_for_another_name_is_refused(web01):
    with Exim("/run/exim", names=("mail.elsewhere.example",)) as exim:
        for transport in ("smtp", "smtps"):
            with Courier(web01, _mail(exim, transport=transport), _login(exim)) as courier:
                line = courier.send("alice@example.com")
                assert line.startswith("failed certificate "), line
        assert not exim.mailbox("alice")


def a_server_without_starttls_gets_neither_password_nor_code(web01):
    with Exim("/run/exim", starttls=False, login=False) as exim:
        with Courier(web01, _mail(exim), _login(exim)) as courier:
            line = courier.send("alice@example.com")
            assert line.startswith("failed certificate "), line
        assert not exim.mailbox("alice")


def unencrypted_mail_goes_to_this_machine_only_and_without_a_password(web01):
    with Exim("/run/exim", starttls=False, login=False) as exim:
        with Courier(web01, _mail(exim, "starttls = none")) as courier:
            assert courier.send("alice@example.com").startswith("sent"), exim.log()
            courier.configure(_mail(exim, "starttls = none"), _login(exim))
            line = courier.send("bob@example.com")
            assert line.startswith("failed misconfigured starttls = none together with mail_user"), line
            assert courier.check()[0] == 3
            courier.configure(_mail(exim, "starttls = none", host="mail.example.net"))
            line = courier.send("bob@example.com")
            assert line.startswith("failed misconfigured /etc/secondstep/courier.conf:1: [mail] has starttls"), line


def a_wrong_password_is_named(web01):
    with Exim("/run/exim") as exim, Courier(web01, _mail(exim), _login(exim, "wrong-password")) as courier:
        line = courier.send("alice@example.com")
        assert line.startswith("failed login 535"), line
        assert "wrong-password" not in line + web01.log()


def refused_and_deferred_recipients_are_told_apart(web01):
    with Exim("/run/exim") as exim, Courier(web01, _mail(exim), _login(exim)) as courier:
        line = courier.send("refused@example.com")
        assert line == "failed recipient 550 no such user here", line
        line = courier.send("greylisted@example.com")
        assert line == "deferred 451 try again later", line
        exim.let_in()
        assert courier.send("greylisted@example.com").startswith("sent")
        line = courier.send("spam@example.com")
        assert line == "failed refused 550 this looks like ****", f"{line}: the recipient's name is struck out"


def a_server_that_is_down_is_no_answer(web01):
    with Exim("/run/exim") as exim, Courier(web01, _mail(exim), _login(exim)) as courier:
        exim.stop()
        began = time.monotonic()
        line = courier.send("alice@example.com")
        assert line.startswith("failed no-answer "), line
        assert time.monotonic() - began < 5


def a_server_that_says_nothing_costs_no_more_than_its_time(web01):
    with socket.create_server(("127.0.0.1", 0)) as silent, Exim("/run/exim") as exim:
        port = silent.getsockname()[1]
        with Courier(web01, _mail(exim, port=port), _login(exim)) as courier:
            lines = []
            waiting = [threading.Thread(target=lambda: lines.append(courier.send("alice@example.com")))
                       for _ in range(3)]
            began = time.monotonic()
            for thread in waiting:
                thread.start()
            for thread in waiting:
                thread.join()
            assert 10 < time.monotonic() - began < 20, time.monotonic() - began
            assert len(lines) == 3 and all(line.startswith("failed no-answer ") for line in lines), lines


def a_name_server_that_says_nothing_costs_no_more_than_its_time(web01):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent, Exim("/run/exim") as exim:
        silent.bind(("127.0.0.1", 53))
        os.unlink("/etc/resolv.conf")
        with open("/etc/resolv.conf", "w", encoding="utf-8") as file:
            file.write("nameserver 127.0.0.1\noptions timeout:30 attempts:1\n")
        with Courier(web01, _mail(exim, host="mail.example.net"), _login(exim)) as courier:
            began = time.monotonic()
            line = courier.send("alice@example.com")
            assert line.startswith("failed no-answer "), line
            assert 5 < time.monotonic() - began < 20, time.monotonic() - began


def a_server_that_talks_nonsense_is_no_mail_server(web01):
    with socket.create_server(("127.0.0.1", 0)) as strange, Exim("/run/exim") as exim:
        def serve():
            while True:
                try:
                    connection, _ = strange.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(b"\0\xff" * 70000 + b"220\r\n")
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        with Courier(web01, _mail(exim, port=strange.getsockname()[1]), _login(exim)) as courier:
            line = courier.send("alice@example.com")
            assert line.startswith("failed ") and len(line) < 400, line


def sendmail_of_this_machine_is_run_without_a_shell(web01):
    """Exim's own sendmail, which is set-uid root: the courier must not have given up that it may become so."""
    extra = "from = login@example.com\n"
    with Exim("/run/exim", system_wide=True) as exim:
        with Courier(web01, f"[mail]\ntransport = program\n{extra}") as courier:
            line = courier.send("alice@example.com", user="$(id)")
            assert line.startswith("sent"), line + exim.log()
            mail = _read(exim.wait_for_mail("alice"))
            assert mail["Subject"] == "Login code for $(id) on web01", mail["Subject"]
            assert "    024680\n" in mail.get_content(), mail.get_content()


def only_the_service_and_root_may_send(web01):
    web01.add_person("mallory")
    with Exim("/run/exim") as exim, Courier(web01, _mail(exim), _login(exim)) as courier:
        assert oct(os.stat(SOCKET).st_mode & 0o777) == "0o600"
        probe = ("import socket,sys\ns = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)\n"
                 f"s.settimeout(20)\ns.connect('{SOCKET}')\n"
                 f"s.send(bytes.fromhex('{packet('mallory@example.com').hex()}'))\nprint(s.recv(1000))")
        done = subprocess.run(["runuser", "-u", "mallory", "--", "python3", "-c", probe], capture_output=True, text=True,
                              timeout=PATIENCE)
        assert "PermissionError" in done.stderr, done
        os.chmod(SOCKET, 0o666)  # even then the kernel says who it is
        done = subprocess.run(["runuser", "-u", "mallory", "--", "python3", "-c", probe], capture_output=True, text=True,
                              timeout=PATIENCE)
        assert done.stdout == "b''\n" or "ConnectionReset" in done.stderr or "BrokenPipe" in done.stderr, done
        web01.expect_any_log("uid [0-9]+ may not send messages")
        done = subprocess.run(["runuser", "-u", "secondstep", "--", "python3", "-c", probe], capture_output=True,
                              text=True, timeout=PATIENCE)
        assert done.stdout.startswith("b'sent "), done
        exim.wait_for_mail("mallory")
        assert len(exim.mailbox("mallory")) == 1
        web01.planted.append("024680")


def what_is_no_message_is_refused(web01):
    with Exim("/run/exim") as exim, Courier(web01, _mail(exim), _login(exim)) as courier:
        good = packet("alice@example.com")
        for bad in (good[:-1], good + b"x", b"\2" + good[1:], b"hello", good.replace(b"alice@", b"-lice@"),
                    good.replace(b"alice@", b"a\nice@"), packet("alice@example.com", code="12345x"),
                    packet("alice@example.com", contact="a\r\nBcc: eve@example.com"), bytes(5000)):
            line = courier.send_packet(bad)
            assert line.startswith("failed courier "), (bad, line)
        assert not exim.mailbox("alice")


def its_files_are_judged_before_they_are_believed(web01):
    with Exim("/run/exim") as exim, Courier(web01, _mail(exim), _login(exim)) as courier:
        os.chmod("/etc/secondstep/courier.credentials", 0o440)
        line = courier.send("alice@example.com")
        assert line.startswith("failed misconfigured /etc/secondstep/courier.credentials: "), line
        assert courier.check()[0] == 3
        os.chmod("/etc/secondstep/courier.credentials", 0o400)
        os.chmod("/etc/secondstep/courier.conf", 0o666)
        line = courier.send("alice@example.com")
        assert line.startswith("failed misconfigured /etc/secondstep/courier.conf: "), line
        os.chmod("/etc/secondstep/courier.conf", 0o644)
        courier.configure(_mail(exim, "colour = blue\nfrom = x@example.com"), _login(exim))
        line = courier.send("alice@example.com")
        assert "courier.conf:7: unknown option in [mail]" in line, line
        assert "; /etc/secondstep/courier.conf:8: this option is there already" in line, line
        assert exim.password not in line and not exim.mailbox("alice")


def a_courier_is_the_couriers_account_with_nothing_else(web01):
    with Exim("/run/exim") as exim:
        program = "/usr/local/bin/look-around"
        with open(program, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexec >/run/seen/seen 2>&1\nid\nenv\nls -l /proc/$$/fd\ncat /proc/$$/status\n"
                       "printf '%s\\n' \"$@\"\ncat\n")
        os.chmod(program, 0o755)
        with Courier(web01, f"[mail]\ntransport = program\nprogram = {program} -i --\nfrom = a@example.com\n") as courier:
            os.makedirs("/run/seen")
            os.chmod("/run/seen", 0o777)
            assert courier.send("alice@example.com") == "sent"
            with open("/run/seen/seen", encoding="utf-8") as file:
                seen = file.read()
            assert "uid=" in seen and "(secondstep-courier)" in seen.splitlines()[0], seen
            assert "uid=0" not in seen and "groups=0" not in seen and "(root)" not in seen.splitlines()[0], seen
            assert "\nGroups:\t \n" in seen or "\nGroups:\t\n" in seen, seen
            assert "CapPrm:\t0000000000000000" in seen, seen
            assert "socket:" not in seen, "the connection of the service was passed on:\n" + seen
            assert "LANG" not in seen and "USER" not in seen, seen
            assert "\n-i\n--\nalice@example.com\n" in seen, seen
            assert "\nTo: <alice@example.com>\n" in seen and "\r" not in seen, seen
