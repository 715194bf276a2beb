#include "migration/formats/source_kind.h"
#include "files/text_lines.h"

#include <algorithm>
#include <array>

#include "base/pasted_text.h"
#include "base/text.h"

namespace secondstep::tool {
namespace {

constexpr std::size_t looked_at = std::size_t{64} << 10U;

// The beginnings of files that are no text.
std::optional<SourceKind> kind_by_magic(std::string_view text) {
    using Magic = std::pair<std::string_view, SourceKind>;
    constexpr auto magics = std::to_array<Magic>({
        {"\x89PNG", SourceKind::picture},
        {"\xff\xd8\xff", SourceKind::picture},
        {"GIF8", SourceKind::picture},
        {"RIFF", SourceKind::picture},
        {"PK\x03\x04", SourceKind::archive},
        {"\x1f\x8b", SourceKind::archive},
        {"7z\xbc\xaf", SourceKind::archive},
        {"-----BEGIN PGP", SourceKind::openpgp},
        {"-----BEGIN CMS", SourceKind::sealed},
    });
    for (const auto& [magic, kind] : magics) {
        if (text.starts_with(magic)) return kind;
    }
    return std::nullopt;
}

SourceKind kind_of_xml(std::string_view text) {
    const auto has = [&](std::string_view name) { return text.find(name) != std::string_view::npos; };
    if (has("KeyContainer") || has("SecretContainer")) return SourceKind::pskc;
    return has("<Tokens") ? SourceKind::safenet : SourceKind::xml;
}

bool is_base32(std::string_view line) {
    constexpr std::size_t shortest = 16;
    std::size_t symbols = 0;
    for (const char c : line) {
        if (c == ' ' || c == '-' || c == '=') continue;
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'))) return false;
        ++symbols;
    }
    return symbols >= shortest;
}

bool is_separated(std::string_view line) {
    return line.find_first_of(",;\t") != std::string_view::npos;
}

// By the first line that says something, and by those behind it.
SourceKind kind_of_line(std::string_view line, std::string_view rest) {
    if (begins_with(line, "otpauth:") || begins_with(line, "otpauth-migration:")) return SourceKind::otpauth;
    if (begins_with(line, "phonefactor:")) return SourceKind::phone_factor;
    if (line.starts_with("HOTP") && line.find_first_of(",;") == std::string_view::npos &&
        line.find_first_of(" \t") != std::string_view::npos)
        return SourceKind::oath_users;
    if (is_base32(line))
        return rest.find("\n\" ") != std::string_view::npos ? SourceKind::google_authenticator
                                                            : SourceKind::base32_key;
    if (is_separated(line)) return SourceKind::csv;
    return rest.find("otpauth://") != std::string_view::npos ? SourceKind::otpauth : SourceKind::text;
}

SourceKind kind_of_text(std::string_view text) {
    TextLines lines(text);
    bool comments = false;
    while (const auto line = lines.next()) {
        const std::string_view content = without_outer_blanks(line->text);
        if (content.starts_with('#')) comments = true;
        if (!content.empty() && !content.starts_with('#')) return kind_of_line(content, text);
    }
    return comments ? SourceKind::comments : SourceKind::empty;
}

std::string_view description_of(SourceKind kind) {
    switch (kind) {
        case SourceKind::empty:
            return "it is empty";
        case SourceKind::comments:
            return "it has comments and nothing else";
        case SourceKind::json:
            return "it is an export in JSON; import app-export reads those of the apps it knows, or let the app "
                   "export plain text (URIs) for import otpauth";
        case SourceKind::pskc:
            return "it is a token file in XML (PSKC); import pskc reads those";
        case SourceKind::safenet:
            return "it is a token file of SafeNet (Aladdin) in XML, which nothing here reads; ask its vendor for PSKC";
        case SourceKind::xml:
            return "it is XML without a KeyContainer";
        case SourceKind::otpauth:
            return "it has otpauth URIs; import otpauth reads those";
        case SourceKind::phone_factor:
            return "it is for Microsoft's own app (phonefactor); choose \"other authenticator app\" on that page";
        case SourceKind::oath_users:
            return "it is a users file of pam_oath; import oath reads those";
        case SourceKind::google_authenticator:
            return "it is a file of google-authenticator; import google-authenticator reads those";
        case SourceKind::csv:
            return "it is a list with several fields on a line (CSV); import csv reads those";
        case SourceKind::base32_key:
            return "it looks like a base32 key alone, without a user; import csv reads a list with the first line "
                   "user,secret";
        case SourceKind::sealed:
            return "it is sealed, as secondstep export does it; import csv and import otpauth open that";
        case SourceKind::openpgp:
            return "it is encrypted with OpenPGP; decrypt it first";
        case SourceKind::archive:
            return "it is an archive, or compressed; unpack it first";
        case SourceKind::picture:
            return "it is a picture; import otpauth --qr FILE reads QR codes";
        case SourceKind::text:
            return "it is a text in which no line has the form of a key";
        case SourceKind::binary:
            return "it is no text";
    }
    return "it cannot be read";
}

// Which kind each source of `secondstep import` is.
std::optional<SourceKind> kind_of_door(std::string_view door) {
    using Door = std::pair<std::string_view, SourceKind>;
    constexpr auto doors = std::to_array<Door>({{"google-authenticator", SourceKind::google_authenticator},
                                                {"oath", SourceKind::oath_users},
                                                {"pskc", SourceKind::pskc},
                                                {"csv", SourceKind::csv},
                                                {"otpauth", SourceKind::otpauth}});
    for (const auto& [name, kind] : doors) {
        if (name == door) return kind;
    }
    return std::nullopt;
}

}  // namespace

SourceKind kind_of_source(std::string_view text) {
    text = text.substr(0, looked_at);
    if (const auto kind = kind_by_magic(text)) return *kind;
    if (text.find('\0') != std::string_view::npos) return SourceKind::binary;
    std::string_view inner = text;
    if (inner.starts_with("\xef\xbb\xbf")) inner.remove_prefix(3);
    inner = without_outer_blanks(inner);
    if (inner.starts_with('{') || inner.starts_with('[')) return SourceKind::json;
    if (inner.starts_with('<')) return kind_of_xml(inner);
    return kind_of_text(text);
}

bool is_sure(SourceKind kind) {
    switch (kind) {
        case SourceKind::base32_key:
        case SourceKind::text:
        case SourceKind::binary:
            return false;
        case SourceKind::empty:
        case SourceKind::comments:
        case SourceKind::json:
        case SourceKind::pskc:
        case SourceKind::safenet:
        case SourceKind::xml:
        case SourceKind::otpauth:
        case SourceKind::phone_factor:
        case SourceKind::oath_users:
        case SourceKind::google_authenticator:
        case SourceKind::csv:
        case SourceKind::sealed:
        case SourceKind::openpgp:
        case SourceKind::archive:
        case SourceKind::picture:
            break;
    }
    return true;
}

std::optional<std::string> found_instead(std::string_view text, std::string_view door) {
    const SourceKind kind = kind_of_source(text);
    if (kind == kind_of_door(door)) return std::nullopt;
    return "no key was found in it: " + std::string(description_of(kind)) + ".";
}

}  // namespace secondstep::tool
