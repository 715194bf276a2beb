#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "migration/formats/imported_account.h"
#include "otp/otpauth_uri.h"

namespace secondstep::tool {

inline std::string data_file(const std::string& name) {
    std::ifstream in(SECONDSTEP_SOURCE_DIR "/tests/data/import/" + name);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// "otpauth://hotp/alice?secret=...&counter=4 floor=3"
inline std::string text_of(const ImportedToken& token) {
    const auto uri = otp::to_uri(token.token);
    return (uri ? std::string(uri->text()) : "unwritable: " + uri.error().detail) +
           " floor=" + (token.floor ? std::to_string(*token.floor) : "none");
}

// "alice: URI floor=..., URI floor=..."
inline std::string text_of(const ImportedAccount& account) {
    std::string text = account.user + ":";
    for (const ImportedToken& token : account.tokens)
        text += " " + text_of(token);
    return text;
}

inline std::vector<std::string> accounts(const Result<Reading>& reading) {
    if (!reading) return {"error: " + reading.error().detail};
    std::vector<std::string> all;
    for (const ImportedAccount& account : reading->accounts)
        all.push_back(text_of(account));
    return all;
}

// "users.oath:3|why"
inline std::vector<std::string> unusable(const Result<Reading>& reading) {
    if (!reading) return {"error: " + reading.error().detail};
    std::vector<std::string> all;
    for (const Unusable& one : reading->unusable)
        all.push_back(one.place + "|" + one.why);
    return all;
}

// Everything a report could say about it.
inline std::string everything_said(const Result<Reading>& reading) {
    if (!reading) return reading.error().detail;
    std::string all;
    for (const Unusable& one : reading->unusable)
        all += one.place + one.why + "\n";
    for (const ImportedAccount& account : reading->accounts) {
        all += account.place + "\n";
        for (const std::string& remark : account.remarks)
            all += remark + "\n";
    }
    return all;
}

}  // namespace secondstep::tool
