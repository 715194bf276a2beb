#include "portals/linked_portal.h"

#include <algorithm>
#include <limits>

#include "account/record_fields.h"
#include "base/text.h"

namespace secondstep {
namespace {

constexpr std::string_view what = "secondstep-portals";
constexpr unsigned version = 2;
constexpr unsigned oldest = 1;
constexpr std::uint64_t longest_period = 86400;
constexpr std::size_t longest_name = 32;
constexpr std::size_t longest_label = 255;
constexpr std::uint64_t any_number = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t highest_uid = std::numeric_limits<uid_t>::max() - 1;  // the last one means "no uid"

bool is_letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_of_a_name(char c) {
    return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-';
}

bool is_text(std::string_view text, std::size_t longest) {
    return text.size() <= longest && is_valid_utf8(text) && !has_control_characters(text);
}

bool is_twice(const std::vector<PortalReader>& readers) {
    for (auto a = readers.begin(); a != readers.end(); ++a) {
        if (std::ranges::find(readers.begin(), a, a->account, &PortalReader::account) != a) return true;
    }
    return false;
}

std::uint64_t moving_factor(const LinkedPortal& portal) {
    if (const auto* counted = std::get_if<otp::HotpMoving>(&portal.token.moving)) return counted->counter;
    return static_cast<std::uint64_t>(std::get<otp::TotpMoving>(portal.token.moving).period.value().count());
}

// Whether version 1 can say it, which is what every program of ours reads.
bool is_of_version_1(const LinkedPortal& portal) {
    return otp::form_for_login(portal.token).has_value();
}

otp::StepLength read_step_length(TextRecordReader& in) {
    const auto length = otp::StepLength::create(std::chrono::seconds(in.number("period", longest_period)));
    if (!length) in.refuse();
    return length.value_or(otp::thirty_seconds());
}

otp::Moving read_moving(TextRecordReader& in) {
    const std::string_view type = in.text("type");
    if (type == "hotp") return otp::HotpMoving{in.number("counter", any_number)};
    if (type != "totp") in.refuse();
    return otp::TotpMoving{read_step_length(in)};
}

otp::CodeForm read_form(TextRecordReader& in) {
    constexpr unsigned most = 99;
    TextRecordReader ahead = in;
    if (ahead.text("digits") == "steam") {
        in = ahead;
        return otp::CodeForm::steam();
    }
    const auto form = otp::CodeForm::decimal(static_cast<unsigned>(in.number("digits", most)));
    if (!form) in.refuse();
    return form.value_or(otp::six_digits());
}

otp::KeyDescription read_token(TextRecordReader& in) {
    std::string issuer(in.text("issuer"));
    std::string account(in.text("account"));
    const auto algorithm = read_algorithm(in);
    const auto form = read_form(in);
    auto moving = read_moving(in);
    Secret key = in.hex("key", 1, otp::longest_key);
    return {std::move(issuer), std::move(account), std::move(key), algorithm, form, moving};
}

std::optional<uid_t> read_uid(TextRecordReader& in, std::string_view key) {
    const auto uid = read_optional(in, key, highest_uid);
    return uid ? std::optional(static_cast<uid_t>(*uid)) : std::nullopt;
}

std::vector<PortalReader> read_readers(TextRecordReader& in) {
    std::vector<PortalReader> readers;
    const std::uint64_t count = in.number("readers", max_portal_readers);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        auto account = AccountName::create(in.text("reader"));
        const auto uid = read_uid(in, "reader-uid");
        if (account) {
            readers.push_back({std::move(*account), uid});
        } else {
            in.refuse();
        }
    }
    return readers;
}

bool read_yes_or_no(TextRecordReader& in, std::string_view key) {
    const std::string_view word = in.text(key);
    if (word != "yes" && word != "no") in.refuse();
    return word == "yes";
}

std::optional<AccountName> read_owner(TextRecordReader& in) {
    const std::string_view name = in.text("owner");
    if (name.empty()) return std::nullopt;
    auto owner = AccountName::create(name);
    if (!owner) {
        in.refuse();
        return std::nullopt;
    }
    return std::move(*owner);
}

std::unexpected<Error> damaged() {
    return fail(Errc::damaged, "The text of the linked portals is damaged.");
}

}  // namespace

Result<PortalName> PortalName::create(std::string_view name) {
    const bool good = !name.empty() && name.size() <= longest_name && is_letter_or_digit(name.front()) &&
                      std::ranges::all_of(name, is_of_a_name);
    if (good) return PortalName(std::string(name));
    return fail(Errc::invalid,
                "A portal's name has 1 to 32 letters, digits, '.', '_' or '-', "
                "and begins with a letter or a digit.");
}

LinkedPortal LinkedPortal::clone() const {
    return {name, token.clone(), note, url, enabled, readers, linked_at, last, last_at};
}

