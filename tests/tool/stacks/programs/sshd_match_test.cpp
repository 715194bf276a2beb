#include "stacks/programs/sshd_match.h"

#include <gtest/gtest.h>

#include "stacks/programs/sshd_patterns.h"

namespace secondstep::tool {

namespace {

Certainty holds(const std::string& words) {
    const SshdLogin alice{.user = "alice",
                          .groups = {"staff", "wheel"},
                          .host = "Client.Example",
                          .address = "192.0.2.7",
                          .local_address = "198.51.100.1",
                          .local_port = "2222"};
    return SshdMatch::parse(words).holds_for(alice);
}

TEST(SshdPatterns, AreThoseOfSsh) {
    for (const char* pattern : {"alice", "*", "a*e", "al?ce", "*ce", "a**", "?????"})
        EXPECT_TRUE(matches_pattern("alice", pattern)) << pattern;
    for (const char* pattern : {"", "alic", "alicee", "a?ice?", "b*", "*b", "??????"})
        EXPECT_FALSE(matches_pattern("alice", pattern)) << pattern;
}

TEST(SshdPatterns, ANegatedOneWinsWhereverItStands) {
    EXPECT_TRUE(matches_list("alice", "bob,alice"));
    EXPECT_FALSE(matches_list("alice", "*,!alice"));
    EXPECT_FALSE(matches_list("alice", "!alice,*"));
    EXPECT_FALSE(matches_list("alice", "!bob")) << "nothing but negated patterns matches nobody";
    EXPECT_TRUE(some_matches_list({"a", "b"}, "b"));
    EXPECT_FALSE(some_matches_list({"a", "b"}, "*,!b"));
}

TEST(SshdPatterns, AddressesAreNetworksToo) {
    EXPECT_TRUE(address_matches_list("192.0.2.7", "192.0.2.0/24"));
    EXPECT_FALSE(address_matches_list("192.0.3.7", "192.0.2.0/24"));
    EXPECT_TRUE(address_matches_list("192.0.2.7", "192.0.2.*"));
    EXPECT_FALSE(address_matches_list("192.0.2.7", "0.0.0.0/0,!192.0.2.7"));
    EXPECT_TRUE(address_matches_list("2001:db8::1", "2001:db8::/32"));
    EXPECT_FALSE(address_matches_list("192.0.2.7", "local")) << "a word of ours, not of sshd";
}

TEST(SshdMatchLine, HoldsIfEachOfItsCriteriaDoes) {
    for (const char* words :
         {"all", "User alice", "user=alice", "Group wheel", "Host client.example", "Address 192.0.2.0/24",
          "LocalAddress 198.51.100.1", "LocalPort 2222", "User a* Group staff LocalPort 2222"})
        EXPECT_EQ(holds(words), Certainty::yes) << words;
    for (const char* words : {"User bob", "Group guests", "Address 10.0.0.0/8", "LocalPort 22",
                              "User alice Group guests", "Group *,!wheel"})
        EXPECT_EQ(holds(words), Certainty::no) << words;
}

TEST(SshdMatchLine, WhatOnlySshdKnowsCannotBeTold) {
    EXPECT_EQ(holds("RDomain x"), Certainty::cannot_tell);
    EXPECT_EQ(holds(""), Certainty::cannot_tell);
    EXPECT_EQ(holds("User alice Invented x"), Certainty::cannot_tell);
    EXPECT_EQ(holds("User bob RDomain x"), Certainty::no) << "whatever the other would say";
}

}  // namespace

}  // namespace secondstep::tool
