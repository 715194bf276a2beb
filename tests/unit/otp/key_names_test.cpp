#include "otp/key_names.h"

#include <gtest/gtest.h>

namespace secondstep::otp {
namespace {

std::string shown(const KeyNames& names) {
    return names.issuer + "|" + names.account + (names.label_issuer.empty() ? "" : "|" + names.label_issuer);
}

std::string plain(std::string_view label, std::string_view issuer) {
    return shown(names_of_label(label, issuer));
}

std::string encoded(std::string_view label, std::string_view issuer) {
    return shown(names_of_encoded_label(label, issuer));
}

TEST(KeyNames, TheIssuerBesideTheLabelCounts) {
    EXPECT_EQ(plain("GitHub:alice", ""), "GitHub|alice");
    EXPECT_EQ(plain("alice", "GitHub"), "GitHub|alice");
    EXPECT_EQ(plain("GitHub:alice", "GitHub"), "GitHub|alice");
    EXPECT_EQ(plain("github : alice", " GitHub "), "GitHub|alice");
    EXPECT_EQ(plain("Contoso:alice", "Microsoft"), "Microsoft|alice|Contoso");
    EXPECT_EQ(plain("", ""), "|");
    EXPECT_EQ(plain(":", ""), "|");
}

TEST(KeyNames, AnIssuerMayHaveColons) {
    EXPECT_EQ(plain("a:b:c", "a:b"), "a:b|c");
    EXPECT_EQ(plain("https://id.example:alice", ""), "https://id.example|alice");
    EXPECT_EQ(plain("https://id.example", ""), "|https://id.example");
    EXPECT_EQ(plain("Gate:alice@proxy.example:3080", "Gate"), "Gate|alice@proxy.example:3080");
}

TEST(KeyNames, AColonThatIsNotEncodedDividesFirst) {
    EXPECT_EQ(encoded("a%3Ab:c", ""), "a:b|c");
    EXPECT_EQ(encoded("a%3Ab", ""), "a|b");
    EXPECT_EQ(encoded("a%3Ab%3Ac", "a:b"), "a:b|c");
    EXPECT_EQ(encoded("100%:alice", ""), "100%|alice");
}

}  // namespace
}  // namespace secondstep::otp
