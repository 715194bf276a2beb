#include "portals/offered_keys.h"

#include <utility>

#include "base/text.h"
#include "otp/foreign_key.h"
#include "otp/migration.h"
#include "otp/otpauth_uri.h"

namespace secondstep::tool {

namespace {

// What else stands in a QR code may be a secret of its own: it is not repeated.
std::string why_not(std::string_view text, const Error& error) {
    if (const auto why = otp::why_no_key(text)) return "The QR code is no key: " + *why + ".";
    if (otp::is_otpauth_uri(text)) return error.detail;
    return "The QR code is for something else, not for an authenticator app.";
}

void add_uri(OfferedKeys& offered, std::string_view text) {
    auto key = otp::parse_otpauth_uri(text);
    if (key) {
        offered.keys.push_back(std::move(*key));
    } else {
        offered.passed_over.push_back(why_not(text, key.error()));
    }
}

Result<void> add_export(OfferedKeys& offered, std::vector<otp::MigrationPart> parts) {
    if (parts.empty()) return {};
    auto whole = otp::join(std::move(parts));
    if (!whole) return fail(Errc::invalid, "The app's export: " + whole.error().detail);
    for (otp::DescribedKey& key : whole->accounts)
        offered.keys.push_back(std::move(key));
    for (const otp::NotCarried& left : whole->not_carried)
        offered.passed_over.push_back("One of its accounts: " + left.why);
    return {};
}

}  // namespace

Result<OfferedKeys> OfferedKeys::in(const std::vector<Secret>& texts) {
    OfferedKeys offered;
    std::vector<otp::MigrationPart> parts;
    for (const Secret& text : texts) {
        if (!otp::is_migration_uri(text.text())) {
            add_uri(offered, text.text());
        } else if (auto part = otp::parse_migration(text.text())) {
            parts.push_back(std::move(*part));
        } else {
            offered.passed_over.push_back(part.error().detail);
        }
    }
    if (const auto added = add_export(offered, std::move(parts)); !added)
        return std::unexpected(added.error());
    if (!offered.keys.empty()) return offered;
    return fail(Errc::invalid,
                offered.passed_over.empty() ? "There is no key in it." : offered.passed_over.front());
}

}  // namespace secondstep::tool
