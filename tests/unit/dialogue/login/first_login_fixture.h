#pragma once

#include <gtest/gtest.h>

#include "account/one_time_grant.h"
#include "unit/dialogue/conversation.h"

namespace secondstep::testing {

// A person without a second step under a rule that enrolls them.
class FirstLogin : public ::testing::Test {
  protected:
    FirstLogin() {
        world_.add_person("bob", 1001);
        world_.configure("action = enroll\nenrollment = open\n");
    }

    dialogue::Request request() {
        dialogue::Request request = world_.request("bob");
        request.purpose = Purpose::account;
        return request;
    }
    // After an authentication that proved this.
    dialogue::Request request_with(Proof proof) {
        dialogue::Request request = this->request();
        request.proof = world_.proof_for(request, proof);
        return request;
    }
    // After the password of somebody who has no second step, or after a code.
    Transcript log_in(const std::vector<Typed>& answers) {
        const Proof proof = is_enrolled() ? Proof::code : Proof::first_factor;
        return world_.login(request_with(proof), answers);
    }
    Transcript log_in_unproved(const std::vector<Typed>& answers) { return world_.login(request(), answers); }

    // The code of the key on the screen.
    static Typed code_of_the_shown_key(int steps = 0) { return Typed::code_of_the_shown_key(steps); }
    std::string invite(std::chrono::seconds time = std::chrono::hours{24}) {
        const Secret code = otp::make_one_time_code(world_.randomness);
        world_.store->record("bob").state.registration =
            make_grant(*world_.keyring, record_, GrantKind::registration,
                       *otp::normalize_one_time_code(code.text()), world_.clock.now() + time)
                .value();
        return std::string(code.text());
    }
    const State& state() { return world_.store->record("bob").state; }
    bool is_enrolled() { return world_.store->record("bob").credential.has_value(); }

    LoginWorld world_;
    RecordName record_ = RecordName::of(*AccountName::create("bob"));
};

}  // namespace secondstep::testing
