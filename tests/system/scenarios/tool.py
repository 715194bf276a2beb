"""The administrator's tool on a whole machine: what it leaves in the log."""
import json

from web01 import run


def codes_that_are_given_out_stand_on_the_screen_alone(web01):
    web01.add_person("alice", enrolled=True)
    web01.add_person("bob")
    web01.forget_log()
    for command in (["invite", "bob"], ["temporary-code", "alice"], ["re-enroll", "alice"]):
        given = json.loads(run("secondstep", *command, "--json"))
        web01.planted += [given["code"], given["code"].replace("-", "")]
        web01.expect_log(rf'verb={command[0]} account="{command[1]}" until={given["until"]} .*loginuid=\S+ uid=0')
    web01.expect_log(r'verb=temporary-code .* issuer="[^"]+"')
    # finish() looks for what was planted.
