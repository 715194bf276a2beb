#include "fleet/own_relay.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <iterator>
#include <utility>
#include <variant>

#include "base/file.h"
#include "files/caller_file.h"
#include "fleet/relay_account.h"
#include "people/people_index.h"
#include "policy/node_questions.h"
#include "process/privileges.h"
#include "relay/frame.h"
#include "relay/line.h"

namespace secondstep::tool {

namespace {

constexpr std::chrono::milliseconds patience_with_the_relay{2'000};
constexpr std::size_t most_pages = 200;
constexpr std::size_t most_said = most_pages * relay::max_frame;

Error other_version() {
    return {Errc::unsupported, "secondstep-relay is of another version than this tool: restart it"};
}

Result<relay::HostsSeen> hosts_after(const Config& config, const std::string& name) {
    auto answer = ask_own_relay(config, node_questions_socket(config.fleet), relay::HostsAsked{name});
    if (!answer) return std::unexpected(std::move(answer.error()));
    auto* const seen = std::get_if<relay::HostsSeen>(&*answer);
    if (seen == nullptr) return std::unexpected(other_version());
    return std::move(*seen);
}

// Through a file in memory, in frames, since who asks is another process than who shows it.
Result<void> put(int file, const relay::Envelope& envelope) {
    auto packet = relay::encode(envelope);
    if (!packet) return std::unexpected(std::move(packet.error()));
    Secret frame;
    relay::append(frame, relay::Carried{0, std::move(*packet)});
    return write_all(file, frame.text(), "what the relay says");
}

Result<void> ask_all(const Config& config, int file) {
    std::string last;
    for (std::size_t page = 0; page < most_pages; ++page) {
        const auto seen = hosts_after(config, last);
        if (!seen) return put(file, relay::Refused{seen.error().detail.substr(0, relay::max_words)});
        if (const auto kept = put(file, *seen); !kept) return kept;
        const bool goes_on = seen->more && !seen->hosts.empty() && seen->hosts.back().name > last;
        if (!goes_on) return {};
        last = seen->hosts.back().name;
    }
    return {};
}

// What was put there: pages, or why there are none.
Result<relay::HostsSeen> read_back(ByteView content) {
    relay::HostsSeen all;
    while (!content.empty()) {
        const auto taken = relay::take(content);
        if (!taken || !*taken) return std::unexpected(other_version());
        const auto* const carried = std::get_if<relay::Carried>(&(*taken)->frame);
        auto envelope = carried != nullptr ? relay::decode(carried->envelope.bytes())
                                           : Result<relay::Envelope>(std::unexpected(other_version()));
        if (!envelope) return std::unexpected(std::move(envelope.error()));
        if (auto* const refused = std::get_if<relay::Refused>(&*envelope))
            return fail(Errc::unreachable, std::move(refused->words));
        auto* const page = std::get_if<relay::HostsSeen>(&*envelope);
        if (page == nullptr) return std::unexpected(other_version());
        all.running = page->running;
        std::ranges::move(page->hosts, std::back_inserter(all.hosts));
        content = content.subspan((*taken)->size);
    }
    return all;
}

Result<void> may_ask(const Config& config) {
    const auto relay = look_up(config.fleet.account);
    if (!relay) return std::unexpected(relay.error());
    if (!*relay)
        return fail(Errc::not_found, "there is no account \"" + config.fleet.account + "\" (fleet_account)");
    if (::geteuid() == 0 || ::geteuid() == (*relay)->uid) return {};
    return fail(Errc::not_allowed, "only root may ask it");
}

}  // namespace

Result<relay::Envelope> ask_own_relay(const Config& config, const std::string& socket,
                                      const relay::Envelope& question) {
    const relay::Line::Time until = std::chrono::steady_clock::now() + patience_with_the_relay;
    const auto is_relay = [&](uid_t uid) {
        const Result<process::Ids> ids = process::ids_of(config.fleet.account);
        return ids && ids->user == uid;
    };
    const auto line = relay::line_to_the_relay(socket, is_relay, until);
    if (!line) return std::unexpected(line.error());
    if (const auto sent = (*line)->send(question, until); !sent) return std::unexpected(sent.error());
    return (*line)->receive(until);
}

Result<relay::HostsSeen> hosts_seen(const Config& config) {
    if (const auto may = may_ask(config); !may) return std::unexpected(may.error());
    const UniqueFd file(::memfd_create("secondstep-hosts", MFD_CLOEXEC));
    if (!file.valid()) return fail_errno("memfd_create", errno);
    const Exit done = run_as_relay_account(config, [&] {
        const auto asked = ask_all(config, file.get());
        return asked ? Exit::done : complain(asked.error());
    });
    if (done != Exit::done) return fail(Errc::io, "it could not be asked");
    if (::lseek(file.get(), 0, SEEK_SET) != 0) return fail_errno("lseek", errno);
    const auto content = read_whole(file.get(), most_said);
    if (!content) return std::unexpected(content.error());
    if (content->empty()) return fail(Errc::io, "it could not be asked");
    return read_back(*content);
}

}  // namespace secondstep::tool
