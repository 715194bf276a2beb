#include <gmock/gmock.h>

#include <filesystem>

#include "otp/recovery_codes.h"
#include "store/break_glass.h"
#include "tool_world.h"

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

// On a host of a fleet.
class BreakGlass : public ToolWorld {
  protected:
    BreakGlass() {
        set_up();
        write_config("fleet = host\nfleet_nodes = auth1=192.0.2.11:7464\n");
    }
    std::vector<std::string> new_codes() {
        return json({"break-glass", "--new", "--yes"}).at("codes").get<std::vector<std::string>>();
    }
    Account record() { return store()->read(RecordName::break_glass()).value(); }
    bool is_code(const std::string& text) {
        const Account present = record();
        const RecoverySet& set = *present.credential->recovery;
        const auto code = otp::normalize_recovery_code(text);
        if (!code) return false;
        const auto digest = otp::recovery_digest(*code, set.pepper.bytes(), set.salt);
        return digest && std::ranges::count(set.digests, *digest) == 1;
    }
};

TEST_F(BreakGlass, MakesEightLongCodesAndShowsThemOnce) {
    const Finished made = tool({"break-glass", "--new"});
    ASSERT_EQ(made.status, 0) << made.err;
    EXPECT_THAT(made.out,
                AllOf(HasSubstr("Break-glass codes of "), HasSubstr("shown only now"), HasSubstr("   8  ")));
    const auto codes = new_codes();
    ASSERT_EQ(codes.size(), 8U);
    for (const std::string& code : codes) {
        EXPECT_EQ(code.size(), 29U) << "six groups of four";
        EXPECT_TRUE(is_code(code));
        EXPECT_THAT(made.out, Not(HasSubstr(code)));
    }
}

TEST_F(BreakGlass, AsksBeforeTheCodesThatAreLeftEnd) {
    const auto before = new_codes();
    const Finished refused = tool({"break-glass", "--new"}, "n\n");
    EXPECT_EQ(refused.status, 1) << refused.err;
    EXPECT_TRUE(is_code(before.front()));
    EXPECT_EQ(tool({"break-glass", "--new", "--yes"}).status, 0);
    EXPECT_FALSE(is_code(before.front()));
}

TEST_F(BreakGlass, SaysHowManyAreLeft) {
    EXPECT_THAT(tool({"break-glass"}).out,
                HasSubstr("has 0 of 8 break-glass codes left. secondstep break-glass --new"));
    new_codes();
    EXPECT_THAT(tool({"break-glass"}).out, HasSubstr("has 8 of 8 break-glass codes left.\n"));
    const auto opened = store();
    const auto transaction = opened->begin(RecordName::break_glass()).value();
    State used = transaction->account().state;
    used.recovery = {.id = transaction->account().credential->recovery->id, .used = 0b111};
    ASSERT_TRUE(transaction->write_state(used));
    const auto said = json({"break-glass"});
    EXPECT_EQ(said.at("left"), 5);
    EXPECT_EQ(said.at("total"), 8);
    EXPECT_EQ(said.at("changed"), false);
}

TEST_F(BreakGlass, SavesThemAsAFormThatIsTheOnlyPlaceTheyStandIn) {
    const Finished made = tool({"break-glass", "--new", "--save", file("codes.txt")});
    ASSERT_EQ(made.status, 0) << made.err;
    const std::string form = content_of(file("codes.txt"));
    EXPECT_EQ(mode_of(file("codes.txt")), 0600U);
    EXPECT_THAT(form, AllOf(HasSubstr("BREAK-GLASS CODES OF A HOST"), HasSubstr("  [ ]   8  "),
                            HasSubstr("secondstep break-glass --new")));
    EXPECT_THAT(made.out, Not(HasSubstr("   8  ")));
    EXPECT_EQ(tool({"break-glass", "--save", file("other.txt")}).status, 2);
    EXPECT_FALSE(std::filesystem::exists(file("other.txt")));
}

TEST_F(BreakGlass, ACopyOfTheHostHasNoneOfThem) {
    new_codes();
    ASSERT_EQ(tool({"adopt", "--copied", "--yes"}).status, 0);
    EXPECT_EQ(json({"break-glass"}).at("left"), 0);
}

TEST_F(BreakGlass, IsOfNobodysAccount) {
    new_codes();
    EXPECT_EQ(tool({"status", "--json"}).out.find("break-glass"), std::string::npos);
    EXPECT_FALSE(account("break-glass").credential);
}

TEST_F(BreakGlass, IsNothingForAMachineThatJudgesByItself) {
    write_config();
    const Finished refused = tool({"break-glass", "--new"});
    EXPECT_NE(refused.status, 0);
    EXPECT_THAT(refused.err, HasSubstr("judges by itself"));
}

TEST_F(BreakGlass, DoctorSaysWhenThereAreNone) {
    EXPECT_THAT(tool({"doctor"}).out,
                AllOf(HasSubstr("no break-glass codes"), HasSubstr("secondstep break-glass --new")));
    new_codes();
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("8 break-glass codes left"));
    write_config("fleet = host\nfleet_nodes = auth1=192.0.2.11:7464\nbreak_glass_users =\n");
    EXPECT_THAT(tool({"doctor"}).out, Not(HasSubstr("break-glass codes")));
}

}  // namespace

}  // namespace secondstep::testing
