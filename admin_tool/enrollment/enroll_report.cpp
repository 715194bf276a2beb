#include "enrollment/enroll_report.h"

#include "base/host_name.h"
#include "base/text.h"
#include "console/json_text.h"
#include "encoding/base32.h"
#include "people/audit.h"

namespace secondstep::tool {

namespace {

std::string upper_case(std::string_view text) {
    std::string upper(text);
    for (char& c : upper) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return upper;
}

}  // namespace

void show_header(Output& screen, const NamedAccount& subject, const EnrollRequest& request) {
    std::string who = "portal user";
    if (subject.entry) {
        who = "uid " + std::to_string(subject.entry->uid);
        if (!subject.entry->full_name.empty()) who = printable(subject.entry->full_name) + ", " + who;
    }
    screen.line(subject.account.text() + " (" + who + ") on " + host_name() + ", method " +
                std::string(to_text(request.method)));
    if (request.is_unusual()) {
        screen.line(
            "Warning: some apps ignore digits, period or algorithm other than 6, 30 and sha1,\n"
            "and then show wrong codes. The code you enter below tells.");
    }
}

void show_success(Output& screen, const EnrollRequest& request, const std::optional<StepBefore>& before) {
    const std::string method = upper_case(to_text(request.method));
    if (request.confirm) {
        screen.line("Code successfully verified. 2FA method is set to " + method + ".");
    } else {
        screen.line("2FA method is set to " + method +
                    (request.address ? ". No code was sent." : ". No code was checked."));
    }
    if (!before) return;
    if (!before->devices.empty()) {
        screen.line("The old entries (" + before->devices +
                    ") and the old recovery codes no longer work; delete them from the apps.");
        return;
    }
    screen.line(channel_of(before->method)
                    ? "Codes that were sent before, and the old recovery codes, no longer work."
                    : "The old entry and the old recovery codes no longer work; delete it from the app.");
}

void show_what_matters(Output& screen, const std::string& account, const EnrollRequest& request) {
    if (!request.address) return;
    const bool mail = request.method == Method::mail;
    screen.line(
        std::string(mail ? "Whoever reads that mail can use the codes. Without that mailbox "
                         : "SMS is weak: a number can be moved to another card. Without that number ") +
        account + "\ncannot log in, unless the recovery codes are kept.");
}

void log_enrollment(const std::string& account, Method method, bool replaced, bool confirmed) {
    audit("enroll", account,
          "method=" + std::string(to_text(method)) + (replaced ? " replaced=yes" : " replaced=no") +
              (confirmed ? " confirmed=yes" : " confirmed=no"));
}

std::string unchanged_json(const std::string& account, const Account& stored) {
    const Credential& present = *stored.credential;
    Json json{{"user", account}, {"changed", false}, {"method", to_text(present.method)}};
    json["codes_confirmed"] = !stored.state.recovery.not_saved;
    if (present.destination) json["address"] = present.destination->address.masked();
    return dump(json);
}

Secret enrollment_json(const std::string& account, const EnrollRequest& request, const std::string& label,
                       const Secret& uri, const Authenticator& authenticator,
                       const std::vector<Secret>& codes) {
    const Json json{{"user", account},
                    {"changed", true},
                    {"method", to_text(request.method)},
                    {"confirmed", request.confirm},
                    {"name", authenticator.name},
                    {"label", label}};
    const Secret key = otp::base32_encode(authenticator.key.bytes());
    return dump_with_secrets(json, {{"uri", &uri}, {"key", &key}}, "recovery_codes", codes);
}

Secret addition_json(const std::string& account, const EnrollRequest& request, const std::string& label,
                     const Secret& uri, const Authenticator& authenticator,
                     const std::vector<std::string>& devices) {
    const Json json{{"user", account},
                    {"changed", true},
                    {"method", to_text(request.method)},
                    {"confirmed", request.confirm},
                    {"name", authenticator.name},
                    {"label", label},
                    {"devices", devices}};
    const Secret key = otp::base32_encode(authenticator.key.bytes());
    return dump_with_secrets(json, {{"uri", &uri}, {"key", &key}});
}

Secret address_json(const std::string& account, const EnrollRequest& request,
                    const std::vector<Secret>& codes) {
    const Json json{{"user", account},
                    {"changed", true},
                    {"method", to_text(request.method)},
                    {"confirmed", request.confirm},
                    {"address", request.address->masked()}};
    return dump_with_secrets(json, {}, "recovery_codes", codes);
}

}  // namespace secondstep::tool
