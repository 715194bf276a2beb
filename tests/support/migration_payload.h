#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Writes what otp/migration.h reads: the wire format of protobuf, base64, percent-encoding.
namespace secondstep::testing {

inline std::string varint(std::uint64_t value) {
    std::string out;
    for (; value >= 0x80; value >>= 7)
        out += static_cast<char>(value | 0x80);
    return out += static_cast<char>(value);
}

inline std::string number_field(std::uint64_t number, std::uint64_t value) {
    return varint(number << 3) + varint(value);
}

inline std::string length_delimited(std::uint64_t number, std::string_view bytes) {
    return varint(number << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}

// MigrationPayload.otp_parameters with one account; `more` are further fields of it.
inline std::string account_field(std::string_view secret, std::string_view name, std::string_view issuer,
                                 std::string_view more) {
    return length_delimited(1, length_delimited(1, secret) + length_delimited(2, name) +
                                   length_delimited(3, issuer) + std::string(more));
}

// Base64 with what a URI needs percent-encoded: '+', '/' and '='.
inline std::string base64_in_uri(std::string_view bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t group = 0;
        const std::string_view three = bytes.substr(i, 3);
        for (std::size_t j = 0; j < 3; ++j)
            group = group << 8 | (j < three.size() ? static_cast<std::uint8_t>(three[j]) : 0U);
        for (std::size_t j = 0; j < 4; ++j) {
            const char symbol = j <= three.size() ? alphabet[group >> (18 - 6 * j) & 63] : '=';
            out += symbol == '+'   ? "%2B"
                   : symbol == '/' ? "%2F"
                   : symbol == '=' ? "%3D"
                                   : std::string(1, symbol);
        }
    }
    return out;
}

inline std::string migration_uri(std::string_view payload) {
    return "otpauth-migration://offline?data=" + base64_in_uri(payload);
}

}  // namespace secondstep::testing
