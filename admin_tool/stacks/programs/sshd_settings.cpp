#include "stacks/programs/sshd_settings.h"

#include <cstdint>

#include "base/text.h"

namespace secondstep::tool {

namespace {

std::optional<unsigned> seconds_in(char unit) {
    constexpr std::string_view units = "smhdw";
    constexpr unsigned lengths[] = {1, 60, 3600, 86400, 604800};
    const std::size_t at = units.find(unit);
    return at == std::string_view::npos ? std::nullopt : std::optional(lengths[at]);
}

}  // namespace

std::optional<std::chrono::seconds> sshd_time(std::string_view text) {
    const std::string lower = lowercase_ascii(text);
    std::uint64_t total = 0;
    for (std::string_view rest = lower; !rest.empty();) {
        const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
        const auto count = parse_number<std::uint32_t>(rest.substr(0, digits));
        const auto unit = digits < rest.size() ? seconds_in(rest[digits]) : std::optional(1U);
        if (!count || !unit) return std::nullopt;
        total += std::uint64_t{*count} * *unit;
        rest.remove_prefix(std::min(digits + 1, rest.size()));
    }
    if (text.empty()) return std::nullopt;
    return std::chrono::seconds{total};
}

std::string sshd_keyword(std::string_view word) {
    std::string keyword = lowercase_ascii(word);
    if (keyword == "challengeresponseauthentication") keyword = "kbdinteractiveauthentication";
    return keyword;
}

void SshdSettings::add(const std::string& keyword, const SshdSetting& setting) {
    settings_.try_emplace(keyword, setting);
}

void SshdSettings::take_values(std::string_view output) {
    for (const std::string_view line : split(output, '\n')) {
        const std::size_t blank = line.find(' ');
        if (blank == std::string_view::npos) continue;
        SshdSetting& setting = settings_[sshd_keyword(line.substr(0, blank))];
        setting.value = trimmed(line.substr(blank));
        if (setting.file.empty()) setting.file = path_;
    }
}

bool SshdSettings::is_written(std::string_view keyword) const {
    const SshdSetting* setting = find(keyword);
    return setting != nullptr && setting->line != 0;
}

const SshdSetting* SshdSettings::find(std::string_view keyword) const {
    const auto found = settings_.find(keyword);
    return found == settings_.end() ? nullptr : &found->second;
}

std::string SshdSettings::value(std::string_view keyword, std::string_view otherwise) const {
    const SshdSetting* setting = find(keyword);
    return setting == nullptr ? std::string(otherwise) : setting->value;
}

bool SshdSettings::is_yes(std::string_view keyword, bool otherwise) const {
    return lowercase_ascii(value(keyword, otherwise ? "yes" : "no")) == "yes";
}

}  // namespace secondstep::tool
