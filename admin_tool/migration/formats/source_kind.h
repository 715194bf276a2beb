#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace secondstep::tool {

// What a file of keys looks like, whatever it was called.
enum class SourceKind : std::uint8_t {
    empty,
    comments,  // lines that begin with '#', and nothing else
    json,
    pskc,
    safenet,  // the XML of SafeNet's (Aladdin's) tokens
    xml,
    otpauth,  // otpauth:// or otpauth-migration:// on a line
    phone_factor,
    oath_users,
    google_authenticator,
    csv,  // two fields or more on its first line
    base32_key,
    sealed,  // what `secondstep export` sealed
    openpgp,
    archive,  // a ZIP, or what is compressed
    picture,
    text,  // something else in words
    binary
};

// By the first 64 KiB. Pure, and repeats nothing.
[[nodiscard]] SourceKind kind_of_source(std::string_view text);
// Its form leaves no doubt of it.
[[nodiscard]] bool is_sure(SourceKind kind);

// What was found instead of keys that a source has which is called `door` on the command line ("pskc"), and what to
// do: "no key was found in it: it is an export in JSON; ...". Nothing: it is of the right kind.
[[nodiscard]] std::optional<std::string> found_instead(std::string_view text, std::string_view door);

}  // namespace secondstep::tool
