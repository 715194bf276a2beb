#include "otp/migration.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

#include "base/text.h"
#include "encoding/base64.h"
#include "encoding/percent.h"
#include "encoding/protobuf.h"
#include "otp/key_fields.h"
#include "otp/key_names.h"

namespace secondstep::otp {
namespace {

constexpr std::string_view scheme = "otpauth-migration:";
// A QR code holds at most 2953 bytes.
constexpr std::size_t longest_uri = 8192;
constexpr std::uint32_t most_pictures = 100;

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, "export of an authenticator app: " + std::move(why));
}

// OtpParameters, not yet understood.
struct Parameters {
    ByteView secret;
    std::string_view name;
    std::string_view issuer;
    std::uint64_t algorithm = 0;
    std::uint64_t digits = 0;
    std::uint64_t type = 0;
    std::uint64_t counter = 0;
};

std::string_view as_text(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<std::uint64_t> number(const WireReader::Field& field) {
    if (const auto* value = std::get_if<std::uint64_t>(&field.value)) return *value;
    return invalid("a field is not the number it should be");
}

Result<ByteView> bytes(const WireReader::Field& field) {
    if (const auto* value = std::get_if<ByteView>(&field.value)) return *value;
    return invalid("a field is a number and should be text");
}

template <typename Value, typename Read>
Result<void> store(Value& place, const Read& read) {
    if (!read) return std::unexpected(read.error());
    place = *read;
    return {};
}

Result<void> store_text(std::string_view& place, const WireReader::Field& field) {
    const auto value = bytes(field);
    if (!value) return std::unexpected(value.error());
    place = as_text(*value);
    return {};
}

// A field that is there twice counts as it stands last, as protobuf has it;
// one that is unknown is passed over.
Result<void> take(Parameters& out, const WireReader::Field& field) {
    switch (field.number) {
        case 1:
            return store(out.secret, bytes(field));
        case 2:
            return store_text(out.name, field);
        case 3:
            return store_text(out.issuer, field);
        case 4:
            return store(out.algorithm, number(field));
        case 5:
            return store(out.digits, number(field));
        case 6:
            return store(out.type, number(field));
        case 7:
            return store(out.counter, number(field));
        default:
            return {};
    }
}

// Calls `take_field` with every field of a message.
template <typename TakeField>
Result<void> for_each_field(ByteView message, TakeField take_field) {
    WireReader reader(message);
    for (;;) {
        const auto field = reader.next();
        if (!field) return invalid("the QR code was not read whole: " + field.error().detail);
        if (!*field) return {};
        if (auto taken = take_field(**field); !taken) return taken;
    }
}

// Numbers of the message as the words that they stand for; nothing: no word that is known here.
std::optional<std::string_view> algorithm_word(std::uint64_t number) {
    constexpr std::array<std::string_view, 5> words{"", "SHA1", "SHA256", "SHA512", "MD5"};
    return number < words.size() ? std::optional(words[number]) : std::nullopt;
}

std::optional<std::string_view> digits_word(std::uint64_t number) {
    constexpr std::array<std::string_view, 4> words{"", "6", "8", "7"};
    return number < words.size() ? std::optional(words[number]) : std::nullopt;
}

std::optional<std::string_view> type_word(std::uint64_t number) {
    constexpr std::array<std::string_view, 3> words{"", "hotp", "totp"};
    return number < words.size() ? std::optional(words[number]) : std::nullopt;
}

// The account, or a part of a sentence that says why not.
Result<DescribedKey> account_of(const Parameters& parameters, const KeyNames& names) {
    const auto algorithm = algorithm_word(parameters.algorithm);
    if (!algorithm) return fail(Errc::invalid, "its algorithm is not known here");
    const auto digits = digits_word(parameters.digits);
    if (!digits) return fail(Errc::invalid, "its number of digits is not known here");
    const auto type = type_word(parameters.type);
    if (!type) return fail(Errc::invalid, "it is neither time-based nor counter-based");
    if (parameters.counter > INT64_MAX) return fail(Errc::invalid, "its counter is negative");
    const std::string counter = std::to_string(parameters.counter);
    auto described = describe({.key = KeyBytes{parameters.secret},
                               .type = *type,
                               .encoder = {},
                               .algorithm = *algorithm,
                               .digits = *digits,
                               .period = {},
                               .counter = counter,
                               .issuer = names.issuer,
                               .account = names.account});
    if (described) described->label_issuer = names.label_issuer;
    return described;
}

Result<void> add_account(MigrationPart& part, ByteView message) {
    Parameters parameters;
    const auto read =
        for_each_field(message, [&](const WireReader::Field& field) { return take(parameters, field); });
    if (!read) return read;
    KeyNames names = names_of_label(parameters.name, parameters.issuer);
    if (fit_for_label(names.account).empty()) names.account = names.issuer;
    if (fit_for_label(names.account).empty())
        names.account = "account " + std::to_string(part.accounts.size() + part.not_carried.size() + 1);
    auto account = account_of(parameters, names);
    if (account) {
        part.accounts.push_back(std::move(*account));
    } else {
        std::string label = label_of(fit_for_label(names.issuer), fit_for_label(names.account));
        part.not_carried.push_back({std::move(label), std::move(account.error().detail) + "."});
    }
    return {};
}

// What stands behind "data=", decoded twice.
Result<Secret> payload_of(std::string_view text) {
    if (text.size() > longest_uri) return invalid("longer than 8192 bytes");
    const std::size_t question = text.find('?');
    std::optional<std::string_view> data;
    if (question != std::string_view::npos) {
        for (const std::string_view parameter : split(text.substr(question + 1), '&')) {
            if (!parameter.starts_with("data=")) continue;
            if (data) return invalid("the parameter data is there twice");
            data = parameter.substr(5);
        }
    }
    if (!data) return invalid("not of the form otpauth-migration://offline?data=...");
    auto base64 = percent_decoded(*data);
    if (!base64) return invalid("a '%' is not followed by two hexadecimal digits");
    // Some readers of QR codes take a '+' for a space, as in a form.
    std::ranges::replace(base64->bytes(), std::uint8_t{' '}, std::uint8_t{'+'});
    auto payload = base64_decode(base64->text());
    if (!payload) return invalid("the QR code was not read whole (" + payload.error().detail + ")");
    return payload;
}

struct Payload {
    std::uint64_t version = 0;
    std::optional<std::uint64_t> batch_size;
    std::uint64_t batch_index = 0;
};

Result<void> take(Payload& payload, MigrationPart& part, const WireReader::Field& field) {
    switch (field.number) {
        case 1: {
            const auto message = bytes(field);
            return message ? add_account(part, *message) : std::unexpected(message.error());
        }
        case 2:
            return store(payload.version, number(field));
        case 3:
            return store(payload.batch_size, number(field));
        case 4:
            return store(payload.batch_index, number(field));
        case 5:
            return store(part.batch_id, number(field));
        default:
            return {};
    }
}

std::string picture(std::uint32_t index, std::uint32_t size) {
    return "picture " + std::to_string(index + 1) + " of " + std::to_string(size);
}

bool same_export(const MigrationPart& a, const MigrationPart& b) {
    return a.batch_id == b.batch_id && a.batch_size == b.batch_size;
}

bool by_index(const MigrationPart& a, const MigrationPart& b) {
    return a.batch_index < b.batch_index;
}

bool same_index(const MigrationPart& a, const MigrationPart& b) {
    return a.batch_index == b.batch_index;
}

}  // namespace

