#include "stacks/stack_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

using Files = std::map<std::string, std::string>;

// Those of Debian 12 are the oracle's there; all others are tried by hand against 1.7.0 of Debian and against 1.5.2
// and 1.7.0 without Debian's patch, as tests/oracle says.
const LibpamRules debian_12{};
const LibpamRules debian_13{
    .directories = {"/etc/pam.d", "/usr/lib/pam.d"}, .debian = true, .since_1_6 = true};
const LibpamRules rhel_9{
    .directories = {"/etc/pam.d", "/usr/lib/pam.d"}, .debian = false, .since_1_6 = false};
const LibpamRules fedora{.directories = {"/etc/pam.d", "/usr/lib/pam.d"}, .debian = false, .since_1_6 = true};

// A name without '/' is one of /etc/pam.d.
Stack stack_of(const Files& files, const LibpamRules& rules = debian_12) {
    return read_stack(rules, "x", [&files](const std::string& path) -> std::optional<std::string> {
        for (const auto& [name, text] : files) {
            if ((name.starts_with('/') ? name : "/etc/pam.d/" + name) == path) return text;
        }
        return std::nullopt;
    });
}

// "pam_a", "(substack)", "(broken)": what libpam walks through.
std::vector<std::string> walked(const Stack& stack, Facility facility = Facility::auth) {
    std::vector<std::string> out;
    for (const StackLine& line : stack.of(facility)) {
        switch (line.kind) {
            case StackLine::Kind::module:
                out.push_back(line.module);
                break;
            case StackLine::Kind::substack:
                out.emplace_back("(substack)");
                break;
            case StackLine::Kind::broken:
                out.emplace_back("(broken)");
                break;
        }
    }
    return out;
}

// Files that each hold a module and what names the next: "f0" to "f<count>".
Files chain(unsigned count, const std::string& how) {
    Files files{{"x", "auth required pam_x.so\n" + how + " f0\n"}};
    for (unsigned i = 0; i <= count; ++i) {
        const std::string number = std::to_string(i);
        files["f" + number] = "auth required pam_" + number + ".so\n";
        if (i < count) files["f" + number] += how + " f" + std::to_string(i + 1) + "\n";
    }
    return files;
}

TEST(StackReader, AMinusOnlyKeepsAModuleOutOfTheLog) {
    const Stack stack =
        stack_of({{"x", "-auth required pam_a.so\n-AUTH [default=die] pam_b.so\n- required pam_c.so\n"}});
    EXPECT_THAT(walked(stack), ElementsAre("pam_a", "pam_b", "(broken)"));
    EXPECT_TRUE(stack.lines[0].may_be_missing);
    EXPECT_EQ(stack.lines[0].control.on(PamCode::module_unknown).kind, Reaction::Kind::bad);
    EXPECT_EQ(stack.lines[1].control.on(PamCode::module_unknown).kind, Reaction::Kind::die);
}

TEST(StackReader, TypesAndControlsMayStandInBracketsAndInUpperCase) {
    const Stack stack = stack_of({{"x", "[Auth] [REQUISITE] pam_a.so\nauth success=ok pam_b.so\n"}});
    EXPECT_THAT(walked(stack), ElementsAre("pam_a", "pam_b"));
    EXPECT_THAT(stack.problems, IsEmpty());
    EXPECT_EQ(stack.lines[0].control.on(PamCode::auth_err).kind, Reaction::Kind::die);
    EXPECT_EQ(stack.lines[1].control.on(PamCode::success).kind, Reaction::Kind::ok);
}

TEST(StackReader, AnIncludeTakesTheLinesOfItsOwnPart) {
    const Stack stack = stack_of({{"x", "auth include y\naccount include y\n"},
                                  {"y", "auth required pam_a.so\naccount required pam_b.so\n@include z\n"},
                                  {"z", "account required pam_c.so\nauth required pam_d.so\n"}});
    EXPECT_THAT(walked(stack), ElementsAre("pam_a", "pam_d"));
    EXPECT_THAT(walked(stack, Facility::account), ElementsAre("pam_b", "pam_c"));
}

