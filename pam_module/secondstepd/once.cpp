#include "secondstepd/once.h"

#include <malloc.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "delivery/courier_link.h"
#include "dialogue/memory/memory.h"
#include "dialogue/sending/sent_notices.h"
#include "otp/libcrypto_start.h"
#include "policy/config.h"
#include "process/privileges.h"
#include "secondstepd/break_glass_teller.h"
#include "secondstepd/entrance.h"
#include "secondstepd/flushing_courier.h"
#include "secondstepd/peer_policy.h"
#include "secondstepd/peer_socket.h"
#include "secondstepd/syslog_journal.h"
#include "secondstepd/translation.h"
#include "wire/outbox.h"

namespace secondstep::service {

namespace {

using std::chrono::steady_clock;

constexpr int inherited_socket = 3;
constexpr std::chrono::seconds longest_work{60};
constexpr std::chrono::milliseconds patience_with_the_log{50};
// A message that was written down last, a notice perhaps, is handed over before the process ends.
constexpr std::chrono::milliseconds patience_with_the_courier{1000};

class SingleDialogue {
  public:
    SingleDialogue(int socket, const Timeouts& timeouts)
        : socket_(socket), timeouts_(timeouts), last_moment_(steady_clock::now() + timeouts.dialogue) {}

    // Whatever fails in it (no memory) has its verdict and its line in the log all the same.
    [[nodiscard]] Result<void> serve(const Settings& settings, const dialogue::Ports& ports) {
        try {
            return serve_all(settings, ports);
        } catch (const std::exception& e) {
            static_cast<void>(send(message_of(dialogue::End{.verdict = Verdict::unavailable})));
            return fail(Errc::io, std::string("The dialogue was ended by an error: ") + e.what());
        }
    }

  private:
    [[nodiscard]] Result<void> serve_all(const Settings& settings, const dialogue::Ports& ports) {
        const Result<uid_t> peer = peer_uid(socket_);
        if (!peer) return std::unexpected(peer.error());
        Result<wire::Message> first = receive(timeouts_.hello);
        if (!first) return not_understood(first.error());
        const auto* hello = std::get_if<wire::Hello>(&*first);
        if (hello == nullptr) return fail(Errc::damaged, "The first message is not a hello.");
        outbox_.speak(hello->version);
        const auto caller = decide_caller(*peer, settings.trusted_callers, *hello);
        if (!caller) return send(message_of(dialogue::End{.verdict = caller.error()}));
        dialogue_ = conversation_for(request_of(*hello, *caller, *peer), ports, settings);
        run(dialogue_->begin());
        return {};
    }

    // A client of a newer version speaks an older one as soon as it hears which.
    [[nodiscard]] Result<void> not_understood(const Error& error) {
        if (error.code == Errc::unsupported)
            static_cast<void>(send(message_of(dialogue::End{.verdict = Verdict::misconfigured})));
        return std::unexpected(error);
    }

    void run(dialogue::Step step) {
        std::optional<dialogue::Step> next = std::move(step);
        while (next) {
            dialogue::Step current = std::move(*next);
            if (takes_long(current)) send_texts();
            next = std::visit([this](auto& wanted) { return perform(wanted); }, current);
        }
    }

    std::optional<dialogue::Step> perform(dialogue::Show& show) {
        if (!send(message_of(std::move(show)))) gone_ = true;
        return dialogue_->resume(dialogue::Resumption::done);
    }

    std::optional<dialogue::Step> perform(const dialogue::Ask& ask) {
        if (told_) return dialogue::End{.verdict = Verdict::cancelled};
        if (gone_ || !send(message_of(ask))) return without_answer();
        if (background_) std::exchange(background_, nullptr)();  // while the person reads and types
        Result<wire::Message> message = receive(timeouts_.answer);
        auto* answer = message ? std::get_if<wire::Answer>(&*message) : nullptr;
        if (answer == nullptr) return without_answer();
        return dialogue_->answer(reply_of(std::move(*answer)));
    }

    // Told once, so that the dialogue writes its line into the journal.
    dialogue::Step without_answer() {
        told_ = true;
        return dialogue_->answer(dialogue::NoAnswer{});
    }

    std::optional<dialogue::Step> perform(const dialogue::Wait& wait) {
        std::this_thread::sleep_for(wait.time);
        return dialogue_->resume(dialogue::Resumption::done);
    }

