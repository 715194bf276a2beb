#include "installation/courier_findings.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "tool_paths.h"

namespace secondstep::tool {

namespace {

constexpr char subject[] = "courier";
constexpr std::string_view not_set_up = "not set up";
constexpr char where_it_is_set_up[] = "edit /etc/secondstep/courier.conf; see courier.conf(5)";

// "mail  mx.example.com:587 with STARTTLS" => "mx.example.com:587 with STARTTLS"
std::optional<std::string> way_of(std::string_view channel, std::string_view out) {
    for (const std::string_view line : split(out, '\n')) {
        const std::size_t blank = line.find(' ');
        if (blank != std::string_view::npos && line.substr(0, blank) == channel)
            return std::string(trimmed(line.substr(blank)));
    }
    return std::nullopt;
}

void add_channel(Diagnoses& findings, const CourierNeed& need, std::string_view channel,
                 std::string_view out) {
    const std::optional<std::string> way = way_of(channel, out);
    const std::string name(channel);
    if (way && *way != not_set_up) {
        findings.push_back(fine(subject, name + ": " + *way));
    } else {
        findings.push_back(courier_fault(
            need,
            name + " is " + std::string(not_set_up) + " in courier.conf, and the configuration needs it",
            where_it_is_set_up));
    }
}

}  // namespace

Diagnosis courier_fault(const CourierNeed& need, std::string text, std::string mend) {
    return need.for_logins() ? wrong(subject, std::move(text), std::move(mend))
                             : warning(subject, std::move(text), std::move(mend));
}

std::string how_to_start_courier() {
    std::string way = "systemctl enable --now secondstep-courier.socket; without systemd, as root: ";
    way.append(tool_paths::courier_command).append(" --listen");
    return way;
}

Diagnoses findings_in(const CourierCheck& check, const CourierNeed& need) {
    Diagnoses findings;
    if (check.status != 0) {
        for (const std::string_view line : split(check.err, '\n')) {
            if (!line.empty()) findings.push_back(courier_fault(need, std::string(line), where_it_is_set_up));
        }
        if (!findings.empty()) return findings;
        std::string silence = tool_paths::courier_command;
        silence.append(" --check gave no answer");
        return {courier_fault(need, std::move(silence), "run it, and look at how it ends")};
    }
    if (need.mail || need.notices) add_channel(findings, need, "mail", check.out);
    if (need.sms) add_channel(findings, need, "sms", check.out);
    if (const auto doubt = way_of("warn", check.out); doubt && need.sms)
        findings.push_back(warning(subject, *doubt, where_it_is_set_up));
    return findings;
}

}  // namespace secondstep::tool
