#include "secondstepd/break_glass_teller.h"

#include <algorithm>
#include <cstdint>
#include <exception>
#include <variant>

#include "base/text.h"
#include "relay/envelope.h"
#include "relay/line.h"
#include "store/break_glass_uses.h"

namespace secondstep::service {
namespace {

// Of a node, whose service may have to wait for its disk.
constexpr std::chrono::seconds patience{8};
constexpr std::chrono::minutes after_a_refusal{10};

relay::BreakGlassUsed envelope_of(const BreakGlassUse& use) {
    return {.id = use.id,
            .at = use.at,
            .account = use.account,
            .service = use.service,
            .from = use.from,
            .left = static_cast<std::uint8_t>(std::min(use.left, 255U))};
}

Result<relay::Envelope> answer_to(const BreakGlassUse& use, const dialogue::OwnRelay& relay) {
    const auto until = std::chrono::steady_clock::now() + patience;
    const auto line = relay.open(until);
    if (!line) return std::unexpected(line.error());
    if (auto sent = (*line)->send(envelope_of(use), until); !sent) return std::unexpected(sent.error());
    return (*line)->receive(until);
}

// What the node made of it: whether it knows it now, or why not. That none is up, or that it has gone, is no reason.
struct Telling {
    bool is_known = false;
    std::optional<std::string> why_not;
};

Telling told(const BreakGlassUse& use, const dialogue::OwnRelay& relay) {
    const auto answer = answer_to(use, relay);
    if (!answer && answer.error().code == Errc::untrusted) return {false, answer.error().detail};
    if (!answer) return {};
    if (const auto* const refused = std::get_if<relay::Refused>(&*answer)) return {false, refused->words};
    const auto* const lost = std::get_if<relay::Lost>(&*answer);
    if (lost != nullptr && lost->loss == relay::Loss::unreadable)
        return {false, "secondstep-relay is of another version than this service: restart it"};
    return {std::holds_alternative<relay::BreakGlassKnown>(*answer), {}};
}

}  // namespace

std::optional<std::string> tell_nodes_of_break_glass(const Settings& settings, SyslogJournal& journal) {
    if (!settings.relay) return std::nullopt;
    const auto uses = BreakGlassUses::untold(settings.config->store);
    const auto all = uses.all();
    if (!all) return all.error().detail;
    for (const BreakGlassUse& use : *all) {
        const Telling telling = told(use, *settings.relay);
        if (!telling.is_known) return telling.why_not;
        // Where that fails the node hears it twice, and knows it.
        if (const auto gone = uses.remove(use); !gone) return gone.error().detail;
        journal.inform("A node of the fleet knows now that " + use.account +
                       " logged in here with a break-glass code.");
    }
    return std::nullopt;
}

void BreakGlassTeller::look() {
    const auto settings = context_.settings.get();
    const bool may_tell = settings->relay && std::chrono::steady_clock::now() >= not_before_.load();
    if (!may_tell || busy_.exchange(true)) return;
    // Freed with the job, whether that ran, was refused, or could not even be made.
    const std::shared_ptr<void> until_it_is_over(nullptr,
                                                 [self = shared_from_this()](void*) { self->busy_ = false; });
    static_cast<void>(context_.tellers.submit(
        [self = shared_from_this(), settings, until_it_is_over] { self->tell_all(*settings); }));
}

void BreakGlassTeller::tell_all(const Settings& settings) {
    try {
        const auto why = tell_(settings, context_.journal);
        if (!why) return;
        not_before_ = std::chrono::steady_clock::now() + after_a_refusal;
        context_.journal.warn("No node is told of logins with break-glass codes: " + printable(*why, 512) +
                              "; it is tried again in ten minutes.");
    } catch (
        const std::exception&) {  // no memory, for the words either: it is tried again with the next look
    }
}

}  // namespace secondstep::service
