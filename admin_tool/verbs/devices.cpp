#include <boost/program_options/value_semantic.hpp>
#include <optional>

#include "access/one_user.h"
#include "access/owner_notice.h"
#include "account/devices.h"
#include "accounts/device_table.h"
#include "base/local_time.h"
#include "base/text.h"
#include "console/json_text.h"
#include "console/output.h"
#include "enrollment/device_request.h"
#include "enrollment/enrollment.h"
#include "people/audit.h"
#include "people/invoker.h"

namespace secondstep::tool {

namespace {

using Request = dialogue::DeviceRequest;
using Word = Request::Verb;

// What was typed: `devices [USER]`, `devices rename [USER] OLD NEW`, `devices remove [USER] NAME`.
struct Wanted {
    Request request;
    std::optional<std::size_t> user;  // its place among the operands; nothing: oneself
};

OrExit<Wanted> wanted_from(const std::vector<std::string>& operands) {
    const std::string first = operands.empty() ? "" : operands.front();
    const bool renames = first == "rename";
    const std::size_t names = renames ? 2 : first == "remove" ? 1 : 0;
    const std::size_t before = names > 0 ? 1 : 0;  // the word itself
    const std::size_t given = operands.size() - before;
    if (given < names || given > names + 1) {
        return stop(complain(Exit::usage,
                             "devices [USER], devices rename [USER] OLD NEW or devices remove [USER] NAME"));
    }
    Wanted wanted;
    if (given == names + 1) wanted.user = before;
    if (names == 0) return wanted;
    wanted.request.verb = renames ? Word::rename : Word::remove;
    wanted.request.device = operands[operands.size() - names];
    if (renames) wanted.request.new_name = operands.back();
    if (renames && !is_device_name(wanted.request.new_name))
        return stop(complain(Exit::usage, device_name_rule));
    return wanted;
}

Json unchanged(const OneUser& user, const Credential& credential) {
    Json json{{"user", user.name()}, {"changed", false}, {"devices", Json::array()}};
    for (const Authenticator& device : credential.authenticators)
        json["devices"].push_back(device.name);
    return json;
}

// One change of a device, inside the child that may use the store.
class DeviceChange {
  public:
    DeviceChange(const StoreSession& session, const OneUser& user, const Request& request)
        : session_(session), user_(user), request_(request), notice_(session, user.name()) {}
    Exit run();

  private:
    [[nodiscard]] bool removes() const { return request_.verb == Word::remove; }
    [[nodiscard]] Result<void> fits(const Credential& credential, const AuthenticatorId& device) const;
    [[nodiscard]] OrExit<void> agree(const Authenticator& device, const Credential& credential) const;
    [[nodiscard]] Rewrite rewritten(const Account& present, const AuthenticatorId& device);
    Exit refuse(const Credential& credential, const std::string& why) const;
    Exit change(const AuthenticatorId& device);
    // `name`: as it is shown.
    Exit report(const Credential& credential, const std::string& name) const;

