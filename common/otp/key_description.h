#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "otp/hotp.h"
#include "otp/totp.h"

namespace secondstep::otp {

struct TotpMoving {
    StepLength period;
    friend bool operator==(TotpMoving, TotpMoving) = default;
};
struct HotpMoving {
    std::uint64_t counter;  // the next one to be used
    friend bool operator==(HotpMoving, HotpMoving) = default;
};
using Moving = std::variant<TotpMoving, HotpMoving>;

// Everything that an authenticator app needs to show codes, whatever the form in which it was handed out.
struct KeyDescription {
    std::string issuer;   // as fit_for_label() leaves it; may be empty
    std::string account;  // likewise
    Secret key;           // raw bytes, 1 to longest_key
    Algorithm algorithm = Algorithm::sha1;
    CodeForm form = six_digits();
    Moving moving = TotpMoving{thirty_seconds()};

    [[nodiscard]] KeyDescription clone() const;
    [[nodiscard]] bool is_counted() const { return std::holds_alternative<HotpMoving>(moving); }
};

// The same codes at the same time, under the same names.
[[nodiscard]] bool same(const KeyDescription& a, const KeyDescription& b);

// "Example Corp: alice", without control characters; the one of the two that is there.
[[nodiscard]] std::string label_of(std::string_view issuer, std::string_view account);
[[nodiscard]] std::string label_of(const KeyDescription& key);
// "totp, 6 digits, every 30 s"; "hotp, 8 digits"; "totp, 5 letters of Steam, every 30 s".
[[nodiscard]] std::string code_described(const KeyDescription& key);

// A name from elsewhere as an issuer or account that a URI can carry: "a:b\n" => "a b?", "https://id.example" =>
// "id.example"; bytes that are not UTF-8 are taken for Latin-1, at most 255 of them, no space at an end. May be
// empty.
[[nodiscard]] std::string fit_for_label(std::string_view name);

// What whoever read a key has to say to the person who handed it over.
struct Remark {
    std::string sentence;   // printable; nothing of the key
    bool in_doubt = false;  // perhaps the codes are other ones: not to be passed over where nobody confirms

    friend bool operator==(const Remark&, const Remark&) = default;
};

struct DescribedKey {
    KeyDescription key;
    std::vector<Remark> remarks = {};
    std::string label_issuer = {};  // printable; what the label calls the issuer, where that is another name
    bool account_cut = false;       // `account` is not the very text that stood there

    [[nodiscard]] DescribedKey clone() const { return {key.clone(), remarks, label_issuer, account_cut}; }
};
// "Microsoft: alice (in its label: Contoso)".
[[nodiscard]] std::string label_of(const DescribedKey& described);

// What Secondstep can check at a login; `period` counts for TOTP alone.
struct LoginForm {
    Digits digits = six_digits();
    Period period = thirty_seconds();
};
// Errors: invalid, a sentence that names the value.
[[nodiscard]] Result<LoginForm> form_for_login(const KeyDescription& key);

}  // namespace secondstep::otp
