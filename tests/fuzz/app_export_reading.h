#pragma once

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string_view>

#include "app_exports/app_export.h"
#include "app_exports/json_document.h"
#include "base/text.h"

namespace secondstep::tool {

// What app_export.h promises of every text.
inline void check(const Result<AppExport>& read) {
    if (!read) {
        if (read.error().detail.empty() || has_control_characters(read.error().detail)) std::abort();
        return;
    }
    if (read->keys.empty() || read->app.empty()) std::abort();
    for (const otp::DescribedKey& described : read->keys) {
        const otp::KeyDescription& key = described.key;
        if (key.key.empty() || key.key.size() > otp::longest_key) std::abort();
        if (otp::fit_for_label(key.issuer) != key.issuer || otp::fit_for_label(key.account) != key.account)
            std::abort();
        for (const otp::Remark& remark : described.remarks) {
            if (remark.sentence.empty() || has_control_characters(remark.sentence)) std::abort();
        }
    }
    for (const std::string& sentence : read->passed_over) {
        if (sentence.empty() || has_control_characters(sentence) || !is_valid_utf8(sentence)) std::abort();
    }
}

inline bool is_same(JsonValue ours, const nlohmann::ordered_json& theirs) {
    const auto same_of = [](const JsonValue& value, const auto& other) { return is_same(value, other); };
    if (theirs.is_string())
        return ours.is(JsonValue::Kind::string) && ours.word() == theirs.get_ref<const std::string&>();
    if (theirs.is_number()) return ours.is(JsonValue::Kind::number);
    if (theirs.is_boolean()) return ours.word() == (theirs.get<bool>() ? "true" : "false");
    if (theirs.is_null()) return ours.is(JsonValue::Kind::null);
    if (!ours.is(theirs.is_array() ? JsonValue::Kind::array : JsonValue::Kind::object)) return false;
    auto at = ours.begin();
    for (const auto& [name, value] : theirs.items()) {
        if (at == ours.end() || !same_of(*at, value) || (theirs.is_object() && (*at).name() != name))
            return false;
        ++at;
    }
    return at == ours.end();
}

// That it reads what nlohmann-json reads, but for its bounds.
inline void check_json(std::string_view text) {
    const auto ours = JsonDocument::parse(text);
    if (ours) {
        const auto theirs = nlohmann::ordered_json::parse(text, nullptr, false);
        // A number that is no double is none to the library alone.
        if (theirs.is_discarded() ? text.find_first_of("eE0123456789") == std::string_view::npos
                                  : !is_same(ours->root(), theirs))
            std::abort();
        return;
    }
    const std::string& why = ours.error().detail;
    const bool bound = why.find("deeper") != std::string::npos || why.find("twice") != std::string::npos ||
                       why.find("half a million") != std::string::npos ||
                       ours.error().code == Errc::too_large;
    // A zero byte is the end of the text to the library.
    const bool has_zero = text.find('\0') != std::string_view::npos;
    if (!bound && !has_zero && nlohmann::json::accept(text)) std::abort();
}

}  // namespace secondstep::tool
