#include "account/credential.h"

#include <algorithm>
#include <limits>

#include "account/devices.h"
#include "account/record_fields.h"
#include "account/text_record.h"
#include "base/text.h"

namespace secondstep {
namespace {

constexpr std::string_view what = "secondstep-credential";
constexpr unsigned version = 2;
constexpr unsigned oldest_version = 1;
constexpr std::size_t pepper_size = 32;
constexpr std::uint64_t any_number = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t highest_uid = std::numeric_limits<uid_t>::max() - 1;  // the last one means "no uid"

std::string_view to_text(otp::RecoveryCodeForm form) {
    switch (form) {
        case otp::RecoveryCodeForm::short_code:
            return "short";
        case otp::RecoveryCodeForm::long_code:
            return "long";
        case otp::RecoveryCodeForm::scratch_code:
            return "scratch";
    }
    return "unknown";
}

bool has_authenticators(Method method) {
    return method == Method::totp || method == Method::hotp;
}

void write_authenticator(TextRecordWriter& out, const Authenticator& a, UnixTime enrolled_at) {
    out.hex("id", a.id);
    out.text("name", a.name);
    write_time(out, "added-at", a.added_at == never ? enrolled_at : a.added_at);
    out.text("algorithm", otp::to_text(a.algorithm));
    out.number("digits", a.digits.value());
    out.number("period", static_cast<std::uint64_t>(a.period.value().count()));
    write_optional(out, "floor", a.has_floor ? std::optional(a.floor) : std::nullopt);
    out.hex("key", a.key.bytes());
}

std::string read_device_name(TextRecordReader& in) {
    const std::string_view name = in.text("name");
    const bool good = name.size() <= max_device_name && is_valid_utf8(name) && !has_control_characters(name);
    if (!good) in.refuse();
    return std::string(name);
}

Authenticator read_authenticator(TextRecordReader& in, UnixTime enrolled_at) {
    Authenticator a;
    a.id = in.array<8>("id");
    a.name = read_device_name(in);
    a.added_at = in.version() == oldest_version ? enrolled_at : read_time(in, "added-at");
    a.algorithm = read_algorithm(in);
    a.digits = read_digits(in);
    a.period = read_period(in);
    const auto floor = read_optional(in, "floor", any_number);
    a.has_floor = floor.has_value();
    a.floor = floor.value_or(0);
    a.key = in.hex("key", 1, otp::longest_key);
    return a;
}

void write_recovery(TextRecordWriter& out, const std::optional<RecoverySet>& set) {
    out.number("recovery-codes", set ? set->digests.size() : 0);
    if (!set) return;
    out.hex("recovery-id", set->id);
    out.text("form", to_text(set->form));
    out.hex("pepper", set->pepper.bytes());
    out.hex("salt", set->salt);
    for (const Digest& digest : set->digests)
        out.hex("digest", digest);
}

std::optional<otp::RecoveryCodeForm> form_of(std::string_view text) {
    for (const auto form : {otp::RecoveryCodeForm::short_code, otp::RecoveryCodeForm::long_code,
                            otp::RecoveryCodeForm::scratch_code}) {
        if (to_text(form) == text) return form;
    }
    return std::nullopt;
}

std::optional<RecoverySet> read_recovery(TextRecordReader& in) {
    const std::uint64_t count = in.number("recovery-codes", max_recovery_codes);
    if (count == 0) return std::nullopt;
    RecoverySet set;
    set.id = in.array<8>("recovery-id");
    set.form = checked(in, form_of(in.text("form")), otp::RecoveryCodeForm::short_code);
    if (count < fewest_codes(set.form)) in.refuse();
    set.pepper = in.hex("pepper", pepper_size, pepper_size);
    set.salt = in.array<32>("salt");
    set.digests.reserve(count);
    for (std::uint64_t i = 0; i < count && in.ok(); ++i)
        set.digests.push_back(in.array<32>("digest"));
    return set;
}

// State is kept by these ids: two authenticators with one id would share their last step.
bool ids_differ(const std::vector<Authenticator>& authenticators) {
    for (auto a = authenticators.begin(); a != authenticators.end(); ++a) {
        if (std::any_of(authenticators.begin(), a, [&](const auto& b) { return b.id == a->id; }))
            return false;
    }
    return true;
}

void write_destination(TextRecordWriter& out, const std::optional<Destination>& destination) {
    if (!destination) return;
    out.hex("destination-id", destination->id);
    out.text("address", destination->address.text());
}

// Only the spelling that is written: "+49 151" is not how "+49151" is stored.
std::optional<Destination> read_destination(TextRecordReader& in, delivery::Channel channel) {
    const auto id = in.array<8>("destination-id");
    const std::string_view text = in.text("address");
    const Result<delivery::Address> address = delivery::Address::create(channel, text);
    if (address && address->text() == text) return Destination{id, *address};
    in.refuse();
    return std::nullopt;
}

void read_authenticators(TextRecordReader& in, Credential& credential) {
    const std::uint64_t count = in.number("authenticators", max_authenticators);
    if ((count > 0) != has_authenticators(credential.method)) in.refuse();
    for (std::uint64_t i = 0; i < count && in.ok(); ++i) {
        credential.authenticators.push_back(read_authenticator(in, credential.enrolled_at));
    }
    if (!ids_differ(credential.authenticators)) in.refuse();
}

Bytes read_reserve(TextRecordReader& in) {
    const Secret reserve = in.hex("reserve", 0, max_credential_reserve);
    return {reserve.bytes().begin(), reserve.bytes().end()};
}

std::unexpected<Error> damaged() {
    return fail(Errc::damaged, "The credential's text is damaged.");
}

}  // namespace

std::string_view to_text(Method method) {
    switch (method) {
        case Method::totp:
            return "totp";
        case Method::hotp:
            return "hotp";
        case Method::mail:
            return "mail";
        case Method::sms:
            return "sms";
    }
    return "unknown";
}

std::optional<Method> method_from_text(std::string_view text) {
    for (const Method method : {Method::totp, Method::hotp, Method::mail, Method::sms}) {
        if (to_text(method) == text) return method;
    }
    return std::nullopt;
}

Authenticator Authenticator::clone() const {
    return {id, name, algorithm, digits, period, floor, has_floor, key.clone(), added_at};
}

std::size_t fewest_codes(otp::RecoveryCodeForm form) {
    return form == otp::RecoveryCodeForm::scratch_code ? 1 : min_recovery_codes;
}

RecoverySet RecoverySet::clone() const {
    return {id, form, pepper.clone(), salt, digests};
}

std::vector<AuthenticatorId> ids_of(const Credential& credential) {
    std::vector<AuthenticatorId> ids;
    ids.reserve(credential.authenticators.size() + 1);
    for (const Authenticator& device : credential.authenticators)
        ids.push_back(device.id);
    if (credential.destination) ids.push_back(credential.destination->id);
    return ids;
}

std::optional<delivery::Channel> channel_of(Method method) {
    switch (method) {
        case Method::totp:
        case Method::hotp:
            return std::nullopt;
        case Method::mail:
            return delivery::Channel::mail;
        case Method::sms:
            return delivery::Channel::sms;
    }
    return std::nullopt;
}

Method method_of(delivery::Channel channel) {
    return channel == delivery::Channel::mail ? Method::mail : Method::sms;
}

Credential Credential::clone() const {
    Credential copy{account, uid, enrolled_at, method, {}, std::nullopt, destination, reserve};
    for (const Authenticator& a : authenticators)
        copy.authenticators.push_back(a.clone());
    if (recovery) copy.recovery = recovery->clone();
    return copy;
}

Secret encode(const Credential& credential) {
    TextRecordWriter out(what, version);
    out.text("account", credential.account.text());
    write_optional(out, "uid", credential.uid);
    write_time(out, "enrolled-at", credential.enrolled_at);
    out.text("method", to_text(credential.method));
    out.number("authenticators", credential.authenticators.size());
    for (const Authenticator& a : credential.authenticators)
        write_authenticator(out, a, credential.enrolled_at);
    write_destination(out, credential.destination);
    out.hex("reserve", credential.reserve);
    write_recovery(out, credential.recovery);
    return std::move(out).finish();
}

Result<Credential> decode_credential(const Secret& text) {
    auto opened = TextRecordReader::open(text, what, version, oldest_version);
    if (!opened) return std::unexpected(opened.error());
    TextRecordReader& in = *opened;
    auto account = AccountName::create(in.text("account"));
    if (!account) return damaged();
    Credential credential{std::move(*account), std::nullopt, never, Method::totp, {}, std::nullopt};
    if (const auto uid = read_optional(in, "uid", highest_uid)) credential.uid = static_cast<uid_t>(*uid);
    credential.enrolled_at = read_time(in, "enrolled-at");
    credential.method = checked(in, method_from_text(in.text("method")), Method::totp);
    read_authenticators(in, credential);
    if (const auto channel = channel_of(credential.method))
        credential.destination = read_destination(in, *channel);
    if (in.version() != oldest_version) credential.reserve = read_reserve(in);
    credential.recovery = read_recovery(in);
    if (!in.finished()) return damaged();
    return credential;
}

}  // namespace secondstep