bool is_migration_uri(std::string_view text) {
    return begins_with(text, scheme);
}

Result<MigrationPart> parse_migration(std::string_view text) {
    if (!is_migration_uri(text)) return invalid("does not begin with otpauth-migration://");
    const auto message = payload_of(text);
    if (!message) return std::unexpected(message.error());
    MigrationPart part;
    Payload payload;
    const auto read = for_each_field(
        message->bytes(), [&](const WireReader::Field& field) { return take(payload, part, field); });
    if (!read) return std::unexpected(read.error());
    // They stand behind the last account, so without them some may be missing, or another picture.
    if (payload.version == 0 || !payload.batch_size)
        return invalid("the QR code was not read whole: its end is missing");
    const std::uint64_t size = std::max<std::uint64_t>(*payload.batch_size, 1);
    if (size > most_pictures || payload.batch_index >= size)
        return invalid("the number of its pictures makes no sense");
    part.batch_size = static_cast<std::uint32_t>(size);
    part.batch_index = static_cast<std::uint32_t>(payload.batch_index);
    return part;
}

Result<Migration> join(std::vector<MigrationPart> parts) {
    if (parts.empty()) return invalid("there is no picture");
    for (const MigrationPart& part : parts) {
        if (!same_export(part, parts.front()))
            return invalid("these are pictures of two different exports; take all from one");
    }
    std::ranges::sort(parts, by_index);
    const auto doubles = std::ranges::unique(parts, same_index);
    parts.erase(doubles.begin(), doubles.end());
    Migration all;
    for (std::uint32_t index = 0; index < parts.front().batch_size; ++index) {
        if (index >= parts.size() || parts[index].batch_index != index)
            return invalid(picture(index, parts.front().batch_size) + " is missing");
        std::ranges::move(parts[index].accounts, std::back_inserter(all.accounts));
        std::ranges::move(parts[index].not_carried, std::back_inserter(all.not_carried));
    }
    return all;
}

}  // namespace secondstep::otp
