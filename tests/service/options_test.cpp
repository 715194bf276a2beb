#include "secondstepd/options.h"

#include <gtest/gtest.h>

#include <vector>

#include "paths.h"
#include "support/lines_too_long.h"

namespace secondstep::service {
namespace {

using secondstep::testing::lines_too_long;

Result<Options> parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "secondstepd");
    return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

TEST(Options, NoneMeansTheBuiltInConfiguration) {
    const auto options = parse({});
    ASSERT_TRUE(options.has_value());
    EXPECT_EQ(options->config, paths::config_file);
    EXPECT_EQ(options->socket, "");
    EXPECT_FALSE(options->once || options->foreground || options->help || options->version);
}

TEST(Options, AreListedInEightyColumns) {
    EXPECT_EQ(lines_too_long(usage()), "");
}

TEST(Options, TheModulesTwoForms) {
    EXPECT_TRUE(parse({"--once"})->once);
    const auto with_config = parse({"--once", "--config", "/x/y"});
    EXPECT_TRUE(with_config->once);
    EXPECT_EQ(with_config->config, "/x/y");
}

TEST(Options, InEveryForm) {
    const auto options = parse({"--config=/c", "--socket", "/s", "--foreground", "--once"});
    ASSERT_TRUE(options.has_value());
    EXPECT_EQ(options->config, "/c");
    EXPECT_EQ(options->socket, "/s");
    EXPECT_TRUE(options->foreground && options->once);
}

TEST(Options, WhatIsNotKnownIsRefused) {
    for (const auto& wrong : std::vector<std::vector<const char*>>{{"--onc"},
                                                                   {"--verbose"},
                                                                   {"word"},
                                                                   {"--config"},
                                                                   {"--once", "word"},
                                                                   {"--once=yes"},
                                                                   {"--config", "a", "--config", "b"}}) {
        EXPECT_FALSE(parse(wrong).has_value()) << wrong.front();
    }
}

}  // namespace
}  // namespace secondstep::service
