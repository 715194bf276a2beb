#include <string>

#include "console/invocation.h"
#include "console/output.h"
#include "portals/portal_call.h"
#include "portals/portal_session.h"

namespace secondstep::tool {

namespace {

using dialogue::PortalRequest;

Exit report_change(const PortalCall& call, std::string_view what) {
    if (call.json()) {
        out().verbatim(dump({{"portal", call.name ? Json(call.name->text()) : Json()}, {"changed", true}}));
    } else {
        out().line((call.name ? call.name->text() : *call.call.arguments.text("owner")) + ": " +
                   std::string(what));
    }
    return unless_unwritten();
}

Exit carry_out(const PortalCall& call, const PortalRequest& request, std::string_view what) {
    return with_portals(call.call, [&](PortalSession& portals) {
        const auto done = portals.perform(request, err());
        return done ? report_change(call, what) : done.error();
    });
}

Exit switch_codes(const PortalCall& call, bool on) {
    const auto request = call.request(PortalRequest::Switch{*call.name, on});
    if (!request) return request.error();
    const std::string question =
        on ? "Hand out codes of " + call.name->text() + " again?"
           : "Hand out no more codes of " + call.name->text() + " until they are enabled again?";
    if (const auto yes = call.agreed(question); !yes) return yes.error();
    return carry_out(call, *request,
                     on ? "codes are handed out." : "no codes are handed out until you enable it.");
}

// Of somebody who is gone, or whose name and uid somebody else has now.
Exit remove_all(const PortalCall& call) {
    if (is_for_own_account(call.call.config)) {
        return complain(Exit::not_allowed,
                        "only root removes all portals of an account; name the one to be removed");
    }
    const auto request = call.request(PortalRequest::RemoveAll{});
    if (!request) return request.error();
    const std::string owner = *call.call.arguments.text("owner");
    const auto yes = call.agreed("Remove all portals of " + owner +
                                 "? Their keys are deleted here; the portals go on asking for codes.");
    if (!yes) return yes.error();
    return carry_out(call, *request, "all portals removed.");
}

Exit remove(const PortalCall& call) {
    if (!call.name) return remove_all(call);
    const auto request = call.request(PortalRequest::Remove{*call.name});
    if (!request) return request.error();
    const auto yes = call.agreed("Remove " + call.name->text() +
                                 "? Its key is deleted here; the portal goes on asking for codes.");
    if (!yes) return yes.error();
    return carry_out(call, *request,
                     "removed. Switch the second factor off in the portal, or use your own app.");
}

Exit rename(const PortalCall& call) {
    const auto request = call.request(PortalRequest::Rename{*call.name, *call.new_name});
    if (!request) return request.error();
    return carry_out(call, *request, "is called " + call.new_name->text() + " now.");
}

Exit change(const PortalCall& call) {
    auto request = call.request(PortalRequest::Change{.name = *call.name});
    if (!request) return request.error();
    auto note = call.text("note");
    if (!note) return note.error();
    auto url = call.text("url");
    if (!url) return url.error();
    auto share = call.readers("share");
    if (!share) return share.error();
    auto unshare = call.readers("unshare");
    if (!unshare) return unshare.error();
    if (!*note && !*url && share->empty() && unshare->empty())
        return complain(Exit::usage, "portal change takes --note, --url, --share or --unshare");
    request->wanted = PortalRequest::Change{.name = *call.name,
                                            .note = std::move(*note),
                                            .url = std::move(*url),
                                            .share = std::move(*share),
                                            .unshare = std::move(*unshare)};
    return carry_out(call, *request, "changed.");
}

Exit run(const PortalCall& call) {
    if (call.verb == "add") return add_portal(call);
    if (call.verb == "code") return call.name ? show_portal_code(call) : show_code_of_stdin(call);
    if (call.verb == "list" || call.verb == "show") return list_portals(call);
    if (call.verb == "export") return export_portal(call);
    if (call.verb == "enable") return switch_codes(call, true);
    if (call.verb == "disable") return switch_codes(call, false);
    if (call.verb == "rename") return rename(call);
    if (call.verb == "change") return change(call);
    return remove(call);
}

}  // namespace

Exit portal(const Command& command, const Invocation& invocation) {
    const auto call = PortalCall::parse(command, invocation, "");
    return call ? run(*call) : call.error();
}

Exit portal_code(const Command& command, const Invocation& invocation) {
    const auto call = PortalCall::parse(command, invocation, "code");
    return call ? run(*call) : call.error();
}

}  // namespace secondstep::tool
