"""web_requests.py LAB BENCH_LOGINS: a page behind nginx's auth_pam, which asks PAM on every request.

Eight clients, each somebody else with one code that `repeat` lets through again; beside them the same with pam_permit.
"""
import re
import statistics
import subprocess
import sys
import time

from rows import due_logins, row

CLIENTS, REQUESTS, ROUNDS = 8, 500, 5
CONFIGURATION = """load_module /usr/lib/nginx/modules/ngx_http_auth_pam_module.so;
user www-data; worker_processes auto; pid {lab}/nginx.pid; error_log {lab}/nginx.log; daemon off;
events {{ worker_connections 64; }}
http {{
  access_log off;
  server {{
    listen 127.0.0.1:8081; root {lab}/www;
    location /code/ {{ auth_pam "Code"; auth_pam_service_name "web"; }}
    location /open/ {{ auth_pam "Open"; auth_pam_service_name "web-open"; }}
  }}
}}
"""


def requests_per_second(folder, people):
    """Of all clients together. Each request has to be answered with the page."""
    begin = time.perf_counter()
    clients = [subprocess.Popen(["ab", "-q", "-n", str(REQUESTS), "-c", "1", "-A", f"{name}:{code}",
                                 f"http://127.0.0.1:8081/{folder}/page"],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
               for name, code in people]
    printed = [client.communicate()[0] for client in clients]
    took = time.perf_counter() - begin
    for text in printed:
        if "Non-2xx" in text or not re.search(r"Failed requests: +0\n", text):
            sys.exit("web_requests: a request was not answered with the page:\n" + text)
    return CLIENTS * REQUESTS / took


def main():
    lab, bench = sys.argv[1], sys.argv[2]
    with open(f"{lab}/nginx.conf", "w", encoding="ascii") as file:
        file.write(CONFIGURATION.format(lab=lab))
    nginx = subprocess.Popen(["nginx", "-e", f"{lab}/nginx.log", "-c", f"{lab}/nginx.conf"], stdin=subprocess.DEVNULL)
    rates = {"code": [], "open": []}
    people = [(name, code) for name, code, _ in due_logins(lab, bench)[:CLIENTS]]
    for _ in range(ROUNDS):
        for folder, measured in rates.items():
            measured.append(requests_per_second(folder, people))
    nginx.terminate()
    nginx.wait()
    row("nginx auth_pam, repeat, 8 clients: requests per second / pam_permit",
        statistics.median(code / free for code, free in zip(rates["code"], rates["open"])))
    row("  requests per second", statistics.median(rates["code"]))


main()
