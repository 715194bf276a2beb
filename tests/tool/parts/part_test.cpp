// Programs that not everybody installs: where they are looked for, and what is said when they are not there.
#include "parts/part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tool_world.h"

namespace secondstep::tool {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Part, OfTheReadersLiesBesideThisProgram) {
    const std::filesystem::path own = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    EXPECT_EQ(std::filesystem::path(program_of(Part::qr_reader)).lexically_normal(),
              (own / "../libexec/secondstep/secondstep-qr-reader").lexically_normal());
    EXPECT_EQ(std::filesystem::path(program_of(Part::pskc_reader)).lexically_normal(),
              (own / "../libexec/secondstep/secondstep-pskc-reader").lexically_normal());
    EXPECT_FALSE(is_installed(Part::pskc_reader));
}

// The tool as it was built, in a place where nothing lies beside it.
class ToolWithoutParts : public testing::ToolWorld {
  protected:
    ToolWithoutParts() {
        set_up();
        std::filesystem::create_directories(file("alone/bin"));
        std::filesystem::copy_file(SECONDSTEP_TOOL, file("alone/bin/secondstep"));
        testing::write_file(file("tokens.xml"),
                            R"(<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"/>)");
        testing::write_file(file("tokens.csv"),
                            "user,serial,secret\nalice,1,GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n");
        testing::write_file(file("shot.png"), "\x89PNG");
        for (const char* const name : {"tokens.xml", "tokens.csv", "shot.png"})
            std::filesystem::permissions(file(name), std::filesystem::perms{0600});
    }
    [[nodiscard]] testing::Finished alone(const std::vector<std::string>& arguments) const {
        std::vector<std::string> call = words(arguments);
        call.front() = file("alone/bin/secondstep");
        return testing::run_program(call);
    }
};

TEST_F(ToolWithoutParts, NamesThePackageOfTheReaderOfPskc) {
    const auto done = alone({"import", "pskc", file("tokens.xml")});
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err, AllOf(HasSubstr("The reader of PSKC files is not installed: "),
                                HasSubstr(how_to_install(Part::pskc_reader)), Not(HasSubstr("libexec"))));
}

TEST_F(ToolWithoutParts, NamesThePackageOfTheReaderOfPictures) {
    const auto done = alone({"import", "otpauth", "--qr", file("shot.png")});
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.err, AllOf(HasSubstr("The reader of pictures is not installed: "),
                                HasSubstr(how_to_install(Part::qr_reader)), HasSubstr("setup key"),
                                Not(HasSubstr("libexec"))));
}

TEST_F(ToolWithoutParts, SaysBeforehandWhatNeedsWhichPackage) {
    const auto help = alone({"import", "--help"});
    EXPECT_EQ(help.status, 0);
    // Words are wrapped; each of these is one.
    for (const Part part : {Part::qr_reader, Part::pskc_reader}) {
        const std::string from = where_from(part);
        EXPECT_THAT(help.out, HasSubstr(from.substr(from.rfind(' ') + 1)));
    }
}

// What is no PSKC needs no reader of it.
TEST_F(ToolWithoutParts, SaysWhatAFileIsWithoutAReader) {
    const auto done = alone({"import", "pskc", file("tokens.csv")});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out + done.err,
                AllOf(HasSubstr("no key was found in it"), Not(HasSubstr("not installed"))));
}

}  // namespace
}  // namespace secondstep::tool
