#include "arguments.h"

#include <gtest/gtest.h>

#include "paths.h"

namespace secondstep::module {
namespace {

using Earlier = Arguments::EarlierPassword;

std::expected<Arguments, Complaints> parsed(const std::vector<std::string>& words) {
    std::vector<const char*> pointers;
    for (const std::string& word : words)
        pointers.push_back(word.c_str());
    return parse_arguments(pointers);
}

Arguments good(const std::vector<std::string>& words) {
    auto arguments = parsed(words);
    if (!arguments) throw std::runtime_error(arguments.error().front());
    return std::move(*arguments);
}

TEST(Arguments, HaveTheDocumentedDefaults) {
    const Arguments arguments = good({});
    EXPECT_EQ(arguments.socket, paths::service_socket);
    EXPECT_EQ(arguments.config, "");
    EXPECT_FALSE(arguments.first_factor_passed);
    EXPECT_FALSE(arguments.combined);
    EXPECT_FALSE(arguments.enroll_in_account);
    EXPECT_FALSE(arguments.debug);
    EXPECT_EQ(arguments.earlier_password, Earlier::ignore);
}

TEST(Arguments, EachWordChangesItsDefault) {
    EXPECT_EQ(good({"conf=/etc/x.conf"}).config, "/etc/x.conf");
    EXPECT_EQ(good({"socket=/run/x.sock"}).socket, "/run/x.sock");
    EXPECT_TRUE(good({"first_factor=passed"}).first_factor_passed);
    EXPECT_TRUE(good({"prompt=combined"}).combined);
    EXPECT_FALSE(good({"prompt=separate"}).combined);
    EXPECT_TRUE(good({"enroll=account"}).enroll_in_account);
    EXPECT_EQ(good({"use_first_pass"}).earlier_password, Earlier::insist);
    EXPECT_EQ(good({"try_first_pass"}).earlier_password, Earlier::try_it);
    EXPECT_TRUE(good({"debug"}).debug);
}

TEST(Arguments, AllTogether) {
    const Arguments arguments =
        good({"conf=/c", "socket=/s", "first_factor=passed", "prompt=combined", "try_first_pass", "debug"});
    EXPECT_EQ(arguments.config, "/c");
    EXPECT_TRUE(arguments.first_factor_passed && arguments.combined && arguments.debug);
}

TEST(Arguments, UnknownWordsAreRefused) {
    for (const char* word :
         {"nullok", "", "debug=1", "conf", "conf=", "conf=relative", "socket=", "socket=run/x",
          "first_factor=yes", "first_factor=", "first_factor", "prompt=both", "prompt=", "Use_first_pass",
          "enroll=", "enroll=always", " debug"}) {
        EXPECT_FALSE(parsed({word})) << word;
    }
}

TEST(Arguments, SocketPathsThatCannotBeAreRefused) {
    EXPECT_TRUE(parsed({"socket=/" + std::string(106, 'x')}));
    EXPECT_FALSE(parsed({"socket=/" + std::string(107, 'x')}));
}

TEST(Arguments, RepeatedWordsAreRefused) {
    EXPECT_FALSE(parsed({"conf=/a", "conf=/a"}));
    EXPECT_FALSE(parsed({"prompt=combined", "prompt=separate"}));
    EXPECT_FALSE(parsed({"use_first_pass", "try_first_pass"}));
    EXPECT_FALSE(parsed({"debug", "debug"}));
}

TEST(Arguments, AllComplaintsAreGathered) {
    const auto arguments = parsed({"nullok", "conf=x", "debug", "what\nfake log line"});
    ASSERT_FALSE(arguments);
    EXPECT_EQ(arguments.error(),
              (Complaints{"argument \"nullok\": unknown", "argument \"conf=x\": the path must begin with /",
                          "argument \"what?fake log line\": unknown"}));
}

}  // namespace
}  // namespace secondstep::module
