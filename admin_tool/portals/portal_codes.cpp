
#include <chrono>
#include <cstdint>
#include <thread>

#include "access/service_child.h"
#include "console/output.h"
#include "portals/key_input.h"
#include "portals/portal_call.h"
#include "portals/portal_code.h"
#include "portals/portal_session.h"

namespace secondstep::tool {

namespace {

using dialogue::PortalRequest;

// More than the two periods that somebody waits who is the only one; others may be served first.
constexpr int most_waits = 20;

// Time itself is what is waited for here.
void let_pass(std::chrono::seconds time) {
    std::this_thread::sleep_for(time);
}

Exit print(const PortalCall& call, const PortalLine& line) {
    if (call.json()) {
        out().verbatim(line.whole());
    } else {
        out().line(line.secret);
        if (line.json.value("handed_out_before", false)) {
            err().line(
                "secondstep: this code was handed out before, and a portal refuses it the second time: "
                "--wait waits for the next one");
        }
    }
    return unless_unwritten();
}

// A fresh code, once there is one.
Exit wait_for_code(const PortalCall& call, const PortalRequest& request, PortalSession& portals) {
    for (int waits = 0; waits < most_waits; ++waits) {
        const auto lines = portals.perform(request, err());
        if (!lines) return lines.error();
        if (lines->empty()) return complain(Exit::unavailable, "the service sent no code");
        const PortalLine& line = lines->front();
        if (!line.secret.empty()) return print(call, line);
        let_pass(std::chrono::seconds(line.json.value("wait_seconds", std::uint64_t{1})));
    }
    return complain(Exit::unavailable, "others were handed every code for minutes: try again");
}

}  // namespace

Exit show_portal_code(const PortalCall& call) {
    const Freshness wanted = call.call.arguments.is_on("wait") ? Freshness::fresh : Freshness::any;
    const auto request = call.request(PortalRequest::Code{*call.name, wanted});
    if (!request) return request.error();
    return with_portals(call.call,
                        [&](PortalSession& portals) { return wait_for_code(call, *request, portals); });
}

namespace {

PortalLine line_of(const LinkedPortal& portal, PortalCode code) {
    Json json{{"method", portal.is_counted() ? "hotp" : "totp"}};
    json["remaining_seconds"] = code.remaining ? Json(code.remaining->count()) : Json(nullptr);
    return {std::move(json), std::move(code.digits), "code"};
}

Exit compute(const PortalCall& call, LinkedPortal portal) {
    const SystemClock clock;
    const Freshness wanted = call.call.arguments.is_on("wait") ? Freshness::fresh : Freshness::any;
    for (;;) {
        auto handed = hand_out(portal, wanted, clock.now());
        if (!handed) return complain(handed.error());
        if (auto* code = std::get_if<PortalCode>(&*handed))
            return print(call, line_of(portal, std::move(*code)));
        let_pass(std::get<NoCodeYet>(*handed).until);
    }
}

// Nobody confirms these codes at the portal: what may be another key is refused.
OrExit<void> refuse_doubt(const otp::DescribedKey& described) {
    for (const otp::Remark& remark : described.remarks) {
        if (remark.in_doubt) return stop(complain(Exit::refused, "no code is shown: " + remark.sentence));
        err().line("secondstep: " + remark.sentence);
    }
    return {};
}

}  // namespace

Exit show_code_of_stdin(const PortalCall& call) {
    return run_as_caller([&] {
        auto described = read_key(std::nullopt, err());
        if (!described) return described.error();
        if (const auto certain = refuse_doubt(*described); !certain) return certain.error();
        return compute(call, LinkedPortal{*PortalName::create("stdin"),
                                          std::move(described->key),
                                          {},
                                          {},
                                          true,
                                          {},
                                          never,
                                          std::nullopt,
                                          never});
    });
}

}  // namespace secondstep::tool