    std::optional<dialogue::Step> perform(const dialogue::Work& work) {
        const bool is_lookup = work.kind == dialogue::Work::Kind::lookup;
        return dialogue_->resume(is_lookup ? looked_up_in_time(work.job) : done_or_overloaded(work.job));
    }

    static dialogue::Resumption done_or_overloaded(const std::function<void()>& job) {
        try {
            job();
            return dialogue::Resumption::done;
        } catch (const std::exception&) {  // no memory
            return dialogue::Resumption::overloaded;
        }
    }

    // A directory that says nothing ends no thread. What the job works with outlives it: it shares its
    // result, and the name service is for the whole process.
    [[nodiscard]] dialogue::Resumption looked_up_in_time(const std::function<void()>& job) const {
        try {
            const auto over = std::make_shared<std::promise<dialogue::Resumption>>();
            std::future<dialogue::Resumption> ended = over->get_future();
            std::thread([job, over] { over->set_value(done_or_overloaded(job)); }).detach();
            const bool in_time = ended.wait_for(timeouts_.lookup) == std::future_status::ready;
            return in_time ? ended.get() : dialogue::Resumption::late;
        } catch (const std::exception&) {  // no memory, or no thread
            return dialogue::Resumption::overloaded;
        }
    }

    std::optional<dialogue::Step> perform(dialogue::Background& background) {
        background_ = std::move(background.job);
        return dialogue_->resume(dialogue::Resumption::done);
    }

    std::optional<dialogue::Step> perform(const dialogue::End& end) {
        static_cast<void>(send(message_of(end)));  // there is nobody else to tell
        return std::nullopt;
    }

    [[nodiscard]] bool await(short events, steady_clock::time_point until) const {
        for (;;) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::min(until, last_moment_) -
                                                                           steady_clock::now());
            if (left.count() <= 0) return false;
            pollfd ready{.fd = socket_, .events = events, .revents = 0};
            const int count = ::poll(&ready, 1, static_cast<int>(left.count()));
            if (count > 0) return true;
            if (count == 0 || errno != EINTR) return false;
        }
    }

    [[nodiscard]] Result<wire::Message> receive(std::chrono::milliseconds patience) {
        const auto until = steady_clock::now() + patience;
        for (;;) {
            Result<std::optional<wire::Message>> message = receive_message(socket_);
            if (!message) return std::unexpected(message.error());
            if (std::optional<wire::Message>& arrived = *message) return std::move(*arrived);
            if (!await(POLLIN, until)) return fail(Errc::timed_out, "The other side is silent.");
        }
    }

    [[nodiscard]] Result<void> send(const wire::Message& message) {
        if (const Result<void> put = outbox_.put(message); !put) return put;
        while (outbox_.due()) {
            if (const Result<void> sent = send_packet_in_time(); !sent) return sent;
        }
        return {};
    }

    void send_texts() {
        if (!outbox_.empty() && !gone_) gone_ = !send_packet_in_time();
    }

    [[nodiscard]] Result<void> send_packet_in_time() {
        const auto until = steady_clock::now() + timeouts_.answer;
        for (;;) {
            const Result<bool> sent = send_packet(socket_, outbox_.packet());
            if (sent && *sent) break;
            if (sent && await(POLLOUT, until)) continue;
            outbox_.drop();
            if (!sent) return std::unexpected(sent.error());
            return fail(Errc::timed_out, "The other side takes no message.");
        }
        outbox_.sent();
        return {};
    }

    int socket_;
    const Timeouts timeouts_;
    wire::Outbox outbox_;
    const steady_clock::time_point last_moment_;
    std::unique_ptr<dialogue::Dialogue> dialogue_;
    std::function<void()> background_;
    bool gone_ = false;
    bool told_ = false;
};

// For when there is nothing to serve with: reads the hello, because one left unread would turn the verdict
// into ECONNRESET on the other side.
void answer_without_dialogue(int socket, Verdict verdict) {
    pollfd ready{.fd = socket, .events = POLLIN, .revents = 0};
    static_cast<void>(::poll(&ready, 1, static_cast<int>(Timeouts{}.hello.count())));
    const auto first = receive_message(socket);
    const auto* hello = first && *first ? std::get_if<wire::Hello>(&**first) : nullptr;
    const std::uint8_t version = hello != nullptr ? hello->version : wire::protocol_version;
    if (const auto packet = wire::encode(message_of(dialogue::End{.verdict = verdict}), version)) {
        static_cast<void>(send_packet(socket, *packet));
    }
}

