// What somebody outside learns from a refusal: nothing. All kinds of them are compared, step by step and call
// by call.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "dialogue/make_dialogue.h"
#include "dialogue/texts/messages.h"
#include "unit/dialogue/login_world.h"

namespace secondstep {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using testing::LoginWorld;
using testing::Transcript;
using testing::Typed;

constexpr const char* some_long_recovery_code = "0123-4567-89AB-CDEF-GHJK-MNPQ";
constexpr const char* some_short_recovery_code = "0123-4567-89AB-CDEF";

// Each in a world of its own, so that nothing one of them leaves behind changes the next.
struct Seen {
    std::vector<std::string> steps;
    std::vector<std::string> events;
    Verdict verdict{};
    std::string reason;
};

using Prepare = std::function<void(LoginWorld&)>;

Seen seen(
    const std::string& user, const std::function<std::vector<Typed>(LoginWorld&)>& answers,
    const Prepare& prepare = [](LoginWorld&) {}) {
    LoginWorld world;
    world.configure("action = require\n");
    world.add_enrolled("alice", 1000);
    world.add_person("bob", 1001);
    prepare(world);
    world.events.clear();
    const Transcript login = world.login(user, answers(world));
    EXPECT_TRUE(login.ended);
    return {login.steps, world.events, login.verdict, world.last_decision().reason};
}

std::vector<Typed> thrice(const std::string& answer) {
    return {answer, answer, answer};
}

std::vector<Typed> wrong(LoginWorld& world) {
    return world.wrong_codes("alice");
}

// The calls for somebody who is not enrolled have one read more: of the record that is not
// there, then the decoy's.
std::vector<std::string> without_reads(std::vector<std::string> events) {
    std::erase(events, "read record");
    return events;
}

void expect_same(const Seen& a, const Seen& b) {
    EXPECT_EQ(a.steps, b.steps);
    EXPECT_EQ(without_reads(a.events), without_reads(b.events));
    EXPECT_EQ(a.verdict, b.verdict);
}

void throttle(LoginWorld& world) {
    for (int i = 0; i < 3; ++i)
        static_cast<void>(world.login("alice", wrong(world)));
}

void use_code(LoginWorld& world) {
    static_cast<void>(world.login("alice", {world.code("alice")}));
}

TEST(Refusals, OfAllCausesLookTheSame) {
    const Seen normal = seen("alice", wrong);
    EXPECT_EQ(normal.reason, "wrong");
    EXPECT_EQ(normal.verdict, Verdict::refused);

    const Seen reused = seen("alice", [](LoginWorld& w) { return thrice(w.code("alice")); }, use_code);
    EXPECT_EQ(reused.reason, "reused");
    expect_same(normal, reused);

    const Seen throttled = seen("alice", [](LoginWorld& w) { return thrice(w.code("alice")); }, throttle);
    EXPECT_EQ(throttled.reason, "throttled");
    expect_same(normal, throttled);

    const Seen unknown = seen("mallory", wrong);
    EXPECT_EQ(unknown.reason, "unknown user");
    expect_same(normal, unknown);

    const Seen not_enrolled = seen("bob", wrong);
    EXPECT_EQ(not_enrolled.reason, "not enrolled");
    expect_same(normal, not_enrolled);
    EXPECT_EQ(unknown.events, not_enrolled.events) << "these two also in their reads";
}

// The control: the comparison sees a difference where there is one.
TEST(Refusals, TheComparisonSeesAnAcceptedCode) {
    const Seen refused = seen("alice", wrong);
    const Seen accepted = seen("alice", [](LoginWorld& w) {
        return std::vector<Typed>{w.wrong_code("alice"), w.wrong_code("alice"), w.code("alice")};
    });
    EXPECT_EQ(refused.steps, accepted.steps) << "up to the last answer nothing differs";
    EXPECT_NE(refused.verdict, accepted.verdict);
    const Seen two_only = seen(
        "alice", [](LoginWorld& w) { return std::vector<Typed>{w.wrong_code("alice"), w.code("alice")}; });
    EXPECT_NE(refused.steps, two_only.steps);
    EXPECT_NE(without_reads(refused.events), without_reads(two_only.events));
}

TEST(Refusals, OfRecoveryCodesOfAllCausesLookTheSame) {
    for (const char* code : {some_long_recovery_code, some_short_recovery_code}) {
        const auto answers = [code](LoginWorld&) { return thrice(code); };
        const Seen normal = seen("alice", answers);
        EXPECT_EQ(normal.verdict, Verdict::refused);
        EXPECT_EQ(normal.reason, "wrong");
        EXPECT_THAT(normal.steps, Contains("scrypt"));
        expect_same(normal, seen("mallory", answers));
        expect_same(normal, seen("bob", answers));
        expect_same(normal, seen("alice", answers, throttle));
    }
}

TEST(Refusals, AnAccountWithoutRecoveryCodesCostsTheSameWork) {
    const auto answers = [](LoginWorld&) {
        return std::vector<Typed>{some_long_recovery_code, testing::no_answer};
    };
    const Prepare without = [](LoginWorld& w) { w.store->record("alice").credential->recovery.reset(); };
    const Seen normal = seen("alice", answers);
    const Seen none = seen("alice", answers, without);
    EXPECT_EQ(normal.steps, none.steps);
    EXPECT_EQ(without_reads(normal.events), without_reads(none.events));
}

TEST(Refusals, TheRightCodeOfADecoyIsRefusedToo) {
    for (const char* user : {"mallory", "bob"}) {
        const Seen login = seen(user, [](LoginWorld& w) {
            return std::vector<Typed>{w.code_of(w.decoy_key), w.code_of(w.decoy_key), w.code_of(w.decoy_key)};
        });
        EXPECT_EQ(login.verdict, Verdict::refused) << user;
        EXPECT_EQ(login.steps, seen("alice", wrong).steps);
    }
}

TEST(Refusals, TheRightRecoveryCodeOfADecoyIsRefusedToo) {
    const Seen login =
        seen("mallory", [](LoginWorld& w) { return thrice(w.recovery_codes["decoy"].front()); });
    EXPECT_EQ(login.verdict, Verdict::refused);
}

TEST(Refusals, EveryAnswerOfCodeShapeIsWritten) {
    const Seen login = seen("alice", [](LoginWorld& w) { return thrice(w.code("alice")); }, throttle);
    EXPECT_EQ(login.events,
              (std::vector<std::string>{"read record", "ask", "begin record", "write", "unlock", "journal",
                                        "show",                                                       //
                                        "ask", "begin record", "write", "unlock", "journal", "show",  //
                                        "ask", "begin record", "write", "unlock", "journal", "end"}));
}

TEST(Refusals, AStrangersNameIsInNoDecision) {
    LoginWorld world;
    world.configure("action = require\n");
    static_cast<void>(world.login("mallory", {"123456", "?", "x", testing::no_answer}));
    ASSERT_FALSE(world.journal.decisions.empty());
    for (const dialogue::Decision& decision : world.journal.decisions) {
        EXPECT_THAT(to_line(decision), ::testing::Not(HasSubstr("mallory")));
    }
}

}  // namespace
}  // namespace secondstep
