#include "courier/one_message.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>
#include <string>

#include "base/text.h"
#include "courier/courier_config.h"
#include "courier/credentials.h"
#include "courier/deliver.h"
#include "delivery/message.h"
#include "delivery/report.h"
#include "process/privileges.h"
#include "process/resource_limit.h"
#include "process/system_log.h"

namespace secondstep::courier {

using delivery::Cause;
using delivery::DeliveryOutcome;
using delivery::Message;
using delivery::MessagePurpose;
using delivery::Report;

namespace {

using Level = process::LogChannel::Level;

constexpr std::chrono::milliseconds patience_with_the_log{2'000};
constexpr int longest_life = 20;  // seconds; the one who waits for the report gives up after 22
constexpr int patience_with_the_request = 5000;  // milliseconds
constexpr rlim_t most_memory = 512UL * 1024 * 1024;
constexpr rlim_t most_descriptors = 64;

Report failed(Cause cause, const std::string& detail) {
    return {.outcome = DeliveryOutcome::failed, .cause = cause, .detail = detail};
}

// SIGALRM is left to end the process: nothing that hangs in a library can be asked to stop.
void limit_life() {
    const itimerval once{.it_interval = {}, .it_value = {.tv_sec = longest_life, .tv_usec = 0}};
    ::setitimer(ITIMER_REAL, &once, nullptr);
}

// A local program lives by its own rules: it may be set-uid, writes into its queue, needs its memory.
Result<void> confine() {
    if (Result<void> done = process::forbid_new_privileges(); !done) return done;
    if (Result<void> done = process::limit(RLIMIT_AS, most_memory); !done) return done;
    if (Result<void> done = process::limit(RLIMIT_FSIZE, 0); !done) return done;
    return process::limit(RLIMIT_NOFILE, most_descriptors);
}

Result<Message> receive_request(int socket) {
    pollfd waiting{.fd = socket, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, patience_with_the_request) != 1) return fail(Errc::timed_out, "no message came");
    Secret packet(delivery::max_message_size);
    const ssize_t size = ::recv(socket, packet.bytes().data(), packet.size(), MSG_DONTWAIT | MSG_TRUNC);
    if (size < 0) return fail_errno("receiving the message", errno);
    if (size == 0) return fail(Errc::closed, "who connected hung up without a message");
    if (static_cast<std::size_t>(size) > packet.size())
        return fail(Errc::damaged, "a message of more than 4096 bytes");
    return delivery::decode_message(ByteView(packet.bytes()).first(static_cast<std::size_t>(size)));
}

// A configuration's problems, one a line, as one line.
std::string joined(const std::string& problems) {
    std::string line;
    for (const std::string_view problem : split(problems, '\n'))
        line.append(line.empty() ? "" : "; ").append(problem);
    return line;
}

Report send_it(const Options& options, const Message& message) {
    const Result<CourierConfig> config = load_courier_config(options.config);
    if (!config) return failed(Cause::misconfigured, joined(config.error().detail));
    const Result<Credentials> credentials = load_credentials(options.credentials, ::geteuid());
    if (!credentials) return failed(Cause::misconfigured, credentials.error().detail);
    if (!uses_local_program(*config, message.to.channel())) {
        if (const Result<void> done = confine(); !done) return failed(Cause::courier, done.error().detail);
    }
    return deliver(*config, *credentials, message);
}

std::string_view word_for(MessagePurpose purpose) {
    switch (purpose) {
        case MessagePurpose::code:
            return "code";
        case MessagePurpose::notice:
            return "notice";
        case MessagePurpose::test:
            return "test";
        case MessagePurpose::link:
            return "link";
    }
    return "";
}

// Of this one message: it may wait a little for a log that is busy, and not for one that is stuck.
process::SystemLog& system_log() {
    static process::SystemLog opened(process::LogChannel::syslog("/dev/log", "secondstep-courier"),
                                     patience_with_the_log);
    return opened;
}

void log(const Message& message, const Report& report) {
    const std::string line = "channel=" + std::string(to_text(message.to.channel())) +
                             " purpose=" + std::string(word_for(message.purpose)) +
                             " user=" + printable(message.user, 64) + " to=" + message.to.masked() +
                             " result=" + delivery::to_line(report);
    system_log().write(report.outcome == DeliveryOutcome::failed ? Level::warning : Level::info, line);
}

void answer(int socket, const Report& report) {
    const std::string line = delivery::to_line(report);
    // Who asked may be gone (a login that was served without the service): that changes nothing.
    static_cast<void>(::send(socket, line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT));
}

bool is_packet_socket(int fd) {
    int type = 0;
    socklen_t size = sizeof(type);
    return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

}  // namespace

ExitStatus serve_one_message(const Options& options) {
    limit_life();
    ::signal(SIGPIPE, SIG_IGN);  // a server that hangs up is reported, also where TLS writes to it
    if (!is_packet_socket(STDIN_FILENO)) {
        std::fputs(
            "secondstep-courier: standard input is no socket; secondstep-courier.socket starts this program, "
            "or secondstep-courier --listen\n",
            stderr);
        return ExitStatus::usage;
    }
    if (const Result<void> done = process::forbid_inspection(); !done) {
        answer(STDIN_FILENO, failed(Cause::courier, done.error().detail));
        return ExitStatus::failed;
    }
    const Result<Message> message = receive_request(STDIN_FILENO);
    if (!message) {
        const Report report = failed(Cause::courier, message.error().detail);
        answer(STDIN_FILENO, report);
        // Who only looks whether somebody listens (secondstep doctor) hangs up at once: no line for that.
        if (message.error().code != Errc::closed)
            system_log().write(Level::warning, "result=" + delivery::to_line(report));
        return ExitStatus::ended;
    }
    const Report report = send_it(options, *message);
    answer(STDIN_FILENO, report);
    log(*message, report);
    return ExitStatus::ended;
}

}  // namespace secondstep::courier
