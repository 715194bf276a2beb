#include "dialogue/conversation/journal.h"

#include "base/text.h"

namespace secondstep::dialogue {
namespace {

std::string_view to_text(Verdict verdict) {
    switch (verdict) {
        case Verdict::accepted:
            return "accepted";
        case Verdict::refused:
            return "refused";
        case Verdict::not_needed:
            return "not-needed";
        case Verdict::unavailable:
            return "unavailable";
        case Verdict::cancelled:
            return "cancelled";
        case Verdict::not_allowed:
            return "not-allowed";
        case Verdict::misconfigured:
            return "misconfigured";
    }
    return "?";
}

// Empty for an authenticator's code, which needs no saying.
std::string_view to_text(Factor factor) {
    switch (factor) {
        case Factor::authenticator:
            return "";
        case Factor::recovery_code:
            return "recovery-code";
        case Factor::temporary_code:
            return "temporary-code";
        case Factor::registration_code:
            return "registration-code";
    }
    return "?";
}

// A value from outside cannot end its field or begin another: rhost = `x verdict=accepted` stays one value.
std::string in_quotes(const std::string& value) {
    if (value.find_first_of(" =\"\\") == std::string::npos) return value;
    std::string quoted = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted + '"';
}

std::string_view word_for(Change change) {
    switch (change) {
        case Change::enrolled:
            return "enrolled";
        case Change::renewed_codes:
            return "recovery-codes";
        case Change::disabled:
            return "disabled";
        case Change::to_enroll_again:
            return "re-enroll";
        case Change::renamed:
            return "renamed";
        case Change::device_added:
            return "device-added";
        case Change::device_removed:
            return "device-removed";
        case Change::none:
            break;
    }
    return "";
}

std::string_view word_for(AccountEvent event) {
    switch (event) {
        case AccountEvent::restore_begun:
            return "restore-begun";
        case AccountEvent::clients_dropped:
            return "clients-dropped";
        case AccountEvent::device_renamed:
            return "device-renamed";
    }
    return "?";
}

std::string_view word_for(PortalChange change) {
    return secondstep::dialogue::to_text(change);
}

std::string_view word_for(const NothingAsked&) {
    return "";
}
std::string_view word_for(const TheLogin&) {
    return "login";
}
std::string_view word_for(Proof proof) {
    return secondstep::to_text(proof);
}

class Line {
  public:
    void add(std::string_view key, std::string_view value) {
        if (value.empty()) return;
        if (!text_.empty()) text_ += ' ';
        text_.append(key).append("=").append(in_quotes(printable(value)));
    }
    std::string finish() && { return std::move(text_); }

  private:
    std::string text_;
};

}  // namespace

std::string to_line(const Decision& decision) {
    Line line;
    line.add("verdict", to_text(decision.verdict));
    line.add("user", decision.user);
    line.add("service", decision.service);
    line.add("rhost", decision.rhost);
    line.add("host", decision.host);
    if (decision.method) line.add("method", secondstep::to_text(*decision.method));
    line.add("by", to_text(decision.factor));
    line.add("device", decision.device);
    line.add("reason", decision.reason);
    if (decision.recovery_codes_left)
        line.add("recovery_left", std::to_string(*decision.recovery_codes_left));
    return std::move(line).finish();
}

std::string_view word_of(const ChangeEntry& entry) {
    return std::visit([](const auto& what) { return word_for(what); }, entry.what);
}

std::string_view to_text(const Grounds& grounds) {
    return std::visit([](const auto& what) { return word_for(what); }, grounds);
}

std::string to_line(const ChangeEntry& entry) {
    Line line;
    line.add("change", word_of(entry));
    line.add("user", entry.user);
    line.add("service", entry.service);
    line.add("rhost", entry.rhost);
    line.add("host", entry.host);
    line.add("proof", to_text(entry.proof));
    line.add("portal", entry.portal);
    line.add("owner", entry.owner);
    line.add("device", entry.device);
    return std::move(line).finish();
}

}  // namespace secondstep::dialogue