struct Unservable {
    Error error;
    Verdict verdict;
};

std::expected<Settings, Unservable> settings_for(const Options& options, const Clock& clock,
                                                 Randomness& randomness) {
    const auto unservable = [](const Error& error, Verdict verdict) {
        return std::unexpected(Unservable{error, verdict});
    };
    Result<Config> config = load_config(options.config);
    if (!config) return unservable(config.error(), Verdict::misconfigured);
    const Result<void> become = process::become_account(config->service_account);
    if (!become) return unservable(become.error(), Verdict::unavailable);
    const Result<void> started = otp::start_libcrypto_for_one_login();
    if (!started) return unservable(started.error(), Verdict::unavailable);
    Result<Settings> settings = open_settings_of_one_login(std::move(*config), clock, randomness);
    if (!settings) return unservable(settings.error(), Verdict::unavailable);
    return std::move(*settings);
}

Result<void> serve_inherited(const Options& options, SyslogJournal& journal) {
    const SystemClock clock;
    SystemRandomness randomness;
    // Never destroyed: a look-up that nobody waits for any more may still use it.
    static const NameServicePeople& people = *new NameServicePeople;
    const auto settings = settings_for(options, clock, randomness);
    if (!settings) {
        answer_without_dialogue(inherited_socket, settings.error().verdict);
        return std::unexpected(settings.error().error);
    }
    dialogue::Memory memory(randomness);  // of this one dialogue: nothing is ever repeated
    delivery::CourierLink link(settings->config->courier_socket);
    FlushingCourier courier(link, journal);
    const Result<void> served = serve_once(
        inherited_socket, *settings,
        {.config = settings->config,
         .store = settings->store,
         .keyring = settings->keyring,
         .clock = &clock,
         .people = &people,
         .journal = &journal,
         .memory = &memory,
         .randomness = &randomness,
         .host = settings->host,
         .own_uids = settings->own_uids,
         .notices = std::make_shared<dialogue::SentNotices>(settings->config, settings->host, courier),
         .courier = &courier},
        {});
    link.flush(patience_with_the_courier);
    // Nobody waits for this process any more. There is no other that would tell it.
    if (const auto why = tell_nodes_of_break_glass(*settings, journal))
        journal.warn("No node is told of logins with break-glass codes: " + *why);
    return served;
}

// Without the memory to begin with: the person hears that, too.
Result<void> serve_or_say_that_it_cannot(const Options& options, SyslogJournal& journal) {
    try {
        return serve_inherited(options, journal);
    } catch (const std::exception& e) {
        answer_without_dialogue(inherited_socket, Verdict::unavailable);
        return fail(Errc::io, std::string("The service could not begin: ") + e.what());
    }
}

}  // namespace

Result<void> serve_once(int socket, const Settings& settings, const dialogue::Ports& ports,
                        const Timeouts& timeouts) {
    return SingleDialogue(socket, timeouts).serve(settings, ports);
}

ExitStatus run_once(const Options& options) {
    // Whatever hangs, a process that serves nobody must not stay: SIGALRM ends it.
    ::alarm(static_cast<unsigned>(
        std::chrono::ceil<std::chrono::seconds>(Timeouts{}.dialogue + longest_work).count()));
    if (const Result<void> done = process::shut_the_doors(); !done) return ExitStatus::failed;
    // The thread of a look-up has no use for memory of its own: 128 MiB of addresses, set up and taken down.
    ::mallopt(M_ARENA_MAX, 1);
    SyslogJournal journal(options.foreground ? LogChannel::descriptor(STDERR_FILENO) : LogChannel::syslog());
    const Result<void> served = serve_or_say_that_it_cannot(options, journal);
    if (!served && served.error().code != Errc::closed)
        journal.warn("secondstepd --once: " + served.error().detail);
    journal.drain(patience_with_the_log);
    return served ? ExitStatus::ended : ExitStatus::failed;
}

}  // namespace secondstep::service
