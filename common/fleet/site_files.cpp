#include "fleet/site_files.h"

namespace secondstep::fleet {
namespace {

constexpr std::string_view begin_of_key = "-----BEGIN PRIVATE KEY-----";
constexpr std::string_view begin_of_certificate = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view mark = "The site's own authority, which signs the certificates of this fleet.\n";

}  // namespace

Secret text_of(const OfferedParts& parts) {
    Secret text;
    text.reserve(parts.chain.size() + parts.key.size());
    text.append(parts.chain);
    text.append(parts.key.bytes());
    return text;
}

std::optional<OfferedParts> offered_in(const Secret& text) {
    const std::string_view all = text.text();
    const std::size_t key = all.find(begin_of_key);
    if (!all.starts_with(begin_of_certificate) || key == std::string_view::npos) return std::nullopt;
    return OfferedParts{std::string(all.substr(0, key)), Secret::copy_of(all.substr(key))};
}

std::string marked_as_of_site(std::string_view pem) {
    return std::string(mark) + std::string(pem);
}

bool is_marked_as_of_site(std::string_view authority) {
    return authority.starts_with(mark);
}

}  // namespace secondstep::fleet
