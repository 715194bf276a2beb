"""Web servers with one field for password and code, whose workers are not root."""
import base64
import http.client
import os
import socket
import subprocess

from patience import PATIENCE
from web01 import CONFIGURATION, Person, answers, run, until

PAGE = "what only people with a second step may read\n"
WWW = "/run/portal"
PASSWORDS = f"{WWW}/passwords"
MODULES = "/usr/lib/apache2/modules"


def _nginx():
    return f"""load_module /usr/lib/nginx/modules/ngx_http_auth_pam_module.so;
user www-data; worker_processes 1; pid {WWW}/pid; error_log {WWW}/error.log info; daemon off;
events {{ worker_connections 64; }}
http {{
  access_log off;
  server {{
    listen 127.0.0.1:80;
    root {WWW}/pages;
    location / {{ auth_pam "portal"; auth_pam_service_name "portal"; }}
  }}
}}
"""


def _apache():
    names = ("mpm_prefork", "authn_core", "authz_core", "authz_user", "auth_basic", "authnz_pam")
    modules = "".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so\n" for name in names)
    return modules + f"""ServerName web01
Listen 127.0.0.1:80
PidFile {WWW}/pid
ErrorLog {WWW}/error.log
User www-data
Group www-data
StartServers 1
MinSpareServers 1
MaxSpareServers 1
DocumentRoot {WWW}/pages
<Directory {WWW}/pages>
  AuthType Basic
  AuthName portal
  AuthBasicProvider PAM
  AuthPAMService portal
  Require valid-user
</Directory>
"""


SERVERS = {
    "nginx": (_nginx, ["nginx", "-e", f"{WWW}/error.log", "-c", f"{WWW}/configuration"]),
    "apache": (_apache, ["apache2", "-D", "FOREGROUND", "-f", f"{WWW}/configuration"]),
}


