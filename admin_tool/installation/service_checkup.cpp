#include "installation/service_checkup.h"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "base/randomness.h"
#include "base/service_mending.h"
#include "wire/deadline.h"
#include "wire/service_link.h"

namespace secondstep::tool {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// More than the service has threads, fewer than one account may hold at once.
constexpr std::size_t dialogues_at_once = 6;
constexpr milliseconds longest_round_trip = std::chrono::seconds{2};

// Who asks how their own account stands is told, and nobody is enrolled as the service account.
wire::Hello question(const Config& config) {
    SystemRandomness randomness;
    wire::Hello hello;
    hello.purpose = secondstep::Purpose::manage;
    hello.task = Task::status;
    hello.user = config.service_account;
    hello.service = "secondstep-doctor";
    hello.attempt = randomness.array<16>();
    return hello;
}

Result<std::vector<wire::ServiceLink>> greet(const Config& config) {
    std::vector<wire::ServiceLink> links;
    for (std::size_t i = 0; i < dialogues_at_once; ++i) {
        auto link = wire::ServiceLink::open({.socket = config.socket,
                                             .service_account = config.service_account,
                                             .answer_timeout = longest_round_trip});
        if (!link) return std::unexpected(link.error());
        if (const auto sent = link->send(question(config)); !sent) return std::unexpected(sent.error());
        links.push_back(std::move(*link));
    }
    return links;
}

// Any verdict is one: what matters is that it comes.
Result<void> await_verdict(wire::ServiceLink& link, const wire::Deadline& deadline) {
    for (;;) {
        const auto message = link.receive();
        if (!message) return std::unexpected(message.error());
        if (deadline.remaining().count() == 0) return fail(Errc::timed_out, "secondstepd is slow");
        if (std::holds_alternative<wire::End>(*message)) return {};
    }
}

// How long the slowest took.
Result<milliseconds> round_trips(const Config& config) {
    if (::access(config.socket.c_str(), F_OK) != 0) return fail_errno(config.socket, errno);
    const auto began = steady_clock::now();
    auto links = greet(config);
    if (!links) return std::unexpected(links.error());
    const wire::Deadline deadline(longest_round_trip);
    for (wire::ServiceLink& link : *links) {
        if (const auto done = await_verdict(link, deadline); !done) return std::unexpected(done.error());
    }
    return std::chrono::ceil<milliseconds>(steady_clock::now() - began);
}

}  // namespace

void check_service(const Config& config, Diagnoses& findings) {
    const auto slowest = round_trips(config);
    if (slowest) {
        findings.push_back(fine("service", "answers on " + config.socket + ", " +
                                               std::to_string(dialogues_at_once) + " dialogues within " +
                                               std::to_string(slowest->count()) + " ms"));
        return;
    }
    const Error& error = slowest.error();
    if (error.code == Errc::unreachable || error.code == Errc::not_found) {
        findings.push_back(warning("service",
                                   "nobody listens on " + config.socket +
                                       ": only programs that run as root can check a code, more slowly",
                                   std::string(how_to_start_the_service)));
    } else if (error.code == Errc::timed_out) {
        findings.push_back(wrong(
            "service",
            "no verdict within 2 s (" + error.detail + "): every login with a second step fails or waits",
            std::string(how_to_restart_the_service) + ". Its log says more: journalctl -u secondstepd"));
    } else {
        findings.push_back(
            wrong("service", "does not answer: " + error.detail, "look into its log, restart it"));
    }
}

}  // namespace secondstep::tool
