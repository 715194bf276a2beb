// What portals write into the names of a key, none of which makes a code.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/text.h"
#include "otp/otpauth_uri.h"
#include "support/seeded_randomness.h"

namespace secondstep::otp {
namespace {

// Of a URI with the usual key: the label, then what stands behind the secret.
std::string with_key(std::string_view label, std::string_view parameters) {
    return "otpauth://" + std::string(label) + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" +
           std::string(parameters);
}

Secret rfc_key() {
    return Secret::copy_of(std::string_view("12345678901234567890"));
}

// "web01|alice", what the label calls the issuer otherwise, and what is remarked: "?" what is in doubt.
std::string names_read(std::string_view text) {
    const auto uri = parse_otpauth_uri(text);
    if (!uri) return "refused: " + uri.error().detail;
    std::string names = uri->key.issuer + "|" + uri->key.account;
    if (!uri->label_issuer.empty()) names += "|" + uri->label_issuer;
    for (const Remark& remark : uri->remarks)
        names += remark.in_doubt ? "?" : "!";
    return names;
}

// Portals put into names whatever they are called; none of it makes a code.
TEST(OtpauthUriNames, NamesDecideNothing) {
    struct Row {
        std::string label;
        std::string parameters;
        std::string names;
    };
    for (const Row& row : std::vector<Row>{
             {"totp/Contoso%3Aalice%40contoso.example", "&issuer=Microsoft",
              "Microsoft|alice@contoso.example|Contoso"},
             {"totp/Acme%20Cloud:alice", "&issuer=Acme+Cloud", "Acme Cloud|alice"},
             {"totp/alice+tag@example.org", "", "|alice+tag@example.org"},
             {"totp/Gate:alice@proxy.example:3080", "&issuer=Gate", "Gate|alice@proxy.example 3080"},
             {"totp/Contoso:Sales:alice", "&issuer=Contoso", "Contoso|Sales alice"},
             {"totp/https%3A%2F%2Fid.example:alice", "&issuer=https%3A%2F%2Fid.example", "id.example|alice"},
             {"totp/https%3A%2F%2Fid.example%3Aalice", "", "id.example|alice"},
             {"totp/https://id.example:alice", "", "id.example|alice"},
             {"totp", "", "|"},
             {"totp/", "&issuer=Acme", "Acme|"},
             {"totp/Acme:", "", "Acme|"},
             {"totp/caf%E9:alice", "", "caf\xc3\xa9|alice"},
             {"totp/caf%C3%A9:alice", "&issuer=caf%E9", "caf\xc3\xa9|alice"},
             {"totp/Acme#2:alice", "", "Acme#2|alice"},
             {"totp/Acme:alice", "&issuer=Acme#2", "Acme#2|alice|Acme"},
             {"totp/AT&T:alice", "&issuer=AT&T", "AT&T|alice"},
             {"totp/AT%26T:alice", "&issuer=AT%26T&digits=6", "AT&T|alice"},
             {"totp/AT&T:alice", "&issuer=AT&T&algorithm&digits=6", "AT&T|alice"},
             {"totp/Who?:alice", "&issuer=Who?", "Who?|alice"},
             {"totp/100%:alice", "", "100%|alice"},
             {"totp/a%0Ab", "&issuer=x%0Ay", "x?y|a?b"},
             {"totp/a%1B%5B2J", "", "|a?[2J"},
             {"totp/" + std::string(300, 'a'), "", "|" + std::string(252, 'a') + "..."},
         }) {
        EXPECT_EQ(names_read(with_key(row.label, row.parameters)), row.names) << row.label << row.parameters;
    }
}

// Bytes as they come, raw where a URI can hold them so; but for what divides parameters.
std::string random_part(testing::SeededRandomness& random) {
    std::string part;
    const std::size_t length = random.array<1>()[0] % 20U;
    for (std::size_t i = 0; i < length; ++i) {
        const auto [byte, how] = random.array<2>();
        const bool divides = byte == '&' || byte == '?' || byte == '\0';
        if (divides || how % 2 == 0) {
            part += "%" + hex(ByteView(&byte, 1));
        } else {
            part += static_cast<char>(byte);
        }
    }
    return part;
}

TEST(OtpauthUriNames, NoNameEverChangesAKey) {
    testing::SeededRandomness random;
    for (int i = 0; i < 20000; ++i) {
        const std::string text = with_key("totp/" + random_part(random), "&issuer=" + random_part(random));
        const auto uri = parse_otpauth_uri(text);
        ASSERT_TRUE(uri.has_value()) << text << ": " << uri.error().detail;
        ASSERT_TRUE(equal_in_constant_time(uri->key.key, rfc_key())) << text;
        ASSERT_TRUE(uri->key.form == CodeForm(six_digits()) &&
                    uri->key.moving == Moving(TotpMoving{thirty_seconds()}))
            << text;
        ASSERT_TRUE(uri->remarks.empty()) << text;
        ASSERT_FALSE(has_control_characters(uri->key.issuer + uri->key.account + uri->label_issuer)) << text;
    }
}

// A user's name must be the very one.
TEST(OtpauthUriNames, SaysThatAnAccountWasCut) {
    for (const std::string_view cut : {"totp/Gate:a:1", "totp/a%0Ab", "totp/caf%E9"})
        EXPECT_TRUE(parse_otpauth_uri(with_key(cut, "&issuer=Gate"))->account_cut) << cut;
    for (const std::string_view whole : {"totp/Gate:a", "totp/a", "totp/caf%C3%A9", "totp/Gate:%20a"})
        EXPECT_FALSE(parse_otpauth_uri(with_key(whole, "&issuer=Gate"))->account_cut) << whole;
}

}  // namespace
}  // namespace secondstep::otp
