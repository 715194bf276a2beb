#include <gmock/gmock.h>

#include <filesystem>
#include <functional>

#include "tool_world.h"
#include "verb_calls.h"

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

namespace secondstep::testing {

namespace {

class Names : public ToolWorld {
  protected:
    Names() { set_up(); }
};

// What is refused is the name: with a good one the same words are none that the verb does not understand.
TEST_F(Names, ThatCannotBeNamesAreRefusedByEveryVerb) {
    const std::vector<std::string> bad{"a/b",   "..", ".",        "a\nb", std::string(81, 'a'),
                                       "a\xff", "",   "a\x1b[31m"};
    const auto refuses = [&](const std::function<std::vector<std::string>(const std::string&)>& call) {
        const std::string verb = call("").front();
        EXPECT_NE(tool(call("p.nobody")).status, 2) << verb;
        for (const std::string& name : bad) {
            const Finished done = tool(call(name));
            EXPECT_EQ(done.status, 2) << verb << " " << name << ": " << done.err;
            EXPECT_THAT(done.err, StartsWith("secondstep: "));
            EXPECT_EQ(done.err.find('\x1b'), std::string::npos);
        }
    };
    for (const tool::Command& command : tool::commands()) {
        if (takes_a_user(command)) refuses([&](const std::string& name) { return call_of(command, name); });
    }
    refuses([](const std::string& name) {
        return std::vector<std::string>{"recovery-codes", "--renew", "--yes", name};
    });
    refuses([](const std::string& name) { return std::vector<std::string>{"clients", "drop", name}; });
    static_cast<void>(tool({"disable", "p.nobody", "--yes"}));
    EXPECT_EQ(json({"status"}).size(), 0U);
}

TEST_F(Names, OfNobodyAreToldFromPeopleWithoutASecondStep) {
    const std::vector<std::vector<std::string>> verbs{
        {"recovery-codes"},   {"recovery-codes", "--renew", "--yes"},
        {"disable", "--yes"}, {"unlock"},
        {"re-enroll"},        {"temporary-code"}};
    for (const auto& verb : verbs) {
        std::vector<std::string> arguments = verb;
        arguments.push_back("nobody.by.this.name");
        EXPECT_EQ(tool(arguments).status, 3) << verb[0];
        arguments.back() = me();
        const Finished done = tool(arguments);
        EXPECT_EQ(done.status, 6) << verb[0];
        EXPECT_THAT(done.err, HasSubstr("has no second step"));
        EXPECT_THAT(done.out, IsEmpty());
    }
}

class Usage : public ToolWorld {};

TEST_F(Usage, IsExplained) {
    const Finished help = run_program({SECONDSTEP_TOOL, "help"});
    EXPECT_EQ(help.status, 0);
    for (const tool::Command& command : tool::commands()) {
        const std::string verb(command.verb);
        EXPECT_THAT(help.out, HasSubstr("\n  " + verb));
        const Finished one = run_program({SECONDSTEP_TOOL, verb, "--help"});
        EXPECT_EQ(one.status, 0);
        EXPECT_THAT(one.out, StartsWith("Usage: secondstep " + verb));
        EXPECT_EQ(run_program({SECONDSTEP_TOOL, "help", verb}).out, one.out);
    }
    for (const std::string& line : lines_of(help.out))
        EXPECT_LE(line.size(), 80U) << line;
    EXPECT_THAT(run_program({SECONDSTEP_TOOL, "--version"}).out, StartsWith("secondstep "));
}

TEST_F(Usage, IsCheckedBeforeAnythingElse) {
    EXPECT_EQ(run_program({SECONDSTEP_TOOL}).status, 2);
    EXPECT_EQ(run_program({SECONDSTEP_TOOL, "explode"}).status, 2);
    EXPECT_EQ(run_program({SECONDSTEP_TOOL, "--config"}).status, 2);
    EXPECT_EQ(run_program({SECONDSTEP_TOOL, "--configuration=x", "status"}).status, 2);
    EXPECT_EQ(tool({"enroll"}).status, 2);
    EXPECT_EQ(tool({"disable", "a", "b"}).status, 2);
    EXPECT_EQ(tool({"doctor", "x"}).status, 2);
    EXPECT_EQ(tool({"status", "--enrolled", "--not-enrolled"}).status, 2);
    EXPECT_EQ(tool({"status", "--method", "carrier-pigeon"}).status, 2);
    EXPECT_EQ(tool({"recovery-codes", me(), "--save", file("x")}).status, 2);
}

TEST_F(Usage, WithoutAStoreIsUnavailable) {
    for (const std::vector<std::string>& verb :
         std::vector<std::vector<std::string>>{{"status"},
                                               {"enroll", me(), "--no-confirm"},
                                               {"disable", me(), "--yes"},
                                               {"unlock", me()},
                                               {"doctor"}}) {
        const Finished done = tool(verb);
        EXPECT_EQ(done.status, 4) << verb[0] << done.err;
        EXPECT_THAT(done.err + done.out, HasSubstr("setup"));
    }
    EXPECT_EQ(run_program({SECONDSTEP_TOOL, "--config", file("absent"), "status"}).status, 4);
    write_config("no_such_option = 1\n");
    const Finished bad = tool({"status"});
    EXPECT_EQ(bad.status, 4);
    EXPECT_THAT(bad.err, HasSubstr("secondstep.conf:9"));
}

TEST_F(Usage, OfSomebodyElsesStoreNeedsRoot) {
    write_config();
    std::string config = content_of(file("secondstep.conf"));
    config.replace(config.find("service_account = " + me()), 18 + me().size(), "service_account = root");
    write_file(file("secondstep.conf"), config);
    std::filesystem::copy_file(SECONDSTEP_TOOL, file("secondstep"));
    std::filesystem::permissions(directory_.path(), std::filesystem::perms{0755});
    std::filesystem::permissions(file("secondstep.conf"), std::filesystem::perms{0644});
    std::vector<std::string> words{file("secondstep"), "--config", file("secondstep.conf")};
    if (::geteuid() == 0)  // root may do it; daemon may not
        words.insert(words.begin(),
                     {"/usr/bin/setpriv", "--reuid=daemon", "--regid=daemon", "--clear-groups"});
    for (const std::vector<std::string>& verb :
         std::vector<std::vector<std::string>>{{"unlock", "root"}, {"setup"}, {"doctor"}}) {
        std::vector<std::string> call = words;
        call.insert(call.end(), verb.begin(), verb.end());
        const Finished done = run_program(call);
        EXPECT_EQ(done.status, 5) << done.err;
        EXPECT_THAT(done.err, HasSubstr("as root"));
    }
}

}  // namespace

}  // namespace secondstep::testing
