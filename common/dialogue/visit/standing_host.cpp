#include "dialogue/visit/standing_host.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "dialogue/conversation/guest.h"

namespace secondstep::dialogue {
namespace {

// Shared by the worker and the conversation.
struct Asked {
    Result<std::optional<fleet::Host>> host = fail(Errc::busy, "the registry of hosts was not asked");
};

}  // namespace

Script<Result<void>> look_at_host(Visit& visit) {
    const std::shared_ptr<const Guest> guest = visit.request.guest;
    if (!guest || !guest->present) co_return Result<void>{};
    const auto asked = std::make_shared<Asked>();
    Work work{Work::Kind::store, [asked, guest] { asked->host = guest->present(); }};
    const Resumption resumption = co_await visit.talk.pause(std::move(work));
    if (resumption != Resumption::done) co_return fail(Errc::busy, "too many ask for the registry of hosts");
    if (!asked->host) co_return std::unexpected(asked->host.error());
    if (!*asked->host)
        co_return fail(Errc::not_allowed, guest->host.name + " is no host of the fleet any more");
    visit.place = (*asked->host)->changes;
    visit.widest_place = std::max(visit.widest_place, visit.place);
    co_return Result<void>{};
}

}  // namespace secondstep::dialogue