TEST(StackReader, AWrongTypeIsOfThePartThatIsAskedFor) {
    const Stack stack = stack_of({{"x", "auht required pam_a.so\naccount include y\nauht include z\n"},
                                  {"y", "accuont required pam_b.so\n"},
                                  {"z", "auth required pam_c.so\n"}});
    EXPECT_THAT(walked(stack), ElementsAre("(broken)", "pam_c"));
    EXPECT_THAT(walked(stack, Facility::account), ElementsAre("(broken)"));
}

TEST(StackReader, CarriageReturnsAreAPartOfTheLastWord) {
    const Stack stack =
        stack_of({{"x", "auth required pam_a.so\r\nauth required pam_b.so arg\r\nauth include y\r\n"},
                  {"y", "auth required pam_c.so\n"}});
    EXPECT_THAT(walked(stack), ElementsAre("pam_a.so\r", "pam_b", "(broken)"));
    EXPECT_TRUE(stack.lines[0].is_missing);
    EXPECT_FALSE(stack.lines[1].is_missing);
    EXPECT_THAT(stack.lines[1].arguments, ElementsAre("arg\r"));
}

TEST(StackReader, AnAtIncludeAtTheEndNeedsNoEndOfLine) {
    EXPECT_THAT(
        walked(stack_of({{"x", "auth required pam_a.so\n@include y"}, {"y", "auth required pam_b.so"}})),
        ElementsAre("pam_a", "pam_b"));
    EXPECT_THAT(walked(stack_of({{"x", "-@INCLUDE [y] and more\n"}, {"y", "auth required pam_b.so"}})),
                ElementsAre("pam_b"));
}

TEST(StackReader, WithoutDebiansPatchAnAtIncludeIsABrokenLine) {
    for (const LibpamRules& rules : {rhel_9, fedora}) {
        const Stack stack = stack_of({{"x", "@include y\nauth required pam_a.so\n"}, {"y", ""}}, rules);
        EXPECT_EQ(stack.start, Start::works);
        EXPECT_THAT(walked(stack), ElementsAre("(broken)", "pam_a"));
    }
}

TEST(StackReader, AnAtIncludeOfNothingGivesTheServiceUp) {
    for (const LibpamRules& rules : {debian_12, debian_13}) {
        EXPECT_EQ(stack_of({{"x", "auth required pam_a.so\n@include none\n"}}, rules).start, Start::fails);
        EXPECT_EQ(
            stack_of({{"x", "auth required pam_a.so\n@include y\n"}, {"y", "auth required \\\n"}}, rules)
                .start,
            Start::fails);
    }
}

TEST(StackReader, AnIncludeOfNothingIsALineThatFails) {
    for (const LibpamRules& rules : {debian_12, debian_13, rhel_9, fedora}) {
        const Stack stack =
            stack_of({{"x", "auth include none\nauth substack none\nauth required pam_a.so\n"}}, rules);
        EXPECT_EQ(stack.start, Start::works);
        EXPECT_THAT(walked(stack), ElementsAre("(broken)", "(substack)", "(broken)", "pam_a"));
    }
}

TEST(StackReader, AnIncludeWithoutANameCrashesDebiansLibpamAlone) {
    for (const std::string line : {"auth include\n", "auth substack\n", "@include\n"}) {
        EXPECT_EQ(stack_of({{"x", line}}, debian_12).start, Start::crashes) << line;
        EXPECT_EQ(stack_of({{"x", line}}, debian_13).start, Start::crashes) << line;
        EXPECT_EQ(stack_of({{"x", line}}, rhel_9).start, Start::works) << line;
        EXPECT_EQ(stack_of({{"x", line}}, fedora).start, Start::works) << line;
    }
    EXPECT_THAT(walked(stack_of({{"x", "auth substack\n"}}, fedora)), ElementsAre("(substack)", "(broken)"));
}

