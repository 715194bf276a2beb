#pragma once

#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app_exports/app_export.h"
#include "base/text.h"

namespace secondstep::tool {

inline constexpr std::string_view password_of_files = "pass phrase \xc3\xbc";

inline std::string export_file(const std::string& name) {
    std::ifstream in(SECONDSTEP_SOURCE_DIR "/tests/data/app_exports/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline Result<AppExport> read_export(std::string_view text,
                                     std::optional<std::string_view> password = std::nullopt) {
    const Secret secret = password ? Secret::copy_of(*password) : Secret();
    return read_app_export(text, password ? &secret : nullptr);
}

// "Acme: alice, totp, 6 digits, every 30 s, sha1, 48656c6c6f"; counted: "..., next 7, ..."
inline std::string text_of(const otp::DescribedKey& described) {
    const otp::KeyDescription& key = described.key;
    std::string text = key.issuer + ": " + key.account + ", " + otp::code_described(key);
    if (const auto* hotp = std::get_if<otp::HotpMoving>(&key.moving))
        text += ", next " + std::to_string(hotp->counter);
    return text + ", " + std::string(otp::to_text(key.algorithm)) + ", " + hex(key.key.bytes());
}

inline std::vector<std::string> keys_in(const Result<AppExport>& read) {
    if (!read) return {"error: " + read.error().detail};
    std::vector<std::string> all;
    for (const otp::DescribedKey& key : read->keys)
        all.push_back(text_of(key));
    return all;
}

// The only key of it.
inline std::string key_in(const Result<AppExport>& read) {
    const auto all = keys_in(read);
    return all.size() == 1 ? all.front() : std::to_string(all.size()) + " keys";
}

inline std::string error_of(const Result<AppExport>& read) {
    return read ? "no error" : read.error().detail;
}

inline std::string replaced(std::string text, std::string_view what, std::string_view with) {
    const auto at = text.find(what);
    return at == std::string::npos ? "not there: " + std::string(what) : text.replace(at, what.size(), with);
}

// Everything that a message could say of it.
inline std::string everything_said(const Result<AppExport>& read) {
    if (!read) return read.error().detail;
    std::string all;
    for (const std::string& sentence : read->passed_over)
        all += sentence + "\n";
    for (const otp::DescribedKey& key : read->keys) {
        for (const otp::Remark& remark : key.remarks)
            all += remark.sentence + "\n";
    }
    return all;
}

}  // namespace secondstep::tool
