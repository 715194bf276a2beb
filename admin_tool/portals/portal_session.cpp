#include "portals/portal_session.h"

#include <unistd.h>

#include <array>

#include "access/service_child.h"
#include "access/service_dialogue.h"
#include "access/store_session.h"
#include "base/host_name.h"
#include "delivery/courier_link.h"
#include "dialogue/sending/code_delivery.h"
#include "people/audit.h"
#include "people/invoker.h"
#include "people/named_account.h"
#include "people/people_index.h"
#include "portals/portal_actions.h"
#include "portals/portal_refusal.h"
#include "portals/portal_request.h"
#include "portals/portal_store.h"

namespace secondstep::tool {

namespace {

using dialogue::PortalAnswer;
using dialogue::PortalRequest;

constexpr std::array<std::string_view, 2> secret_names{"code", "uri"};

Result<std::vector<PortalLine>> parsed(const std::vector<Secret>& texts) {
    std::vector<PortalLine> lines;
    for (const Secret& text : texts) {
        auto line = PortalLine::parse(text.text());
        if (!line) return std::unexpected(line.error());
        lines.push_back(std::move(*line));
    }
    return lines;
}

Exit exit_of_refusal(Errc code) {
    if (code == Errc::not_allowed || !dialogue::is_for_who_asks(code)) return exit_of(code);
    return Exit::refused;
}

// Root, in the child that has the service account's ids.
class StoredPortals final : public PortalSession {
  public:
    StoredPortals(const StoreSession& session, PortalStore store)
        : session_(session), store_(std::move(store)) {}
    [[nodiscard]] OrExit<std::vector<PortalLine>> perform(const PortalRequest& request,
                                                          Output& screen) override;
    [[nodiscard]] OrExit<void> send_link(const PortalRequest& request, Output& screen) override;

  private:
    const StoreSession& session_;
    PortalStore store_;
};

OrExit<std::vector<PortalLine>> StoredPortals::perform(const PortalRequest& request, Output&) {
    const auto answer =
        patiently([&] { return dialogue::perform(store_, request, {}, session_.clock.now()); });
    if (!answer) return stop(complain(exit_of_refusal(answer.error().code), answer.error().detail));
    if (answer->event) {
        audit("portal", answer->event->owner,
              "done=" + std::string(to_text(answer->event->what)) + " portal=" + answer->event->portal);
    }
    auto lines = parsed(answer->lines);
    if (!lines) return stop(complain(lines.error()));
    return std::move(*lines);
}

OrExit<void> StoredPortals::send_link(const PortalRequest& request, Output&) {
    const auto& wanted = std::get<PortalRequest::SendLink>(request.wanted);
    const auto number = delivery::Address::create(delivery::Channel::sms, wanted.number);
    if (!number) return stop(complain(Exit::usage, "--phone: " + number.error().detail));
    const auto said =
        delivery::deliver(session_.config.courier_socket,
                          dialogue::link_message(session_.config, host_name(), *number, caller_name(),
                                                 wanted.name.text(), wanted.link.clone(), wanted.valid));
    const bool sent = said.outcome != delivery::DeliveryOutcome::failed;
    audit("portal", "",
          std::string(sent ? "done" : "failed") + "=portal-link-sent portal=" + wanted.name.text());
    if (sent) return {};
    return stop(complain(Exit::unavailable, "the link was not sent. " + in_plain_words(said)));
}

// An ordinary user: the service decides, one dialogue for each request.
class ServedPortals final : public PortalSession {
  public:
    ServedPortals(const Call& call, std::string user) : call_(call), user_(std::move(user)) {}
    [[nodiscard]] OrExit<std::vector<PortalLine>> perform(const PortalRequest& request,
                                                          Output& screen) override;
    [[nodiscard]] OrExit<void> send_link(const PortalRequest& request, Output& screen) override {
        const auto done = perform(request, screen);
        return done ? OrExit<void>{} : stop(done.error());
    }

  private:
    const Call& call_;
    std::string user_;
};

bool changes_something(const PortalRequest& request) {
    return !std::holds_alternative<PortalRequest::List>(request.wanted) &&
           !std::holds_alternative<PortalRequest::Code>(request.wanted) &&
           !std::holds_alternative<PortalRequest::Reveal>(request.wanted);
}

OrExit<std::vector<PortalLine>> ServedPortals::perform(const PortalRequest& request, Output& screen) {
    auto dialogue = ServiceDialogue::open(call_.config, call_.arguments.invocation());
    if (!dialogue) return stop(dialogue.error());
    std::vector<Secret> texts;
    const auto verdict =
        dialogue->run_with_form(hello_for_managing(user_, Task::portals), dialogue::encode(request), screen,
                                [&texts](Secret text) { texts.push_back(std::move(text)); });
    if (!verdict) return stop(verdict.error());
    // The service has said why, and of a question there is nothing that could have been changed.
    if (*verdict == Verdict::refused && !changes_something(request) && dialogue->has_shown())
        return stop(Exit::refused);
    if (const Exit status = explain(*verdict, call_.config.contact); status != Exit::done)
        return stop(status);
    auto lines = parsed(texts);
    if (!lines) return stop(complain(lines.error()));
    return std::move(*lines);
}

OrExit<std::string> caller_name_here() {
    const auto entry = look_up(::geteuid());
    if (!entry) return stop(complain(entry.error()));
    if (!*entry) return stop(complain(Exit::no_such_user, "your uid belongs to no account of this machine"));
    return (*entry)->name;
}

Exit with_store(const Call& call, const std::function<Exit(PortalSession&)>& work) {
    return run_with_store(call.config, [&](StoreSession& session) {
        auto store = PortalStore::open(call.config.store, call.config.allow_network_file_system,
                                       session.store->keyring(), session.randomness);
        if (!store) return complain("store", store.error());
        StoredPortals portals(session, std::move(*store));
        return work(portals);
    });
}

}  // namespace

Result<PortalLine> PortalLine::parse(std::string_view text) {
    PortalLine line;
    std::string readable;
    for (const std::string_view name : secret_names) {
        const std::string mark = ",\"" + std::string(name) + "\":\"";
        const std::size_t at = text.rfind(mark);
        // Only as the last member, which is how a line with a secret ends; a note cannot hold a bare '"'.
        if (at == std::string_view::npos || !text.ends_with("\"}")) continue;
        const std::size_t begin = at + mark.size();
        line.secret = Secret::copy_of(text.substr(begin, text.size() - 2 - begin));
        line.secret_name = name;
        readable = std::string(text.substr(0, at)) + "}";
        break;
    }
    if (readable.empty()) readable = text;
    line.json = Json::parse(readable, nullptr, false);
    if (!line.json.is_object()) return fail(Errc::damaged, "the service sent something that is not JSON");
    return line;
}

Secret PortalLine::whole() const {
    if (secret.empty()) return Secret::copy_of(dump(json));
    return dump_with_secrets(json, {{secret_name, &secret}});
}

Exit with_portals(const Call& call, const std::function<Exit(PortalSession&)>& work) {
    if (!is_for_own_account(call.config)) return with_store(call, work);
    const auto user = caller_name_here();
    if (!user) return user.error();
    return run_as_caller([&] {
        ServedPortals portals(call, *user);
        return work(portals);
    });
}

}  // namespace secondstep::tool
