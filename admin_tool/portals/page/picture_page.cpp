#include "portals/page/picture_page.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <optional>
#include <utility>

#include "base/byte_codec.h"
#include "base/local_time.h"
#include "base/text.h"
#include "portals/page/certificate.h"
#include "portals/page/confinement.h"
#include "portals/page/link.h"
#include "portals/page/server.h"
#include "portals/page/tool_line.h"
#include "process/child.h"

namespace secondstep::page {

namespace {

// What a picture that came in the last moment may still take to be looked at.
constexpr std::chrono::seconds longest_look{120};
constexpr std::size_t longest_address = 64;  // for people, with some room

Result<Certificate> certificate_for(const PageOptions& options, const Clock& clock) {
    if (options.certificate.empty() != options.key.empty()) {
        return fail(Errc::invalid,
                    "portal_page_certificate and portal_page_key are needed both, or neither of them.");
    }
    if (!options.certificate.empty()) {
        Result<Certificate> own = load_certificate(options.certificate, options.key);
        if (own || own.error().code != Errc::not_allowed || ::geteuid() == 0) return own;
    }
    std::vector<std::string> names{host_in(authority_of(options.link_host, options.host, options.port))};
    for (const std::string& other : {options.host, options.address}) {
        if (!other.empty() && std::ranges::find(names, other) == names.end()) names.push_back(other);
    }
    return make_certificate(names, clock.now());
}

struct Line {
    UniqueFd tool;
    UniqueFd page;
};

Result<Line> make_line() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail_errno("socketpair", errno);
    return Line{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Result<void> confine_and_serve(int line, const PageOptions& options, Serving serving) {
    const auto life = std::chrono::ceil<std::chrono::seconds>(options.validity + options.linger);
    const Limits limits{options.account, options.most_memory, life + longest_look};
    const std::array<int, 4> kept{line, serving.port.socket.get(), serving.port.successor_calls.get(),
                                  serving.port.strangers_call.get()};
    Result<void> done = keep_only(kept);
    if (!done) return done;
    // The numbers of before are gone.
    int number = kept_descriptor;
    for (UniqueFd* const fd :
         {&serving.port.socket, &serving.port.successor_calls, &serving.port.strangers_call}) {
        ++number;
        if (fd->release() >= 0) *fd = UniqueFd(number);
    }
    done = confine(limits);
    if (done) done = serve(::dup(kept_descriptor), std::move(serving));
    if (!done)
        static_cast<void>(send_frame(kept_descriptor, FrameKind::failed, as_bytes(done.error().detail)));
    return done;
}

[[noreturn]] void be_the_page(int line, const PageOptions& options, Serving serving) {
    int status = 1;
    try {
        if (confine_and_serve(line, options, std::move(serving))) status = 0;
    } catch (const std::exception&) {
        status = 2;  // the tool sees that the line has ended
    }
    ::_exit(status);
}

// By way of a process that ends at once, so that nobody has to wait for the page's.
Result<pid_t> start(int line, const PageOptions& options, Serving serving) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) return fail_errno("pipe", errno);
    const UniqueFd read_end(ends[0]);
    UniqueFd write_end(ends[1]);
    const pid_t between = ::fork();
    if (between < 0) return fail_errno("fork", errno);
    if (between == 0) {
        const pid_t page = ::fork();
        if (page == 0) be_the_page(line, options, std::move(serving));
        const bool told = ::write(write_end.get(), &page, sizeof(page)) == sizeof(page);
        ::_exit(told && page > 0 ? 0 : 1);
    }
    static_cast<void>(process::status_of(between));  // what it has to say comes through the pipe
    pid_t page = -1;
    write_end = UniqueFd();
    if (::read(read_end.get(), &page, sizeof(page)) != sizeof(page) || page < 0)
        return fail(Errc::io, "The process for the page could not be started.");
    return page;
}

// The port, or why there is none.
Result<std::uint16_t> hear_the_port(int line) {
    Result<Frame> frame = receive_frame(line);
    while (!frame && frame.error().code == Errc::busy)
        frame = receive_frame(line);
    if (!frame) return std::unexpected(frame.error());
    if (frame->kind == FrameKind::failed)
        return fail(Errc::unreachable, printable(frame->content.text(), longest_sentence));
    ByteReader in(frame->content.bytes());
    const std::uint16_t port = in.u16();
    if (frame->kind != FrameKind::listening || !in.finished())
        return fail(Errc::damaged, "The page for pictures did not say where it listens.");
    return port;
}

Serving to_serve(const PageOptions& options, const Clock& clock, const Secret& token, Certificate certificate,
                 Port port) {
    Guests::Bounds guests;
    guests.grace = options.grace;
    const auto validity = std::chrono::duration_cast<std::chrono::seconds>(options.validity);
    return {
        .place = {printable(options.portal), printable(options.host), local_clock(clock.now() + validity)},
        .token = token.clone(),
        .certificate = std::move(certificate),
        .port = std::move(port),
        .validity = options.validity,
        .linger = options.linger,
        .connections = {options.patience, options.life, options.farewell},
        .guests = guests};
}

std::optional<PicturePage::End> end_in(FrameKind kind) {
    if (kind == FrameKind::expired) return PicturePage::End::expired;
    if (kind == FrameKind::exhausted) return PicturePage::End::exhausted;
    return std::nullopt;
}

}  // namespace

Result<PicturePage> PicturePage::open(const PageOptions& options, const Clock& clock,
                                      Randomness& randomness) {
    Result<Certificate> certificate = certificate_for(options, clock);
    if (!certificate) return std::unexpected(certificate.error());
    Result<Port> taken = take_port(options.address, options.port, options.directory);
    if (!taken) return std::unexpected(taken.error());
    Result<Line> line = make_line();
    if (!line) return std::unexpected(line.error());
    const Secret token = make_token(randomness);
    PicturePage page;
    page.fingerprint_ = certificate->fingerprint;
    page.self_signed_ = certificate->self_signed;
    const Result<pid_t> process =
        start(line->page.get(), options,
              to_serve(options, clock, token, std::move(*certificate), std::move(*taken)));
    if (!process) return std::unexpected(process.error());
    line->page = UniqueFd();
    const Result<std::uint16_t> port = hear_the_port(line->tool.get());
    if (!port) return std::unexpected(port.error());
    page.process_ = *process;
    page.port_ = *port;
    page.link_ = link_of(authority_of(options.link_host, options.host, *port), token);
    page.line_ = std::move(line->tool);
    return page;
}

Result<PicturePage::End> PicturePage::wait(const Judge& judge, const Crowded& crowded) {
    for (;;) {
        Result<Frame> frame = receive_frame(line_.get());
        if (!frame && frame.error().code == Errc::busy) return End::interrupted;
        if (!frame) return std::unexpected(std::move(frame.error()));
        if (const std::optional<End> end = end_in(frame->kind)) return *end;
        if (frame->kind == FrameKind::crowded) {
            if (crowded) crowded(printable(frame->content.text(), longest_address));
            continue;
        }
        if (frame->kind != FrameKind::picture)
            return fail(Errc::damaged, "The page for pictures said something that it cannot say.");
        const PictureVerdict verdict = judge(frame->content.bytes());
        const std::string text = printable(verdict.text, longest_sentence);
        const FrameKind kind = verdict.accepted ? FrameKind::accepted : FrameKind::refused;
        if (Result<void> told = send_frame(line_.get(), kind, as_bytes(text)); !told)
            return std::unexpected(told.error());
        if (verdict.accepted) return End::accepted;
    }
}

}  // namespace secondstep::page
