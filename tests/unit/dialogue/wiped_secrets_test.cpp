// Keys, recovery codes and what was typed leave nothing behind in memory that a conversation gave back.

#include <gtest/gtest.h>

#include "dialogue/texts/messages.h"
#include "portals/portal_actions.h"
#include "portals/portal_request.h"
#include "support/freed_memory.h"
#include "support/temporary_directory.h"
#include "unit/dialogue/login_world.h"
#include "unit/portals/sample_portal.h"

namespace secondstep {
namespace {

using testing::FreedMemory;
using testing::LoginWorld;
using testing::Transcript;
using testing::Typed;

// Bob, who has to set up a second step and has given the password. Two such worlds show the same key and the
// same codes.
struct World {
    World() {
        world.add_person("bob", 1001);
        world.add_enrolled("alice", 1000);
        world.configure("action = enroll\nenrollment = open\nrecovery_codes = 3\n");
    }
    dialogue::Request first_login() {
        dialogue::Request request = world.request("bob");
        request.purpose = Purpose::account;
        request.proof = world.proof_for(request, Proof::first_factor);
        return request;
    }
    LoginWorld world;
};

// Does what a runner does without keeping anything of it, and says how it ended.
Verdict run(World& of, const dialogue::Request& request, const std::vector<std::string>& answers,
            bool in_forms = false) {
    const auto reply = [in_forms](const std::string& typed) -> dialogue::Reply {
        if (in_forms) return dialogue::Form{Secret::copy_of(typed)};
        return Secret::copy_of(typed);
    };
    const auto dialogue = dialogue::make_dialogue(of.world.ports(), request);
    dialogue::Step step = dialogue->begin();
    for (std::size_t next = 0; !std::holds_alternative<dialogue::End>(step);) {
        if (std::holds_alternative<dialogue::Ask>(step)) {
            step = next == answers.size() ? dialogue->answer(dialogue::NoAnswer{})
                                          : dialogue->answer(reply(answers[next]));
            ++next;
            continue;
        }
        if (const auto* wait = std::get_if<dialogue::Wait>(&step)) of.world.pass(wait->time);
        if (const auto* work = std::get_if<dialogue::Work>(&step)) work->job();
        step = dialogue->resume(dialogue::Resumption::done);
    }
    return std::get<dialogue::End>(step).verdict;
}

std::string between(const std::string& text, std::string_view begin, char end) {
    const std::size_t at = text.find(begin);
    if (at == std::string::npos) return {};
    const std::size_t first = text.find_first_not_of(' ', at + begin.size());
    return text.substr(first, text.find(end, first) - first);
}

// The keys and codes on the screens, as they stand there.
std::vector<std::string> secrets_in(const std::vector<std::string>& texts) {
    std::vector<std::string> secrets;
    for (const std::string& text : texts) {
        for (const std::string_view mark : {"Key:", " 1)", " 2)", " 3)"}) {
            const char end = mark == " 1)" ? ' ' : '\n';
            if (std::string secret = between(text, mark, end); !secret.empty())
                secrets.push_back(std::move(secret));
        }
    }
    return secrets;
}

TEST(WipedSecrets, FreedMemoryIsLookedInto) {
    const std::string key = "JBSW Y3DP EHPK 3PXP";
    const FreedMemory freed({key});
    {
        const std::string kept = "Key: " + key;
        EXPECT_EQ(kept.substr(5), key);
    }
    const unsigned found = freed.blocks_with_a_text();
    EXPECT_GE(found, 1U);
    {
        const Secret wiped = Secret::copy_of(key);
        EXPECT_EQ(wiped.text(), key);
    }
    EXPECT_EQ(freed.blocks_with_a_text(), found);
}

TEST(WipedSecrets, AKeyAndCodesThatWereShownLeaveNothingBehind) {
    for (const std::string method : {"t", "q"}) {
        World learned;
        const Transcript login =
            learned.world.login(learned.first_login(), {method, Typed::code_of_the_shown_key(), "saved"});
        ASSERT_EQ(login.verdict, Verdict::accepted);
        std::vector<std::string> secrets = secrets_in(login.texts);
        ASSERT_EQ(secrets.size(), 4U) << method;
        const std::string typed = learned.world.code_of(testing::key_in(login.texts));
        secrets.push_back(typed);
        World world;
        const dialogue::Request request = world.first_login();
        const std::vector<std::string> answers{method, typed,
                                               "saved"};  // not given back while that is watched
        const FreedMemory freed(std::move(secrets));
        const Verdict verdict = run(world, request, answers);
        EXPECT_EQ(freed.blocks_with_a_text(), 0U) << method;
        EXPECT_EQ(verdict, Verdict::accepted);
    }
}

// It is, below the refusal, when it was typed into the app and the code is wrong.
TEST(WipedSecrets, AKeyThatIsShownAgainLeavesNothingBehind) {
    const std::vector<std::string> answers{"t", "000000"};
    World learned;
    const Transcript login = learned.world.login(learned.first_login(), {"t", "000000", testing::no_answer});
    std::vector<std::string> secrets = secrets_in(login.texts);
    ASSERT_EQ(secrets.size(), 2U);
    World world;
    const dialogue::Request request = world.first_login();
    const FreedMemory freed(std::move(secrets));
    const Verdict verdict = run(world, request, answers);
    EXPECT_EQ(freed.blocks_with_a_text(), 0U);
    EXPECT_EQ(verdict, Verdict::refused);
}

TEST(WipedSecrets, CodesThatAreRenewedLeaveNothingBehind) {
    World learned;
    dialogue::Request request = learned.world.request("alice");
    request.purpose = Purpose::manage;
    request.task = Task::recovery_codes;
    request.caller = dialogue::Caller::own_uid;
    request.uid = 1000;
    const std::vector<std::string> answers{learned.world.code("alice"), "saved"};
    const Transcript renewal = learned.world.login(request, {answers.front(), "saved"});
    ASSERT_EQ(renewal.verdict, Verdict::accepted);
    std::vector<std::string> secrets = secrets_in(renewal.texts);
    ASSERT_EQ(secrets.size(), 3U);
    World world;
    const FreedMemory freed(std::move(secrets));
    const Verdict verdict = run(world, request, answers);
    EXPECT_EQ(freed.blocks_with_a_text(), 0U);
    EXPECT_EQ(verdict, Verdict::accepted);
}

TEST(WipedSecrets, AKeyOfAPortalThatWasShownLeavesNothingBehind) {
    World world;
    const testing::TemporaryDirectory directory;
    world.world.portals = std::make_shared<const PortalStore>(
        PortalStore::open(directory.path(), false, *world.world.keyring, world.world.randomness).value());
    dialogue::PortalRequest::Add wanted{.portal = testing::sample_portal("invoices")};
    wanted.portal.last.reset();
    const std::string key(otp::base32_encode(wanted.portal.token.key.bytes()).text());
    const dialogue::PortalRequest add{.wanted = std::move(wanted)};
    const dialogue::PortalRequest reveal{
        .wanted = dialogue::PortalRequest::Reveal{*PortalName::create("invoices")}};
    dialogue::Request request = world.world.request("bob");
    request.purpose = Purpose::manage;
    request.task = Task::portals;
    request.caller = dialogue::Caller::own_uid;
    request.uid = 1001;
    ASSERT_EQ(run(world, request, {std::string(encode(add).text())}, true), Verdict::accepted);
    const Transcript shown = world.world.login(request, {Typed::form(std::string(encode(reveal).text()))});
    ASSERT_NE(shown.texts.back().find(key), std::string::npos);
    const std::vector<std::string> answers{std::string(encode(reveal).text())};
    std::vector<std::string> secrets{key};
    const FreedMemory freed(std::move(secrets));
    const Verdict verdict = run(world, request, answers, true);
    EXPECT_EQ(freed.blocks_with_a_text(), 0U);
    EXPECT_EQ(verdict, Verdict::accepted);
}

TEST(WipedSecrets, ACodeThatWasTypedLeavesNothingBehind) {
    World world;
    const dialogue::Request request = world.world.request("alice");
    const std::string code = world.world.code("alice");
    const std::string recovery_code = world.world.recovery_codes["alice"].front();
    const std::vector<std::string> typed{"123456", code};  // not given back while that is watched
    const std::vector<std::string> typed_later{recovery_code};
    std::vector<std::string> secrets{code, recovery_code, "123456"};
    const FreedMemory freed(std::move(secrets));
    EXPECT_EQ(run(world, request, typed), Verdict::accepted);
    world.world.pass(std::chrono::seconds{30});
    EXPECT_EQ(run(world, request, typed_later), Verdict::accepted);
    EXPECT_EQ(freed.blocks_with_a_text(), 0U);
}

}  // namespace
}  // namespace secondstep
