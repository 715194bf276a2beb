#include "enrollment/device_addition.h"

#include <algorithm>

#include "access/earlier_record.h"
#include "access/own_account.h"
#include "account/devices.h"
#include "base/text.h"
#include "console/json_text.h"
#include "enrollment/enroll_report.h"
#include "people/audit.h"
#include "people/invoker.h"

namespace secondstep::tool {

namespace {

constexpr std::string_view to_enroll_again =
    "they are asked to enroll again at the next login, which replaces every device";

std::vector<std::string> names_in(const Credential& credential) {
    std::vector<std::string> names;
    for (const Authenticator& device : credential.authenticators)
        names.push_back(device.name);
    return names;
}

Json unchanged(const std::string& user, const Credential& credential) {
    return {{"user", user},
            {"changed", false},
            {"method", to_text(credential.method)},
            {"devices", names_in(credential)}};
}

// With --json a program learns what there is, beside the status.
Exit refused(const EnrollRequest& request, const std::string& user, const Credential& credential,
             const std::string& why) {
    if (request.json) out().verbatim(dump(unchanged(user, credential)));
    return complain(Exit::refused, "nothing was changed: " + why);
}

// The name belongs to somebody other than who was enrolled: a device of theirs would be stored with another's.
std::optional<std::string> is_of_another(const NamedAccount& subject, const Credential& credential) {
    const std::optional<uid_t> uid = subject.entry ? std::optional(subject.entry->uid) : std::nullopt;
    if (credential.uid == uid) return std::nullopt;
    return "the second step of " + subject.account.text() +
           " was set up for another uid: secondstep rename or disable settles whose it is";
}

// What was asked for in words that do not go with what the person has.
std::optional<std::string> contradicts(const EnrollRequest& request, const Credential& credential,
                                       const std::string& user) {
    const std::string method(to_text(credential.method));
    if (channel_of(credential.method))
        return "codes of " + user + " are sent by " + method +
               ", and no device stands beside that: secondstep enroll " + user +
               " --replace --method totp sets up an app instead";
    if (!request.method_given || request.method == credential.method) return std::nullopt;
    const std::string wanted(to_text(request.method));
    return "the devices of " + user + " are " + method + ", and one that is " + wanted +
           " cannot stand beside them: leave --method out, or replace them all with secondstep enroll " +
           user + " --replace --method " + wanted;
}

Exit say_unchanged(const EnrollRequest& request, const std::string& user, const Credential& credential,
                   const Authenticator& device) {
    if (request.json) {
        Json json = unchanged(user, credential);
        json["name"] = device.name;
        out().verbatim(dump(json));
    } else {
        out().line(user + " has a device " + shown_name(device) + " already; nothing changed.");
    }
    return unless_unwritten();
}

Exit nobody(const StoreSession& session, const EnrollRequest& request, const NamedAccount& subject) {
    const Exit ended = complain_not_enrolled(session, subject);
    if (request.json && ended == Exit::not_enrolled)
        out().verbatim(dump(unchanged_of_nobody(subject.account.text())));
    return ended;
}

// The request, with what is left to the account.
EnrollRequest completed(EnrollRequest request, const Credential& credential) {
    request.method = credential.method;
    if (!request.name) request.name = free_device_name(credential);
    return request;
}

// Why nothing can stand beside what the person has.
std::optional<std::string> why_not(const EnrollRequest& request, const NamedAccount& subject,
                                   const Account& present) {
    const Credential& credential = *present.credential;
    if (const auto other = is_of_another(subject, credential)) return other;
    if (const auto wrong = contradicts(request, credential, subject.account.text())) return wrong;
    if (present.state.enrollment_forced) return std::string(to_enroll_again);
    const auto fits = check_addition(credential, *completed(request, credential).name);
    return fits ? std::nullopt : std::optional(fits.error().detail);
}

// A device that was there is there still: it is the second step that the administrator saw.
bool shares_a_device(const Credential& present, const Credential& before) {
    return std::ranges::any_of(before.authenticators, [&](const Authenticator& device) {
        return find_device(present, device.id) != nullptr;
    });
}

}  // namespace

DeviceAddition::DeviceAddition(StoreSession& session, const EnrollRequest& request,
                               const NamedAccount& subject, const EnrollmentFiles& files)
    : session_(session),
      request_(request),
      task_{session, request_, subject, files, request.json ? err() : out()},
      device_(task_),
      notice_(session, subject.account.text()) {}

std::optional<Exit> DeviceAddition::ends_before(const StoreSession& session, const EnrollRequest& request,
                                                const NamedAccount& subject) {
    const std::string& user = subject.account.text();
    const auto present = session.store->read(subject.record());
    if (!present) return complain(exit_of(present.error().code), user + ": " + present.error().detail);
    if (!present->credential) return nobody(session, request, subject);
    const Credential& credential = *present->credential;
    const Authenticator* const there =
        request.if_missing ? device_named_like(credential, *request.name) : nullptr;
    if (there != nullptr) return say_unchanged(request, user, credential, *there);
    if (const auto why = why_not(request, subject, *present)) return refused(request, user, credential, *why);
    if (credential.method == Method::hotp && request.period != otp::thirty_seconds())
        return complain(Exit::usage,
                        "--period belongs to totp, and the devices of " + user + " count (hotp)");
    return std::nullopt;
}

Exit DeviceAddition::run() {
    if (const auto over = ends_before(session_, request_, task_.subject)) {
        if (*over != Exit::done || task_.files.all.empty()) return *over;
        // Since that was looked at, before the files were made.
        return complain(Exit::refused, "somebody else added it meanwhile; no file was made");
    }
    const auto before = session_.store->read(task_.subject.record());
    if (!before || !before->credential)
        return complain(Exit::refused,
                        "nothing was changed: somebody else changed the second step meanwhile");
    request_ = completed(std::move(request_), *before->credential);
    if (const auto prepared = device_.prepare(*before); !prepared) return prepared.error();
    if (task_.screen.failed())
        return complain(Exit::refused, "nothing was changed: what had to be shown could not be written");
    const Exit ended = commit(*before);
    if (stored_) notice_.tell(Change::device_added);
    return ended;
}

Result<DeviceAddition::Written> DeviceAddition::write(const Account& before) {
    const UnixTime now = session_.clock.now();
    const ChangeNotice told = dialogue::notice_of(Change::device_added, now, administrator());
    Written written{.refused = std::nullopt, .credential = before.credential->clone()};
    const auto kept =
        change(*session_.store, task_.subject.record(), Opening::existing,
               [&](const Account& present) -> Result<Rewrite> {
                   written.overtaken =
                       !present.credential || !shares_a_device(*present.credential, *before.credential);
                   if (present.credential) written.credential = present.credential->clone();
                   if (written.overtaken) return LeaveAsItIs{};
                   written.refused.reset();
                   if (present.state.enrollment_forced) written.refused = to_enroll_again;
                   const auto fits = check_addition(*present.credential, *request_.name);
                   if (!fits) written.refused = fits.error().detail;
                   if (written.refused) return LeaveAsItIs{};
                   device_.put_into(written.credential);
                   written.credential.authenticators.back().added_at = now;
                   State next = state_with_device(present.state, written.credential, told);
                   notice_.add_address_of(present.credential);
                   session_.mark.set();
                   return WriteCredential{written.credential.clone(), std::move(next)};
               });
    if (!kept || written.overtaken || written.refused) session_.mark.clear();
    if (!kept) return std::unexpected(kept.error());
    written.unconfirmed = *kept == Kept::unconfirmed;
    stored_ = !written.overtaken && !written.refused;
    return written;
}

Exit DeviceAddition::commit(const Account& before) {
    const SignalsHeld until_it_is_said;
    if (SignalsHeld::one_is_waiting()) return Exit::refused;
    const auto written = write(before);
    if (!written) return complain("not stored", written.error());
    const auto refuse = [&](const std::string& why) {
        return refused(request_, task_.name(), written->credential, why);
    };
    if (written->overtaken) return refuse("somebody else replaced the second step meanwhile");
    if (written->refused) return refuse(*written->refused);
    audit("enroll", task_.name(),
          "method=" + std::string(to_text(request_.method)) + " added=" + field(*request_.name) +
              (request_.confirm ? " confirmed=yes" : " confirmed=no"));
    return report(*written);
}

// Whatever goes wrong from here on, the device counts.
Exit DeviceAddition::report(const Written& written) {
    Output& screen = task_.screen;
    const std::string& name = *request_.name;
    screen.line(std::string(request_.confirm ? "Code successfully verified. " : "No code was checked. ") +
                "The device " + name + " is added; " + task_.name() + " has " +
                names_of_devices(written.credential) + ".");
    screen.line("The recovery codes stay as they are.");
    if (request_.json) {
        const auto json = device_.json_beside(names_in(written.credential));
        if (!json) return json.error();
        out().verbatim(*json);
    }
    if (written.unconfirmed) warn_unconfirmed(task_.name(), "the new device counts");
    if (!out().failed()) return Exit::done;
    return complain(Exit::unavailable, "the device " + name +
                                           " is stored, and its key could not be shown. Remove it and add it "
                                           "again: secondstep devices remove " +
                                           task_.name() + " " + name);
}

}  // namespace secondstep::tool