class Portal:
    def __init__(self, web01, server):
        configuration, command = SERVERS[server]
        os.makedirs(f"{WWW}/pages")
        self._write("pages/page", PAGE)
        self._write("passwords", "")
        self._write("configuration", configuration())
        web01.set_first_line("trusted_callers = www-data:portal\nportal_services = portal")
        web01.set_action("require")
        web01.use_stack("portal", text=f"""auth    requisite  pam_secondstep.so prompt=combined
auth    required   pam_pwdfile.so pwdfile={PASSWORDS} nodelay try_first_pass
account required   pam_permit.so
""")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        until(lambda: answers(("127.0.0.1", 80), socket.AF_INET), f"{server}'s port")

    @staticmethod
    def _write(name, text):
        with open(f"{WWW}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    @staticmethod
    def give_password(person):
        hashed = run("openssl", "passwd", "-6", "-stdin", input=person.password).strip()
        with open(PASSWORDS, "a", encoding="utf-8") as file:
            file.write(f"{person.name}:{hashed}\n")

    @staticmethod
    def get(person, password, code, source="127.0.0.1"):
        """What a request is answered with; the page comes with 200 alone."""
        both = base64.b64encode(f"{person.name}:{password}{code}".encode()).decode()
        connection = http.client.HTTPConnection("127.0.0.1", 80, timeout=PATIENCE, source_address=(source, 0))
        connection.request("GET", "/page", headers={"Authorization": f"Basic {both}"})
        answer = connection.getresponse()
        assert (answer.read().decode() == PAGE) == (answer.status == 200)
        connection.close()
        return answer.status


def _set_up(web01, server):
    portal = Portal(web01, server)
    alice = web01.add_person("alice", enrolled=True)
    portal.give_password(alice)
    web01.start_service()
    return portal, alice


def _takes_password_and_code_in_one_field(web01, server):
    portal, alice = _set_up(web01, server)
    assert portal.get(alice, alice.password, alice.phone.code()) == 200
    web01.expect_log(r"verdict=accepted user=alice service=portal rhost=127\.0\.0\.1 method=totp")


def _refuses_a_wrong_code_and_a_wrong_password(web01, server):
    portal, alice = _set_up(web01, server)
    assert portal.get(alice, alice.password, alice.phone.wrong_code()) == 401
    web01.expect_log(r"verdict=refused user=alice service=portal .*reason=wrong")
    # One wrong line is one wrong code, however often the server repeats it.
    assert web01.own_log().count("reason=wrong") == 1, web01.own_log()
    assert portal.get(alice, "not her password", alice.phone.code()) == 401
    code = alice.phone.code()
    assert portal.get(alice, alice.password, code) == 200
    assert portal.get(alice, alice.password, code) == 401  # each code works once
    assert portal.get(alice, "", code) == 401


def _serves_people_who_are_no_accounts_of_the_machine(web01, server):
    portal = Portal(web01, server)
    guest = Person("guest@example.org", "Password-of-a-guest")
    web01.enroll(guest, "--portal-user")
    portal.give_password(guest)
    web01.start_service()
    assert portal.get(guest, guest.password, guest.phone.code()) == 200
    assert portal.get(guest, guest.password, guest.phone.wrong_code()) == 401


def _lets_in_who_is_not_enrolled_with_the_password_alone(web01, server):
    portal = Portal(web01, server)
    bob = web01.add_person("bob")
    portal.give_password(bob)
    web01.set_action("allow")
    web01.start_service()
    assert portal.get(bob, bob.password, "") == 200
    assert portal.get(bob, bob.password, "123456") == 401


def _takes_one_code_for_an_hour_from_one_address(web01, server):
    portal = Portal(web01, server)
    alice = web01.add_person("alice", enrolled=True)
    portal.give_password(alice)
    with open(CONFIGURATION, "a", encoding="utf-8") as file:
        file.write("\n[rule portal]\nservices = portal\naction = require\nrepeat = 1h\n")
    web01.start_service()
    code = alice.phone.code()
    assert [portal.get(alice, alice.password, code) for _ in range(20)] == 20 * [200]
    # The password is judged every time, and another address has shown nothing yet.
    assert portal.get(alice, "not her password", code) == 401
    assert portal.get(alice, alice.password, code, source="127.0.0.2") == 401
    assert portal.get(alice, alice.password, code) == 200


def nginx_takes_password_and_code_in_one_field(web01):
    _takes_password_and_code_in_one_field(web01, "nginx")


def nginx_refuses_a_wrong_code_and_a_wrong_password(web01):
    _refuses_a_wrong_code_and_a_wrong_password(web01, "nginx")


def nginx_serves_people_who_are_no_accounts_of_the_machine(web01):
    _serves_people_who_are_no_accounts_of_the_machine(web01, "nginx")


def nginx_lets_in_who_is_not_enrolled_with_the_password_alone(web01):
    _lets_in_who_is_not_enrolled_with_the_password_alone(web01, "nginx")


def nginx_takes_one_code_for_an_hour_from_one_address(web01):
    _takes_one_code_for_an_hour_from_one_address(web01, "nginx")


def apache_takes_one_code_for_an_hour_from_one_address(web01):
    _takes_one_code_for_an_hour_from_one_address(web01, "apache")


def apache_takes_password_and_code_in_one_field(web01):
    _takes_password_and_code_in_one_field(web01, "apache")


def apache_refuses_a_wrong_code_and_a_wrong_password(web01):
    _refuses_a_wrong_code_and_a_wrong_password(web01, "apache")


def apache_serves_people_who_are_no_accounts_of_the_machine(web01):
    _serves_people_who_are_no_accounts_of_the_machine(web01, "apache")


def apache_denies_who_would_have_to_enroll_and_says_why_in_the_log(web01):
    portal = Portal(web01, "apache")
    bob = web01.add_person("bob")
    portal.give_password(bob)
    web01.set_action("enroll")
    web01.use_stack("portal", text=f"""auth [success=ok ignore=ignore default=die] pam_secondstep.so prompt=combined enroll=account
auth    required   pam_pwdfile.so pwdfile={PASSWORDS} nodelay try_first_pass
account required   pam_secondstep.so
account required   pam_permit.so
""")
    web01.start_service()
    assert portal.get(bob, bob.password, "") == 401
    web01.expect_log(r"verdict=refused user=bob service=portal .*not enrolled, it is due")
    web01.stop_service()
    web01.set_first_line("enroll_until = 2099-03-31")
    web01.start_service()
    assert portal.get(bob, bob.password, "") == 200
    assert portal.get(bob, "not their password", "") == 401
