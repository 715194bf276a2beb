#include "migration/formats/key_cell.h"

#include <iterator>
#include <utility>

#include "base/text.h"
#include "migration/formats/gathered_accounts.h"

namespace secondstep::tool {
namespace {

const otp::Remark in_two_ways{
    "The key can be read as base32 and as hexadecimal: write base32: or hex: in front of it, or say it of the whole "
    "column by --columns secret-hex=HEADER.",
    true};

std::unexpected<Error> invalid(std::string why) {
    return fail(Errc::invalid, std::move(why));
}

// Anywhere: quotes and blanks may stand before it.
bool has_address(std::string_view text) {
    for (; !text.empty(); text.remove_prefix(1)) {
        if (begins_with(text, "otpauth:") || begins_with(text, "otpauth-migration:")) return true;
    }
    return false;
}

Result<otp::KeyText> parsed(std::string_view text, std::optional<otp::KeySpelling> spelling) {
    return otp::parse_key_text(text, spelling.value_or(otp::KeySpelling::either));
}

}  // namespace

Result<otp::KeyText> read_key_cell(std::string_view text, std::optional<otp::KeySpelling> spelling) {
    if (trimmed(text).empty()) return invalid("The key is empty.");
    if (has_address(text)) return invalid("The key is a URI; import otpauth reads those.");
    auto key = parsed(text, spelling);
    if (key) return key;
    if (spelling == otp::KeySpelling::hexadecimal && otp::parse_key_text(text, otp::KeySpelling::base32))
        return invalid("The key is not hexadecimal; it looks like base32.");
    return invalid(sentence_of(key.error()));
}

Result<otp::DescribedKey> described_with(const otp::KeyText& key, otp::KeyFields words) {
    words.key = otp::KeyBytes{key.described.key.key.bytes()};
    // "steam://" in front of it is the list's word for these codes.
    if (words.type.empty() && key.described.key.form.is_steam()) words.type = "steam";
    auto described = otp::describe(words);
    if (!described) return described;
    described->remarks.insert(described->remarks.begin(), key.described.remarks.begin(),
                              key.described.remarks.end());
    if (key.as_hexadecimal) described->remarks.push_back(in_two_ways);
    return described;
}

}  // namespace secondstep::tool
