#pragma once

#include <string>
#include <vector>

#include "enrollment/device_request.h"
#include "unit/dialogue/conversation.h"

namespace secondstep::testing {

// alice, who manages the devices of her own second step: she has one, "phone".
class DevicesOfAlice : public Conversation {
  protected:
    using Verb = dialogue::DeviceRequest::Verb;
    static Typed form(const dialogue::DeviceRequest& request) {
        return Typed::form(std::string(encode(request).text()));
    }
    static Typed add(const std::string& name) { return form({.verb = Verb::add, .device = name}); }
    static Typed remove(const std::string& name) { return form({.verb = Verb::remove, .device = name}); }
    static Typed rename(const std::string& name, const std::string& new_name) {
        return form({.verb = Verb::rename, .device = name, .new_name = new_name});
    }

    dialogue::Request to_manage() {
        dialogue::Request request = world_.request("alice");
        request.purpose = Purpose::manage;
        request.task = Task::devices;
        request.caller = dialogue::Caller::own_uid;
        request.uid = 1000;
        request.service = "secondstep";
        request.rhost = "";
        return request;
    }
    Transcript run(const std::vector<Typed>& answers) { return world_.login(to_manage(), answers); }
    // With the code of the phone at this moment.
    Transcript add_tablet() {
        Transcript seen = run({add("tablet"), code(), "t", code_of_the_shown_key()});
        world_.pass(std::chrono::seconds{30});
        return seen;
    }
    [[nodiscard]] std::vector<std::string> names() {
        std::vector<std::string> all;
        for (const Authenticator& device : record().credential->authenticators)
            all.push_back(device.name);
        return all;
    }
    [[nodiscard]] std::string code_of_device(std::size_t i) {
        return world_.code_of(record().credential->authenticators.at(i).key);
    }
    [[nodiscard]] Credential before() { return record().credential->clone(); }
    void expect_nothing_changed(const Transcript& seen, Verdict verdict) {
        EXPECT_EQ(seen.verdict, verdict);
        EXPECT_EQ(names(), std::vector<std::string>{"phone"});
        EXPECT_TRUE(world_.journal.changes.empty());
        EXPECT_THAT(seen.texts, ::testing::Each(::testing::Not(::testing::HasSubstr("\"changed\":true"))));
    }
};

}  // namespace secondstep::testing
