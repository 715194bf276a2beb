#include "portals/portal_lines.h"

#include "base/json_line.h"
#include "otp/otpauth_uri.h"

namespace secondstep::dialogue {
namespace {

std::string list_of(const std::vector<PortalReader>& readers) {
    std::string list;
    for (const PortalReader& reader : readers)
        list += (list.empty() ? "" : ",") + json_string(reader.account.text());
    return "[" + list + "]";
}

JsonLine begun(const std::optional<AccountName>& owner, const LinkedPortal& portal) {
    JsonLine line;
    line.add("portal", portal.name.text());
    line.add("owner", owner_text(owner));
    line.add("method", portal.is_counted() ? "hotp" : "totp");
    return line;
}

// `line` with one more member whose value never becomes a std::string: digits, or a URI of unreserved and
// percent-encoded characters, of which JSON escapes none.
Secret with_secret(JsonLine line, std::string_view key, const Secret& value) {
    std::string text = std::move(line).finish();
    text.pop_back();
    text.append(",\"").append(key).append("\":\"");
    Secret out = Secret::copy_of(text);
    out.append(value.bytes());
    out.append("\"}");
    return out;
}

}  // namespace

std::string owner_text(const std::optional<AccountName>& owner) {
    return owner ? owner->text() : "host";
}

Secret portal_line(const std::optional<AccountName>& owner, const LinkedPortal& portal) {
    JsonLine line = begun(owner, portal);
    line.add("host", !owner.has_value());
    line.add("issuer", portal.token.issuer);
    line.add("account", portal.token.account);
    line.add("algorithm", otp::to_text(portal.token.algorithm));
    line.add("digits", std::size_t{portal.token.form.symbols()});
    if (portal.token.form.is_steam()) {
        line.add("encoder", "steam");
    } else {
        line.add_null("encoder");
    }
    if (const auto* timed = std::get_if<otp::TotpMoving>(&portal.token.moving)) {
        line.add("period", static_cast<std::size_t>(timed->period.value().count()));
    } else {
        line.add_null("period");
    }
    line.add("enabled", portal.enabled);
    line.add("note", portal.note);
    line.add("url", portal.url);
    line.raw("shared_with", list_of(portal.readers));
    line.add("linked_at", portal.linked_at);
    line.add("last_used", portal.last_at);
    return Secret::copy_of(std::move(line).finish());
}

Secret code_line(const std::optional<AccountName>& owner, const LinkedPortal& portal,
                 const PortalCode& code) {
    JsonLine line = begun(owner, portal);
    if (code.remaining) {
        line.add("remaining_seconds", static_cast<std::size_t>(code.remaining->count()));
    } else {
        line.add_null("remaining_seconds");
    }
    line.add("handed_out_before", code.handed_out_before);
    return with_secret(std::move(line), "code", code.digits);
}

Secret wait_line(const NoCodeYet& wait) {
    JsonLine line;
    line.add("wait_seconds", static_cast<std::size_t>(wait.until.count()));
    return Secret::copy_of(std::move(line).finish());
}

Result<Secret> key_line(const std::optional<AccountName>& owner, const LinkedPortal& portal) {
    const auto uri = otp::to_uri(portal.token);
    if (!uri) return std::unexpected(uri.error());
    return with_secret(begun(owner, portal), "uri", *uri);
}

Secret changed_line() {
    return Secret::copy_of(std::string_view("{\"changed\":true}"));
}

}  // namespace secondstep::dialogue
