#include "dialogue/manage/portals.h"

#include <memory>
#include <utility>

#include "dialogue/manage/asked_form.h"
#include "dialogue/manage/portal_link.h"
#include "dialogue/set_up/proof.h"
#include "portals/portal_actions.h"
#include "portals/portal_refusal.h"
#include "portals/portal_request.h"

namespace secondstep::dialogue {
namespace {

// Nothing: the cause is for the journal.
std::optional<Verdict> verdict_for_refusal(Errc code) {
    if (!is_for_who_asks(code)) return std::nullopt;
    return code == Errc::not_allowed ? Verdict::not_allowed : Verdict::refused;
}

// Who has a second step shows it; nothing: go on.
Script<std::optional<Ended>> prove_if_enrolled(Visit& visit) {
    {
        const std::expected<Account, Ended> account = co_await read_account(visit);
        if (!account) co_return account.error();
    }
    if (!visit.enrolled) co_return std::nullopt;
    const auto shown = co_await prove(visit);
    if (!shown) co_return shown.error();
    co_return std::nullopt;
}

// Shared with the worker that does it.
struct Performance {
    std::shared_ptr<const PortalStore> store;
    PortalRequest request;
    PortalActor actor;
    Result<PortalAnswer> answer = fail(Errc::busy, "too much is asked for at once");
};

// A code is on the disk before it is told, and logins do not wait for that.
Script<Result<PortalAnswer>> performed(Visit& visit, std::shared_ptr<Performance> performance) {
    Patience patience;
    for (;;) {
        Work work{Work::Kind::sending, [performance, now = visit.now()] {
                      performance->answer =
                          perform(*performance->store, performance->request, performance->actor, now);
                  }};
        const Resumption resumption = co_await visit.talk.pause(std::move(work));
        const bool busy = resumption != Resumption::done ||
                          (!performance->answer && performance->answer.error().code == Errc::busy);
        const std::optional<Wait> wait = busy ? patience.wait_for_lock() : std::nullopt;
        if (!wait) co_return std::move(performance->answer);
        co_await visit.talk.pause(*wait);
    }
}

void log(const Visit& visit, const PortalEvent& event) {
    visit.ports.journal->changed({.what = event.what,
                                  .user = visit.known_name,
                                  .service = visit.request.service,
                                  .rhost = visit.request.rhost,
                                  .portal = event.portal,
                                  .owner = event.owner});
}

Script<Ended> refuse(Visit& visit, Error error) {
    const std::optional<Verdict> verdict = verdict_for_refusal(error.code);
    if (!verdict) co_return visit.end(Verdict::unavailable, error.detail);
    co_await visit.talk.show_error(error.detail);
    co_return visit.end_quietly(*verdict);
}

}  // namespace

Script<Ended> manage_portals(Visit& visit) {
    if (!visit.ports.portals) co_return visit.end(Verdict::unavailable, "no store of portals");
    std::optional<PortalRequest> request =
        co_await asked_form<portal_form_prompt, decode_portal_request>(visit.talk);
    if (!request) co_return visit.end(Verdict::not_allowed, "not a request about portals");
    if (auto* const link = std::get_if<PortalRequest::SendLink>(&request->wanted))
        co_return co_await send_portal_link(visit, std::move(*link));
    if (std::holds_alternative<PortalRequest::Reveal>(request->wanted)) {
        const std::optional<Ended> over = co_await prove_if_enrolled(visit);
        if (over) co_return *over;
    }
    PortalActor actor{visit.subject.account, visit.subject.uid, &visit.ports.memory->portal_turns,
                      visit.ports.steady_now()};
    const auto performance =
        std::make_shared<Performance>(visit.ports.portals, std::move(*request), std::move(actor));
    Result<PortalAnswer> answer = co_await performed(visit, performance);
    if (!answer) co_return co_await refuse(visit, answer.error());
    if (answer->event) log(visit, *answer->event);
    for (Secret& line : answer->lines) {
        Step step = Show{Show::Style::data, std::move(line)};
        co_await visit.talk.pause(std::move(step));
    }
    co_return visit.end_quietly(Verdict::accepted);
}

}  // namespace secondstep::dialogue
