#include "check/module_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "check/libpam_here.h"
#include "paths.h"
#include "stacks/stack_of_text.h"
#include "tool_world.h"

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

namespace secondstep::tool {

namespace {

using namespace std::string_literals;

class Modules : public ::testing::Test {
  protected:
    Modules() {
        for (const char* name : {"a", "b"})
            std::filesystem::create_directory(file(name));
    }
    [[nodiscard]] ModuleFiles modules() const { return ModuleFiles({file("a"), file("b")}); }
    [[nodiscard]] std::string file(const std::string& name) const { return directory_.file(name); }
    void module(const std::string& name, const std::string& more = "") const {
        secondstep::testing::write_file(file(name),
                                        "\x7f"
                                        "ELF\0"s +
                                            more + "\0"s);
    }
    [[nodiscard]] bool is_missing(const std::string& path) const {
        Stack stack = secondstep::testing::stack_of("s", {{"s", "auth required " + path + "\n"}});
        modules().mark_missing(stack);
        return stack.lines.at(0).is_missing;
    }
    [[nodiscard]] Remarks versions() const {
        return modules().versions(
            {secondstep::testing::stack_of("s", {{"s", "auth required pam_secondstep.so\n"}})});
    }
    secondstep::testing::TemporaryDirectory directory_;
};

TEST_F(Modules, AreLookedForInEachDirectoryAndByTheirPath) {
    module("a/pam_a.so");
    module("b/pam_b.so");
    EXPECT_FALSE(is_missing("pam_a.so"));
    EXPECT_FALSE(is_missing("pam_b.so"));
    EXPECT_FALSE(is_missing(file("b/pam_b.so")));
    EXPECT_TRUE(is_missing("pam_c.so"));
    EXPECT_TRUE(is_missing(file("a/pam_b.so")));
    EXPECT_TRUE(is_missing("pam_b")) << "libpam adds no ending";
}

TEST_F(Modules, WhatIsNoLibraryCannotBeOpened) {
    secondstep::testing::write_file(file("a/pam_empty.so"), "");
    secondstep::testing::write_file(file("a/pam_text.so"), "#!/bin/sh\n");
    std::filesystem::create_directory(file("a/pam_folder.so"));
    std::filesystem::create_symlink("nowhere", file("a/pam_link.so"));
    for (const char* name : {"pam_empty.so", "pam_text.so", "pam_folder.so", "pam_link.so"})
        EXPECT_TRUE(is_missing(name)) << name;
}

TEST_F(Modules, WhatCannotBeToldIsNotMissing) {
    EXPECT_FALSE(is_missing("/lib/security/$ISA/pam_unix.so"));
    Stack stack = secondstep::testing::stack_of("s", {{"s", "auth required pam_x.so\n"}});
    ModuleFiles({}).mark_missing(stack);
    EXPECT_FALSE(stack.lines.at(0).is_missing);
}

TEST_F(Modules, TellWhichVersionTheyAreOf) {
    module("a/pam_secondstep.so", "..."s + '\0' + paths::version_mark);
    EXPECT_THAT(versions(), IsEmpty());
    module("a/pam_secondstep.so", "secondstep-version=0.0.1");
    ASSERT_THAT(versions(), SizeIs(1));
    EXPECT_EQ(versions()[0].finding, Finding::module_version);
    EXPECT_THAT(versions()[0].text, AllOf(HasSubstr("is of version 0.0.1"), HasSubstr(paths::version)));
    module("a/pam_secondstep.so");
    EXPECT_THAT(versions().at(0).text, HasSubstr("an older version"));
    std::filesystem::remove(file("a/pam_secondstep.so"));
    EXPECT_THAT(versions(), IsEmpty()) << "that it is missing is another finding";
}

TEST_F(Modules, TheServiceToo) {
    EXPECT_THAT(service_program_remarks(file("none")), IsEmpty());
    module("secondstepd", "secondstep-version=0.0.1");
    EXPECT_THAT(service_program_remarks(file("secondstepd")), SizeIs(1));
    module("secondstepd", paths::version_mark);
    EXPECT_THAT(service_program_remarks(file("secondstepd")), IsEmpty());
}

TEST(LibpamHere, SaysWhereItsModulesAre) {
    EXPECT_THAT(module_directories_in("x\0/lib/security\0$ISA\0/lib/x86_64-linux-gnu/security/\0/lib/secH\0"s
                                      "../../lib64/security\0/etc/security/x\0"s),
                ElementsAre("/lib/security", "/lib/x86_64-linux-gnu/security"));
}

// The one that the tests themselves are linked with.
TEST(LibpamHere, ThisMachinesOwnIsFoundAndKnown) {
    const LibpamHere here = libpam_here("");
    ASSERT_TRUE(here.rules);
    ASSERT_THAT(here.module_directories, ::testing::Not(IsEmpty()));
    Stack stack =
        secondstep::testing::stack_of("s", {{"s", "auth required pam_deny.so\nauth required pam_none.so\n"}});
    ModuleFiles(here.module_directories).mark_missing(stack);
    EXPECT_FALSE(stack.lines.at(0).is_missing);
    EXPECT_TRUE(stack.lines.at(1).is_missing);
    EXPECT_FALSE(libpam_here("/nonexistent").rules);
}

}  // namespace

}  // namespace secondstep::tool
