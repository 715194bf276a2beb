#include "app_exports/export_entries.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "otp/otpauth_uri.h"

namespace secondstep::tool {

namespace {

// Every new one is compared with those before it.
constexpr std::size_t most_entries = 5000;
constexpr std::string_view steam_scheme = "steam://";
// An app says in words of its own when it means Steam's letters: an entry that is called Steam, and says no number
// of digits, has six of them in the app.
constexpr std::string_view six = "6";

std::string sentence(std::string_view part) {
    return std::string(part) + (part.ends_with('.') ? "" : ".");
}

Result<otp::DescribedKey> described(std::string_view text, const EntryNames& names) {
    if (otp::is_otpauth_uri(text)) return otp::parse_otpauth_uri(text);
    const bool steam = begins_with(text, steam_scheme);
    return otp::describe({.key = otp::Base32Text{steam ? text.substr(steam_scheme.size()) : text},
                          .type = steam ? "steam" : "",
                          .digits = steam ? "" : six,
                          .issuer = names.issuer,
                          .account = names.account});
}

}  // namespace

void ExportEntries::add(otp::KeyFields fields, std::string_view remark) {
    const bool steam = lowercase_ascii(fields.type) == "steam" || !fields.encoder.empty();
    if (fields.digits.empty() && !steam) fields.digits = six;
    auto key = otp::describe(fields);
    if (key && !remark.empty()) key->remarks.push_back({std::string(remark)});
    offer(std::move(key), {fields.issuer, fields.account});
}

void ExportEntries::add_text(std::string_view text, const EntryNames& names) {
    text = trimmed(text);
    if (!otp::is_migration_uri(text)) return offer(described(text, names), names);
    auto picture = otp::parse_migration(text);
    if (!picture) return refuse(names, picture.error().detail);
    pictures_.push_back(std::move(*picture));
}

void ExportEntries::refuse(const EntryNames& names, std::string_view why) {
    const std::string label = printable(otp::label_of(names.issuer, names.account), 64);
    found_.passed_over.push_back("Entry " + std::to_string(++entries_) +
                                 (label.empty() ? "" : " (" + label + ")") + ": " + sentence(why));
}

void ExportEntries::offer(Result<otp::DescribedKey> described, const EntryNames& names) {
    if (!described) return refuse(names, described.error().detail);
    ++entries_;
    otp::KeyDescription& key = described->key;
    if (key.issuer.empty()) key.issuer = otp::fit_for_label(names.issuer);
    if (key.account.empty()) key.account = otp::fit_for_label(names.account);
    offer_new(std::move(*described));
}

void ExportEntries::offer_new(otp::DescribedKey key) {
    const auto is_same = [&](const otp::DescribedKey& other) { return otp::same(other.key, key.key); };
    if (found_.keys.size() <= most_entries && std::ranges::none_of(found_.keys, is_same)) {
        found_.keys.push_back(std::move(key));
        found_.numbers.push_back(entries_);
    }
}

void ExportEntries::join_pictures() {
    if (pictures_.empty()) return;
    auto whole = otp::join(std::move(pictures_));
    if (!whole) return refuse({}, whole.error().detail);
    for (otp::DescribedKey& key : whole->accounts) {
        ++entries_;
        offer_new(std::move(key));
    }
    for (const otp::NotCarried& left : whole->not_carried)
        refuse({.issuer = left.name, .account = {}}, left.why);
}

Result<AppExport> ExportEntries::take() && {
    join_pictures();
    const std::string app(found_.app);
    if (entries_ > most_entries || found_.keys.size() > most_entries)
        return fail(Errc::too_large, "it has more than 5000 entries");
    if (!found_.keys.empty()) return std::move(found_);
    if (found_.passed_over.empty())
        return fail(Errc::invalid,
                    "it is an export of " + app + ", and there is no key of a second factor in it");
    return fail(Errc::invalid, "it is an export of " + app + ", without a key that can be used. " +
                                   found_.passed_over.front());
}

}  // namespace secondstep::tool