TEST(StackReader, FifteenSubstacksAreTheMost) {
    for (const LibpamRules& rules : {debian_12, debian_13, rhel_9, fedora}) {
        const Stack fits = stack_of(chain(14, "auth substack"), rules);
        EXPECT_THAT(fits.problems, IsEmpty());
        EXPECT_THAT(walked(fits), Contains("pam_14"));
        EXPECT_EQ(fits.lines.back().level, 15U);
        const Stack stack = stack_of(chain(15, "auth substack"), rules);
        EXPECT_EQ(stack.start, Start::works);
        EXPECT_EQ(walked(stack).back(), "(broken)");
        EXPECT_THAT(stack.problems, ElementsAre(::testing::Field(&Remark::file, "/etc/pam.d/f14")));
    }
}

TEST(StackReader, IncludesCountSince160) {
    EXPECT_EQ(walked(stack_of(chain(30, "auth include"), debian_12)).back(), "pam_30");
    EXPECT_EQ(walked(stack_of(chain(30, "auth include"), rhel_9)).back(), "pam_30");
    for (const LibpamRules& rules : {debian_13, fedora}) {
        EXPECT_EQ(walked(stack_of(chain(14, "auth include"), rules)).back(), "pam_14");
        const std::vector<std::string> longer = walked(stack_of(chain(15, "auth include"), rules));
        EXPECT_EQ(longer.back(), "(broken)");
        EXPECT_EQ(longer[longer.size() - 2], "pam_14");
    }
    EXPECT_EQ(stack_of(chain(30, "@include"), debian_12).start, Start::works);
    EXPECT_EQ(stack_of(chain(14, "@include"), debian_13).start, Start::works);
    EXPECT_EQ(stack_of(chain(15, "@include"), debian_13).start, Start::fails);
}

TEST(StackReader, ACircleOfSubstacksEndsAtTheLimit) {
    for (const LibpamRules& rules : {debian_12, debian_13, rhel_9, fedora}) {
        const Stack stack = stack_of({{"x", "auth substack x\nauth required pam_a.so\n"}}, rules);
        EXPECT_EQ(stack.start, Start::works);
        EXPECT_THAT(walked(stack),
                    SizeIs(16 + 1 + 16));  // one substack line each, the broken one, one module each
    }
}

TEST(StackReader, ACircleOfIncludesEndsAtTheLimitSince160) {
    for (const LibpamRules& rules : {debian_13, fedora}) {
        const Stack stack = stack_of({{"x", "auth required pam_a.so\nauth include x\n"}}, rules);
        EXPECT_EQ(stack.start, Start::works);
        EXPECT_THAT(walked(stack), SizeIs(16 + 1));
    }
    EXPECT_EQ(stack_of({{"x", "@include x\n"}}, debian_13).start, Start::fails);
}

TEST(StackReader, ANameThatNoModuleCanHaveEndsTheFile) {
    for (const std::string name : {"?", "?.so", ".so", "/x/", "/x/.so"}) {
        const std::string line = "auth required " + name + "\n";
        EXPECT_EQ(stack_of({{"x", line}}, debian_12).start, Start::fails) << name;
        EXPECT_EQ(stack_of({{"x", line}}, fedora).start, Start::fails) << name;
    }
    EXPECT_EQ(stack_of({{"x", "auth required ?x\nauth required x?.so\n"}}).start, Start::works);
}

// Before 1.6.0 the line stays in libpam's list with a pointer that _pam_add_handler has not set, and the walk follows
// it: there is no result to foretell, and the worst is said.
TEST(StackReader, ANameThatNoModuleCanHaveInAnIncludedFileIsUnsetMemoryBefore160) {
    const Files files{{"x", "auth include y\nauth required pam_a.so\n"}, {"y", "auth required ?\n"}};
    EXPECT_EQ(stack_of(files, debian_12).start, Start::crashes);
    EXPECT_EQ(stack_of(files, rhel_9).start, Start::crashes);
    EXPECT_EQ(stack_of(files, debian_13).start, Start::works);
    EXPECT_EQ(walked(stack_of(files, fedora)).back(), "pam_a");
}

