#include <gmock/gmock.h>

#include "tool_world.h"

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

namespace secondstep::testing {

namespace {

constexpr char passphrase[] = "correct horse battery staple";

class Export : public ToolWorld {
  protected:
    Export() {
        set_up();
        uri_ = enroll(me())["uri"];
        write_file(file("passphrase"), std::string(passphrase) + "\n");
    }
    Finished sealed(const std::string& format) {
        return tool({"export", "--all", "--format", format, "--password-file", file("passphrase")});
    }
    std::string uri_;
};

TEST_F(Export, IsSealedUnlessPlainIsSaid) {
    const Finished done = sealed("otpauth");
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.out, StartsWith("-----BEGIN CMS-----"));
    EXPECT_THAT(done.out, Not(HasSubstr("otpauth")));
    const Finished plain = tool({"export", "--all", "--format", "otpauth", "--plain", "--yes"});
    EXPECT_EQ(plain.out, uri_ + "\n");
    const Finished asked = tool({"export", "--all", "--plain"});
    EXPECT_EQ(asked.status, 1);
    EXPECT_EQ(asked.out, "");
}

TEST_F(Export, OpensWithOpenSslAlone) {
    write_file(file("sealed"), sealed("otpauth").out);
    const Finished opened = run_program({"/usr/bin/openssl", "cms", "-decrypt", "-inform", "PEM", "-in",
                                         file("sealed"), "-pwri_password", passphrase});
    EXPECT_EQ(opened.status, 0) << opened.err;
    EXPECT_EQ(opened.out, uri_ + "\n");
}

TEST_F(Export, ComesBackByImport) {
    for (const char* format : {"otpauth", "csv"}) {
        write_file(file("sealed"), sealed(format).out);
        const std::vector<std::string> import{"import", format, file("sealed"), "--password-file",
                                              file("passphrase")};
        const Finished same = tool(import);
        EXPECT_EQ(same.status, 0) << same.err;
        EXPECT_THAT(same.out, HasSubstr("1 unchanged"));
        ASSERT_EQ(tool({"disable", me(), "--yes"}).status, 0);
        const Finished back = tool(import);
        EXPECT_EQ(back.status, 0) << back.out << back.err;
        EXPECT_THAT(back.out, HasSubstr("1 imported"));
        EXPECT_EQ(tool({"export", "--all", "--format", "otpauth", "--plain", "--yes"}).out, uri_ + "\n");
    }
}

TEST_F(Export, DoesNotOpenWithAnotherPassphrase) {
    write_file(file("sealed"), sealed("csv").out);
    write_file(file("other"), "correct horse battery stable\n");
    const Finished refused = tool({"import", "csv", file("sealed"), "--password-file", file("other")});
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("passphrase"));
}

TEST_F(Export, AChangedOneDoesNotOpen) {
    const std::string good = sealed("csv").out;
    const std::size_t end = good.find("\n-----END");
    // What was sealed, and at the end the tag over it. (A change of the passphrase's salt does not open
    // either, and one of the wrapping's initial vector changes nothing that is sealed.)
    for (const std::size_t place : {end * 3 / 4, end - 12}) {
        std::string text = good;
        text[place] = text[place] == 'A' ? 'B' : 'A';
        write_file(file("sealed"), text);
        const Finished refused =
            tool({"import", "csv", file("sealed"), "--password-file", file("passphrase")});
        EXPECT_EQ(refused.status, 1) << place;
        EXPECT_THAT(refused.err, HasSubstr("changed"));
    }
}

TEST_F(Export, ShortPassphrasesAreRefused) {
    write_file(file("passphrase"), "short\n");
    const Finished refused = sealed("csv");
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("12 characters"));
}

TEST_F(Export, AFileIsPrivateAndNeverReplaced) {
    ASSERT_EQ(tool({"export", me(), "--password-file", file("passphrase"), "--output", file("out")}).status,
              0);
    EXPECT_EQ(mode_of(file("out")), mode_t{0600});
    EXPECT_NE(tool({"export", me(), "--password-file", file("passphrase"), "--output", file("out")}).status,
              0);
}

TEST_F(Export, OfACounterGivesTheNextOne) {
    ASSERT_EQ(tool({"disable", me(), "--yes"}).status, 0);
    const auto enrolled = enroll(me(), {"--method", "hotp", "--counter", "5"});
    const Finished plain = tool({"export", me(), "--format", "otpauth", "--plain", "--yes"});
    EXPECT_THAT(plain.out, HasSubstr("counter=5"));
    change_state(me(), [&](State& state) {
        state.uses.back().used = true;
        state.uses.back().last = 11;
    });
    EXPECT_THAT(tool({"export", me(), "--format", "otpauth", "--plain", "--yes"}).out,
                HasSubstr("counter=12"));
}

TEST_F(Export, WordsAreChecked) {
    EXPECT_EQ(tool({"export"}).status, 2);
    EXPECT_EQ(tool({"export", me(), "--all"}).status, 2);
    EXPECT_EQ(tool({"export", me(), "--format", "xml", "--plain", "--yes"}).status, 2);
    EXPECT_EQ(tool({"export", "daemon", "--plain", "--yes"}).status, 6);
}

}  // namespace

}  // namespace secondstep::testing
