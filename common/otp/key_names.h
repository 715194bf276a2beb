#pragma once

#include <string>
#include <string_view>

namespace secondstep::otp {

// The names of a key, which describe it and decide nothing. Any bytes.
struct KeyNames {
    std::string issuer;
    std::string account;
    std::string label_issuer;  // where the label names another one than the issuer beside it; else empty
};

// Of "ISSUER:ACCOUNT", and the issuer that stands beside it or is empty. That one counts: it is the newer of
// the two in the "Key Uri Format" of Google Authenticator.
//   "GitHub:alice", ""                          => GitHub, alice
//   "alice", "GitHub"                           => GitHub, alice
//   "Contoso:alice", "Microsoft"                => Microsoft, alice; Contoso in its label
//   "https://id.example:alice", ""              => https://id.example, alice
//   "Gate:alice@proxy.example:3080", "Gate"     => Gate, alice@proxy.example:3080
[[nodiscard]] KeyNames names_of_label(std::string_view label, std::string_view issuer);

// The same of the label of a URI, percent-encoded: there a ':' that is not encoded divides it before one that
// is. A '%' without two hexadecimal digits stands for itself.
[[nodiscard]] KeyNames names_of_encoded_label(std::string_view label, std::string_view issuer);

}  // namespace secondstep::otp
