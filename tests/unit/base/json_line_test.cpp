#include "base/json_line.h"

#include <gtest/gtest.h>

namespace secondstep {
namespace {

using dialogue::JsonLine;

TEST(JsonLine, WritesOneObjectInTheOrderOfItsKeys) {
    JsonLine line;
    line.add("text", "a b");
    line.add("yes", true);
    line.add("no", false);
    line.add("number", std::size_t{12});
    line.add("time", from_unix(1'800'000'000));
    line.add("unset", never);
    line.add_null("nothing");
    line.raw("list", "[1,2]");
    EXPECT_EQ(std::move(line).finish(),
              R"({"text":"a b","yes":true,"no":false,"number":12,"time":1800000000,"unset":null,)"
              R"("nothing":null,"list":[1,2]})");
    EXPECT_EQ(JsonLine().finish(), "{}");
}

TEST(JsonLine, NoTextGetsOutOfItsQuotes) {
    JsonLine line;
    line.add(R"(k")", "a\"b\\c\nd\x1b[2J");
    EXPECT_EQ(std::move(line).finish(), R"({"k\"":"a\"b\\c?d?[2J"})");
}

}  // namespace
}  // namespace secondstep