bool LinkedPortal::is_counted() const {
    return token.is_counted();
}

bool LinkedPortal::is_readable_by(const AccountName& account, const std::optional<uid_t>& uid) const {
    return std::ranges::find(readers, PortalReader{account, uid}) != readers.end();
}

Result<void> check_portal_text(std::string_view text) {
    if (is_text(text, longest_portal_note)) return {};
    return fail(Errc::invalid,
                "A note or an address has at most 200 bytes of UTF-8, without control characters.");
}

Result<void> check(const LinkedPortal& portal) {
    for (const std::string* text : {&portal.note, &portal.url}) {
        if (auto good = check_portal_text(*text); !good) return good;
    }
    if (!is_text(portal.token.issuer, longest_label) || !is_text(portal.token.account, longest_label)) {
        return fail(Errc::invalid, "The names in the key's URI are too long, or have control characters.");
    }
    if (portal.token.key.empty() || portal.token.key.size() > otp::longest_key)
        return fail(Errc::invalid, "A key has 1 to 128 bytes.");
    if (portal.readers.size() > max_portal_readers)
        return fail(Errc::invalid, "A portal is shared with at most 16 accounts.");
    if (is_twice(portal.readers)) return fail(Errc::invalid, "An account is named twice.");
    return {};
}

LinkedPortal* LinkedPortals::find(const PortalName& name) {
    const auto found = std::ranges::find(portals, name, &LinkedPortal::name);
    return found == portals.end() ? nullptr : &*found;
}

const LinkedPortal* LinkedPortals::find(const PortalName& name) const {
    const auto found = std::ranges::find(portals, name, &LinkedPortal::name);
    return found == portals.end() ? nullptr : &*found;
}

void write_portal(TextRecordWriter& out, const LinkedPortal& portal) {
    out.text("name", portal.name.text());
    out.text("issuer", portal.token.issuer);
    out.text("account", portal.token.account);
    out.text("algorithm", otp::to_text(portal.token.algorithm));
    if (portal.token.form.is_steam()) {
        out.text("digits", "steam");
    } else {
        out.number("digits", portal.token.form.symbols());
    }
    out.text("type", portal.is_counted() ? "hotp" : "totp");
    out.number(portal.is_counted() ? "counter" : "period", moving_factor(portal));
    out.hex("key", portal.token.key.bytes());
    out.text("note", portal.note);
    out.text("url", portal.url);
    out.text("enabled", portal.enabled ? "yes" : "no");
    write_time(out, "linked-at", portal.linked_at);
    write_optional(out, "last", portal.last);
    write_time(out, "last-at", portal.last_at);
    out.number("readers", portal.readers.size());
    for (const PortalReader& reader : portal.readers) {
        out.text("reader", reader.account.text());
        write_optional(out, "reader-uid", reader.uid);
    }
}

std::optional<LinkedPortal> read_portal(TextRecordReader& in) {
    auto name = PortalName::create(in.text("name"));
    if (!name) {
        in.refuse();
        return std::nullopt;
    }
    otp::KeyDescription token = read_token(in);
    LinkedPortal portal{std::move(*name), std::move(token), {}, {}, true, {}, never, std::nullopt, never};
    portal.note = in.text("note");
    portal.url = in.text("url");
    portal.enabled = read_yes_or_no(in, "enabled");
    portal.linked_at = read_time(in, "linked-at");
    portal.last = read_optional(in, "last", any_number);
    portal.last_at = read_time(in, "last-at");
    portal.readers = read_readers(in);
    if (!check(portal)) in.refuse();
    if (!in.ok()) return std::nullopt;
    return portal;
}

Secret encode(const LinkedPortals& portals) {
    // So that a program before version 2 that comes back reads whatever it could have written.
    const bool is_old = std::ranges::all_of(portals.portals, is_of_version_1);
    TextRecordWriter out(what, is_old ? oldest : version);
    out.text("owner", portals.owner ? std::string_view(portals.owner->text()) : std::string_view());
    write_optional(out, "uid", portals.uid);
    out.number("portals", portals.portals.size());
    for (const LinkedPortal& portal : portals.portals)
        write_portal(out, portal);
    return std::move(out).finish();
}

Result<LinkedPortals> decode_linked_portals(const Secret& text) {
    auto opened = TextRecordReader::open(text, what, version, oldest);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    LinkedPortals portals{read_owner(in), std::nullopt, {}};
    portals.uid = read_uid(in, "uid");
    const std::uint64_t count = in.number("portals", max_linked_portals);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        auto portal = read_portal(in);
        if (!portal || portals.find(portal->name) != nullptr) return damaged();
        portals.portals.push_back(std::move(*portal));
    }
    const bool is_old = std::ranges::all_of(portals.portals, is_of_version_1);
    if (!in.finished() || is_old != (in.version() == oldest)) return damaged();
    return portals;
}

}  // namespace secondstep
