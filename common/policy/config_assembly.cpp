#include "policy/config_assembly.h"

namespace secondstep {
namespace {

// "FILE:LINE", as in "it is there already, at FILE:LINE"
std::string place_of(const std::string& file, unsigned line) {
    return file + ":" + std::to_string(line);
}

}  // namespace

void ConfigAssembly::add_problem(Errc code, const std::string& sentence) {
    if (problems_.empty()) code_ = code;
    problems_ += (problems_.empty() ? "" : "\n") + sentence;
}

void ConfigAssembly::add_problems_of(const ConfigText& text) {
    for (const std::string& problem : text.problems)
        add_problem(Errc::invalid, problem);
}

bool ConfigAssembly::begin(const ConfigSection& section, const std::string& kind) {
    const auto [first, is_new] = sections_.try_emplace(section.name, place_of(section.file, section.line));
    if (!is_new)
        add_problem(Errc::invalid, position(section.file, section.line) + "a " + kind +
                                       " of this name is there already, at " + first->second);
    return is_new;
}

void ConfigAssembly::take(Places& seen, const ConfigEntry& entry, const SetOption& set) {
    const std::string where = position(entry.file, entry.line);
    const auto [first, is_new] = seen.try_emplace(entry.key, place_of(entry.file, entry.line));
    if (!is_new) {
        add_problem(Errc::invalid, where + "this option is there already, at " + first->second +
                                       in_column(entry.key_column));
        return;
    }
    if (const Result<void> done = set(entry); !done) {
        const bool unknown = done.error().code == Errc::not_found;
        add_problem(Errc::invalid,
                    where + done.error().detail + in_column(unknown ? entry.key_column : entry.value_column));
    }
}

std::optional<std::string> ConfigAssembly::beginning_of(const std::string& section) const {
    const auto found = sections_.find(section);
    if (found == sections_.end()) return std::nullopt;
    return found->second + ": ";
}

Result<void> ConfigAssembly::finish() const {
    if (!problems_.empty()) return fail(code_, problems_);
    return {};
}

}  // namespace secondstep
