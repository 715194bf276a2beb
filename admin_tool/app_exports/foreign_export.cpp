#include "app_exports/foreign_export.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace secondstep::tool {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view readable =
    "Read here are exports of Aegis, 2FAS, FreeOTP+, Bitwarden, Proton Authenticator, Proton Pass, KeePassXC, andOTP, "
    "Raivo, Stratum and LastPass Authenticator, and lists of otpauth:// addresses, which most apps write as plain text";

// How files begin.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> beginnings{{
    {"PK\x03\x04"sv, "it is a ZIP archive: unpack it first, and give the .json or .csv that is in it"},
    {"-----BEGIN PGP MESSAGE-----"sv,
     "it is encrypted with PGP: open it with \"gpg --decrypt\" first, or export it without a password"},
    {"AUTHENTICATORPRO"sv,
     "it is an encrypted backup of Stratum (Authenticator Pro): export it not encrypted"},
    {"AuthenticatorPro"sv, "it is an encrypted backup of Authenticator Pro: export it not encrypted"},
    {"\x03\xD9\xA2\x9A"sv,
     "it is a database of KeePass: let KeePassXC export it as CSV (keepassxc-cli export --format csv FILE)"},
    {"SQLite format 3"sv, "it is the database of an app, not what the app exports"},
    {"\xAC\xED\x00\x05"sv,
     "it is a backup of FreeOTP, in a form of Java's alone: FreeOTP+ exports JSON, and Aegis "
     "reads these backups"},
    {"\xFF\xFE"sv, "it is UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8 FILE)"},
    {"\xFE\xFF"sv, "it is UTF-16: save it as UTF-8 (iconv -f UTF-16 -t UTF-8 FILE)"},
    {"\x89PNG"sv, "it is a picture: --qr reads those"},
    {"\xFF\xD8\xFF"sv, "it is a picture: --qr reads those"},
    {"%PDF"sv, "it is a PDF"},
    {"<"sv,
     "it is XML or HTML, which no app exports that is read here; PSKC is for \"secondstep import pskc\""},
}};

bool is_binary(std::string_view text) {
    return text.find('\0') != std::string_view::npos || !is_valid_utf8(text);
}

std::string with_what_is_read(std::string_view why) {
    std::string text(why);
    text.append(". ").append(readable);
    return text;
}

}  // namespace

std::string why_no_export(std::string_view text) {
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return "it is empty";
    for (const auto& [beginning, why] : beginnings) {
        if (text.starts_with(beginning)) return std::string(why);
    }
    if (is_binary(text))
        return "it is not text: perhaps an encrypted backup (andOTP and others say nowhere what it is). Let the app "
               "export it not encrypted";
    return with_what_is_read("it is text, and none of the exports that are known");
}

std::string why_no_export(JsonValue root) {
    if (root["kdfParams"].is_said() && root["encryptedData"].is_said())
        return "it is an encrypted export of Ente Auth: export it once more as plain text, and delete the file "
               "afterwards";
    if (root.is(JsonValue::Kind::array) && root.is_empty())
        return "it is an empty list: the app had no accounts";
    return with_what_is_read("it is JSON, and none of the exports that are known");
}

}  // namespace secondstep::tool
