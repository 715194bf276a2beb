#pragma once

#include <vector>

#include "unit/dialogue/conversation.h"

namespace secondstep::testing {

// Alice at `secondstep` for herself; Bob has no second step.
class Manage : public Conversation {
  protected:
    Manage() { world_.add_person("bob", 1001); }

    dialogue::Request task(Task task, const std::string& user = "alice", uid_t uid = 1000) {
        dialogue::Request request = world_.request(user);
        request.purpose = Purpose::manage;
        request.task = task;
        request.caller = dialogue::Caller::own_uid;
        request.uid = uid;
        request.service = "secondstep";
        request.rhost = "";
        return request;
    }
    Transcript run(Task task, const std::vector<Typed>& answers) {
        return world_.login(this->task(task), answers);
    }
    Transcript run_as_bob(Task task, const std::vector<Typed>& answers) {
        return world_.login(this->task(task, "bob", 1001), answers);
    }
    static constexpr const char* changed = R"({"changed":true})";
    AuthenticatorId old_ = authenticator();
};

}  // namespace secondstep::testing