    const StoreSession& session_;
    const OneUser& user_;
    const Request& request_;
    OwnerNotice notice_;
};

// With --json a program learns what there is, beside the status.
Exit DeviceChange::refuse(const Credential& credential, const std::string& why) const {
    if (user_.json()) out().verbatim(dump(unchanged(user_, credential)));
    return complain(Exit::refused, "nothing was changed: " + why);
}

Result<void> DeviceChange::fits(const Credential& credential, const AuthenticatorId& device) const {
    return removes() ? check_removal(credential) : check_new_name(credential, device, request_.new_name);
}

OrExit<void> DeviceChange::agree(const Authenticator& device, const Credential& credential) const {
    if (!removes()) return {};
    return agreed(user_, "Remove " + shown_name(device) + ", added " +
                             local_minute(added_at(device, credential)) + ", from " + user_.name() +
                             "? Its codes are refused then.");
}

// The one that was meant is known by its id from here on: a name or a number may be another's by then.
Exit DeviceChange::run() {
    const auto before = read_enrolled(session_, user_.subject);
    if (!before) return before.error();
    const Credential& credential = *before->credential;
    const auto device = device_called(credential, request_.device);
    if (!device) return refuse(credential, device.error().detail);
    if (const auto possible = fits(credential, *device); !possible)
        return refuse(credential, possible.error().detail);
    const Authenticator& meant = *find_device(credential, *device);
    if (!removes() && meant.name == request_.new_name) {
        if (user_.json()) out().verbatim(dump(unchanged(user_, credential)));
        if (!user_.json()) out().line("It is called " + shown_name(meant) + " already; nothing changed.");
        return Exit::done;
    }
    if (const auto yes = agree(meant, credential); !yes) {
        if (user_.json()) out().verbatim(dump(unchanged(user_, credential)));
        return yes.error();
    }
    return change(*device);
}

Rewrite DeviceChange::rewritten(const Account& present, const AuthenticatorId& device) {
    if (!removes())
        return WriteCredential{with_renamed_device(*present.credential, device, request_.new_name),
                               present.state};
    const ChangeNotice told =
        dialogue::notice_of(Change::device_removed, session_.clock.now(), administrator());
    return WriteCredential{without_device(*present.credential, device),
                           state_without_device(present.state, told)};
}

Exit DeviceChange::change(const AuthenticatorId& device) {
    std::optional<std::string> why;
    std::optional<Credential> result;
    std::string name;
    std::string shown;
    const auto kept = change_enrolled(
        session_, user_.subject, "nothing was changed", [&](const Account& present) -> Result<Rewrite> {
            const Authenticator* const meant = find_device(*present.credential, device);
            const auto possible = fits(*present.credential, device);
            why.reset();
            if (meant == nullptr) why = "somebody else removed or replaced it meanwhile";
            if (!why && !possible) why = possible.error().detail;
            result = present.credential->clone();
            if (why) return LeaveAsItIs{};
            name = meant->name;
            shown = shown_name(*meant);
            notice_.add_address_of(present.credential);
            Rewrite rewrite = rewritten(present, device);
            result = std::get<WriteCredential>(rewrite).credential.clone();
            return rewrite;
        });
    if (!kept) return kept.error();
    if (why) return refuse(*result, *why);
    audit("devices", user_.name(),
          removes() ? "removed=" + field(name)
                    : "renamed=" + field(name) + " name=" + field(request_.new_name));
    if (*kept == Kept::unconfirmed)
        warn_unconfirmed(user_.name(), removes() ? "the device is gone" : "the new name stands");
    const Exit ended = report(*result, shown);
    if (removes()) notice_.tell(Change::device_removed);
    return ended;
}

Exit DeviceChange::report(const Credential& credential, const std::string& name) const {
    if (user_.json()) {
        Json json = unchanged(user_, credential);
        json["changed"] = true;
        out().verbatim(dump(json));
    } else if (removes()) {
        out().line("Removed " + name + ": its codes are refused. " + user_.name() + " has " +
                   names_of_devices(credential) + ".");
    } else {
        out().line(name + " of " + user_.name() + " is called " + request_.new_name + " now.");
    }
    return unless_unwritten();
}

Exit list(const StoreSession& session, const OneUser& user) {
    const auto account = read_enrolled(session, user.subject);
    if (!account) return account.error();
    const auto devices = devices_of(*account);
    if (user.json()) {
        out().verbatim(dump(devices_json(user.name(), devices)));
    } else {
        show_devices(user.name(), devices);
    }
    return unless_unwritten();
}

Exit show_own(const std::string& user, const Json& data) {
    if (data.contains("devices")) show_devices(user, devices_in(data["devices"]));
    return Exit::done;
}

Exit manage_own_devices(const Call& call, const Wanted& wanted) {
    OwnTask task{.task = Task::devices,
                 .first_name = wanted.user.value_or(0),
                 .end_of_names = wanted.user ? *wanted.user + 1 : 0,
                 .form = [&wanted] { return encode(wanted.request); }};
    if (wanted.request.verb == Word::list) {
        task.show = show_own;
        task.for_programs = [](Json data) {
            const std::string user = data.value("user", "");
            return data.contains("devices") ? devices_json(user, devices_in(data["devices"])) : data;
        };
    }
    return manage_own(call, task);
}

boost::program_options::options_description devices_options() {
    auto known = json_option(
        "list: {\"user\", \"devices\"}; else {\"user\", \"changed\", \"devices\"} with their names");
    add_yes_option(known);
    return known;
}

}  // namespace

Exit devices(const Command& command, const Invocation& invocation) {
    auto call = call_of(command, invocation, devices_options(), {0, 4});
    if (!call) return call.error();
    const auto wanted = wanted_from(call->arguments.operands());
    if (!wanted) return wanted.error();
    if (is_for_own_account(call->config)) return manage_own_devices(*call, *wanted);
    if (!wanted->user) return complain(Exit::usage, "whose devices? see secondstep devices --help");
    const auto user = one_user(std::move(*call), *wanted->user);
    if (!user) return user.error();
    const Request& request = wanted->request;
    return run_for(*user, [&](StoreSession& session) {
        return request.verb == Word::list ? list(session, *user)
                                          : DeviceChange(session, *user, request).run();
    });
}

}  // namespace secondstep::tool
