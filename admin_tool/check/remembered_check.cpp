#include "check/remembered_check.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view first_line = "secondstep-content 1";
constexpr std::size_t longest = 4096;

std::string_view word_for(Remark::Level level) {
    return level == Remark::Level::error ? "error" : "warning";
}

// What stays the same when lines are added above. One line of the file; printable() leaves no tab.
std::string line_of(const Remark& remark) {
    return std::string(word_for(remark.level)) + "\t" + std::string(to_text(remark.finding)) + "\t" +
           printable(remark.file, longest) + "\t" + printable(remark.text, longest);
}

std::vector<std::string> lines_of(const Remarks& remarks) {
    std::vector<std::string> lines;
    for (const Remark& remark : remarks)
        lines.push_back(line_of(remark));
    return lines;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::ranges::find(all, one) != all.end();
}

// A finding that was there once and is there twice is worse.
Remarks more_than_before(const Remarks& before, const Remarks& now) {
    std::vector<std::string> known = lines_of(before);
    Remarks more;
    for (const Remark& remark : now) {
        const auto found = std::ranges::find(known, line_of(remark));
        if (found == known.end()) more.push_back(remark);
        if (found != known.end()) known.erase(found);
    }
    return more;
}

// Words of a newer version are findings, too: none is "configuration" for another reason than that it is one.
std::optional<Finding> finding_named(std::string_view word) {
    for (unsigned i = 0; i <= static_cast<unsigned>(Finding::unreadable); ++i) {
        const auto finding = static_cast<Finding>(i);
        if (to_text(finding) == word) return finding;
    }
    return std::nullopt;
}

Result<Remark> remark_of(const std::vector<std::string_view>& words) {
    const auto finding = words.size() == 4 ? finding_named(words[1]) : std::nullopt;
    if (!finding || (words[0] != "error" && words[0] != "warning"))
        return fail(Errc::damaged, "a line that no version writes");
    Remark remark;
    remark.level = words[0] == "error" ? Remark::Level::error : Remark::Level::warning;
    remark.file = words[2];
    remark.text = words[3];
    remark.finding = *finding;
    return remark;
}

}  // namespace

std::vector<std::string> what_got_worse(const RememberedCheck& before, const CheckReport& now,
                                        const ServiceExists& exists) {
    std::vector<std::string> worse;
    for (const std::string& service : before.services)
        if (!contains(now.services, service) && exists(service))
            worse.push_back(service + " no longer asks for the second step");
    for (const std::string& user : now.without_code)
        if (!contains(before.without_code, user))
            worse.push_back("a Match block of sshd now lets in without a code: " + user);
    for (const Remark& remark : more_than_before(before.remarks, now.remarks)) {
        const std::string line = remark.line == 0 ? "" : ":" + std::to_string(remark.line);
        worse.push_back(remark.file + line + ": new " + std::string(word_for(remark.level)) + ": " +
                        remark.text);
    }
    for (std::string& sentence : worse)
        sentence = printable(sentence, longest);
    return worse;
}

RememberedCheck remembered_after(const RememberedCheck& before, const CheckReport& now,
                                 const ServiceExists& exists) {
    RememberedCheck after{.services = now.services, .without_code = now.without_code, .remarks = {}};
    for (const std::string& service : before.services)
        if (!contains(now.services, service) && !exists(service)) after.services.push_back(service);
    for (const Remark& remark : now.remarks)
        after.remarks.push_back({.level = remark.level,
                                 .file = printable(remark.file, longest),
                                 .line = 0,
                                 .text = printable(remark.text, longest),
                                 .now = {},
                                 .mend = {},
                                 .finding = remark.finding});
    return after;
}

std::string to_text(const RememberedCheck& check) {
    std::string text = std::string(first_line) + "\n";
    for (const std::string& service : check.services)
        text += "service\t" + printable(service, longest) + "\n";
    for (const std::string& user : check.without_code)
        text += "without-code\t" + printable(user, longest) + "\n";
    for (const std::string& line : lines_of(check.remarks))
        text += line + "\n";
    return text + "end\n";
}

Result<RememberedCheck> remembered_check_of(const std::string& text) {
    std::vector<std::string_view> lines = split(text, '\n');
    if (lines.front() != first_line && lines.front().starts_with("secondstep-content "))
        return fail(Errc::unsupported, "written by a newer version");
    if (lines.front() != first_line || lines.size() < 3 || lines[lines.size() - 2] != "end" ||
        !lines.back().empty())
        return fail(Errc::damaged, "not whole");
    RememberedCheck check;
    for (std::size_t i = 1; i + 2 < lines.size(); ++i) {
        const auto words = split(lines[i], '\t');
        if (words.size() == 2 && words[0] == "service") {
            check.services.emplace_back(words[1]);
        } else if (words.size() == 2 && words[0] == "without-code") {
            check.without_code.emplace_back(words[1]);
        } else {
            auto remark = remark_of(words);
            if (!remark) return std::unexpected(remark.error());
            check.remarks.push_back(std::move(*remark));
        }
    }
    return check;
}

}  // namespace secondstep::tool
