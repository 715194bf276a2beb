#include <gmock/gmock.h>

#include "enrollment/device_request.h"
#include "own_account.h"

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

class OwnDevices : public OwnAccount {};

// The first question is for the tool, and its answer is what was typed.
TEST_F(OwnDevices, AreManagedThroughTheService) {
    using dialogue::DeviceRequest;
    using Verb = DeviceRequest::Verb;
    struct Told {
        std::vector<std::string> call;
        DeviceRequest request;
    };
    const std::vector<Told> all{
        {{"devices"}, {}},
        {{"devices", person()}, {}},
        {{"devices", "rename", "phone", "mobile"}, {Verb::rename, "phone", "mobile"}},
        {{"devices", "rename", person(), "phone", "mobile"}, {Verb::rename, "phone", "mobile"}},
        {{"devices", "remove", "2"}, {Verb::remove, "2", ""}},
        {{"devices", "remove", person(), "2"}, {Verb::remove, "2", ""}},
        {{"enroll", "--add"}, {Verb::add, "", ""}},
        {{"enroll", person(), "--add", "--name", "tablet"}, {Verb::add, "tablet", ""}}};
    for (const auto& [call, request] : all) {
        Secret form;
        Task task{};
        FakeService service([&](Peer& peer) {
            task = std::get<wire::Hello>(*peer.hears()).task;
            peer.says(wire::Ask{.text = "devices"});
            form = std::get<wire::Answer>(*peer.hears()).text.clone();
            peer.says(wire::Ask{.text = "Present code: "});
            EXPECT_EQ(peer.hears_answer(), "123456");
            peer.says(wire::End{.verdict = Verdict::accepted});
        });
        service.let_everybody_in();
        connect_to(service.socket());
        const Finished done = own(call, "123456\n");
        service.finish();
        EXPECT_EQ(done.status, 0) << done.err;
        EXPECT_EQ(task, Task::devices);
        EXPECT_THAT(done.out, Not(HasSubstr("devices")));
        const auto sent = dialogue::decode_device_request(form);
        ASSERT_TRUE(sent) << call[1];
        EXPECT_EQ(sent->verb, request.verb);
        EXPECT_EQ(sent->device, request.device);
        EXPECT_EQ(sent->new_name, request.new_name);
    }
}

TEST_F(OwnDevices, AreShownAsATableAndToPrograms) {
    const auto asked = [&](const std::vector<std::string>& call) {
        FakeService service([](Peer& peer) {
            peer.hears();
            peer.says(wire::Ask{.text = "devices"});
            peer.hears();
            peer.says(wire::Show{
                .style = wire::Style::data,
                .text = Secret::copy_of(
                    R"({"user":"x","devices":[{"name":"phone","kind":"totp","digits":6,"algorithm":"sha1",)"
                    R"("period":30,"added":1000000000,"last_used":null},{"name":"key 7","kind":"totp",)"
                    R"("digits":8,"algorithm":"sha256","period":60,"added":1000000000,)"
                    R"("last_used":1000000030}]})")});
            peer.says(wire::End{.verdict = Verdict::accepted});
        });
        service.let_everybody_in();
        connect_to(service.socket());
        return own(call).out;
    };
    EXPECT_THAT(
        asked({"devices"}),
        ContainsRegex("NO  NAME   KIND +ADDED +LAST USED\n"
                      " 1  phone  totp +2001-09-09 [0-9:]+  -\n"
                      " 2  key 7  totp, 8 digits, every 60 s, sha256  2001-09-09 [0-9:]+  2001-09-09"));
    const auto list = nlohmann::json::parse(asked({"devices", "--json"}));
    EXPECT_EQ(list["devices"][0]["last_used"], nullptr);
    EXPECT_EQ(list["devices"][1]["last_used"], "2001-09-09T01:47:10Z");
}

// What the service said of the devices, or at least that nothing was changed.
TEST_F(OwnDevices, OfAChangeThatWasRefusedAreJsonToo) {
    const auto ended = [&](const std::vector<std::string>& call, const std::string& data, Verdict verdict) {
        FakeService service([&](Peer& peer) {
            peer.hears();
            if (call[0] == "devices") {
                peer.says(wire::Ask{.text = "devices"});
                peer.hears();
            }
            if (!data.empty())
                peer.says(wire::Show{.style = wire::Style::data, .text = Secret::copy_of(data)});
            peer.says(wire::End{.verdict = verdict});
        });
        service.let_everybody_in();
        connect_to(service.socket());
        Finished done = own(call);
        service.finish();
        return done;
    };
    const std::string known = R"({"changed":false,"devices":["phone"],"user":"x"})";
    const std::string unknown = R"({"changed":false,"user":")" + person() + "\"}";
    for (const std::vector<std::string>& call :
         std::vector<std::vector<std::string>>{{"devices", "remove", "phone", "--json"},
                                               {"devices", "rename", "phone", "x", "--json"},
                                               {"enroll", "--json"}}) {
        for (const Verdict verdict : {Verdict::refused, Verdict::cancelled}) {
            const Finished said = ended(call, known, verdict);
            EXPECT_EQ(said.status, 1);
            EXPECT_EQ(nlohmann::json::parse(said.out), nlohmann::json::parse(known));
            const Finished silent = ended(call, "", verdict);
            EXPECT_EQ(silent.status, 1);
            EXPECT_EQ(nlohmann::json::parse(silent.out), nlohmann::json::parse(unknown));
        }
        const Finished in_doubt = ended(call, known, Verdict::unavailable);
        EXPECT_EQ(in_doubt.status, 4);
        EXPECT_EQ(in_doubt.out, "") << "it cannot be told whether it was changed";
    }
}

// It knows the tasks up to that of portals.
TEST_F(OwnDevices, OfAServiceThatIsOlderTheToolSaysWhatToDo) {
    const auto hung_up_on = [&](const std::vector<std::string>& call) {
        FakeService service([](Peer& peer) {
            peer.hears();
            peer.hangs_up();
        });
        service.let_everybody_in();
        connect_to(service.socket());
        const Finished done = own(call);
        EXPECT_EQ(done.status, 4);
        return done.err;
    };
    for (const std::vector<std::string>& call :
         std::vector<std::vector<std::string>>{{"devices"}, {"enroll", "--add"}}) {
        EXPECT_THAT(hung_up_on(call), HasSubstr("older than this program"));
        EXPECT_THAT(hung_up_on(call),
                    HasSubstr("systemctl restart secondstepd; without systemd end secondstepd"));
    }
    EXPECT_THAT(hung_up_on({"disable"}), Not(HasSubstr("older")));
}

}  // namespace

}  // namespace secondstep::testing