TEST(StackReader, TheFirstDirectoryThatHasTheServiceCounts) {
    for (const LibpamRules& rules : {debian_12, debian_13, rhel_9, fedora}) {
        EXPECT_THAT(walked(stack_of({{"/usr/lib/pam.d/x", "auth required pam_vendor.so\n"}}, rules)),
                    ElementsAre("pam_vendor"));
        EXPECT_THAT(walked(stack_of({{"/usr/lib/pam.d/x", "auth required pam_vendor.so\n"},
                                     {"x", "auth required pam_own.so\n"}},
                                    rules)),
                    ElementsAre("pam_own"));
    }
}

TEST(StackReader, DebianIncludesFromTheFirstDirectoryAlone) {
    const Files files{{"/usr/lib/pam.d/x", "auth include y\n"},
                      {"/usr/lib/pam.d/y", "auth required pam_a.so\n"}};
    EXPECT_THAT(walked(stack_of(files, debian_12)), ElementsAre("(broken)"));
    EXPECT_THAT(walked(stack_of(files, debian_13)), ElementsAre("(broken)"));
    EXPECT_THAT(walked(stack_of(files, rhel_9)), ElementsAre("pam_a"));
    EXPECT_THAT(walked(stack_of(files, fedora)), ElementsAre("pam_a"));
    EXPECT_THAT(walked(stack_of({{"x", "auth include /opt/y\n"}, {"/opt/y", "auth required pam_a.so\n"}})),
                ElementsAre("pam_a"));
}

TEST(StackReader, OtherStandsInForThePartsThatAreMissing) {
    const Stack stack = stack_of({{"x", "auth required pam_a.so\n"},
                                  {"other", "auth required pam_b.so\naccount required pam_c.so\n"}});
    EXPECT_THAT(walked(stack), ElementsAre("pam_a"));
    EXPECT_THAT(walked(stack, Facility::account), ElementsAre("pam_c"));
    EXPECT_EQ(stack.of(Facility::account).front().own_line, 0U);
    EXPECT_THAT(walked(stack, Facility::session), IsEmpty());
}

TEST(StackReader, OtherStandsInForAServiceWithoutAFile) {
    const Stack stack = stack_of({{"other", "auth required pam_b.so\n"}});
    EXPECT_EQ(stack.start, Start::works);
    EXPECT_THAT(walked(stack), ElementsAre("pam_b"));
    EXPECT_EQ(stack_of({}).start, Start::fails);
}

TEST(StackReader, OtherThatCannotBeReadStopsEveryService) {
    const Stack stack = stack_of({{"x", "auth required pam_a.so\n"}, {"other", "auth required \\\n"}});
    EXPECT_EQ(stack.start, Start::fails);
    EXPECT_THAT(walked(stack), ElementsAre("(broken)"));
    ASSERT_FALSE(stack.problems.empty());
    EXPECT_EQ(stack.problems.back().file, "/etc/pam.d/other");
    EXPECT_THAT(stack.problems.back().text, HasSubstr("nobody gets in"));
}

TEST(StackReader, ALineThatCannotBeReadIsNeverQuoted) {
    const Stack stack =
        stack_of({{"x", "@include /etc/shadow\n"}, {"/etc/shadow", "root:$y$secret:1::::::\n"}});
    EXPECT_EQ(walked(stack), std::vector<std::string>{"(broken)"});
    for (const Remark& remark : stack.problems)
        EXPECT_THAT(remark.text + remark.now, ::testing::Not(HasSubstr("secret")));
    EXPECT_THAT(stack.lines.front().text, IsEmpty());
}

}  // namespace

}  // namespace secondstep::tool
