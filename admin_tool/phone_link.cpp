#include "phone_link.h"

#include <chrono>
#include <vector>

#include "base/clock.h"
#include "base/local_time.h"
#include "base/randomness.h"
#include "delivery/courier_link.h"
#include "dialogue/dispatch.h"
#include "dialogue/qr.h"
#include "page/picture_page.h"
#include "service_child.h"
#include "subject.h"

namespace secondstep::tool {

namespace {

constexpr std::chrono::minutes validity{10};

page::PageOptions options_for(const PhoneLink& order) {
    page::PageOptions options;
    options.portal = order.portal;
    options.host = host_name();
    options.link_host = order.config.portal_page_host;
    options.address = order.config.portal_page_listen.address;
    options.port = order.config.portal_page_listen.port;
    options.certificate = order.config.portal_page_certificate;
    options.key = order.config.portal_page_key;
    options.validity = validity;
    return options;
}

Exit report(const delivery::Address& to, const delivery::Report& said) {
    const std::string words = in_plain_words(said);
    if (said.outcome == delivery::Outcome::failed)
        return complain(Exit::unavailable, "the link was not sent to " + to.masked() + ". " + words);
    out().line("The link to " + to.masked() + ": " + words);
    return Exit::done;
}

void show_link(const PhoneLink& order, const Secret& link, Output& screen) {
    screen.line("Open this link on the phone, or point the phone's camera at the QR code:\n");
    Secret line = Secret::copy_of("    ");
    line.append(link.bytes());
    line.push_back('\n');
    screen.line(line);
    if (order.qr.kind == QrChoice::Kind::none) return;
    if (const auto qr = dialogue::QrCode::of(link)) draw_qr(*qr, order.qr, screen);
}

// 32 bytes are too long for one line of a terminal: two of 16.
void show_fingerprint(const page::PicturePage& page, Output& screen) {
    if (!page.self_signed()) return;
    constexpr std::size_t half = 48;  // "AB:" 16 times
    const std::string& all = page.fingerprint();
    screen.line(
        "The phone's browser warns that nobody vouches for this page's certificate. It is the\nright one if "
        "its SHA-256 fingerprint is\n    " +
        all.substr(0, half) + "\n    " + all.substr(half));
}

Exit complain_of_end(page::PicturePage::End end) {
    switch (end) {
        case page::PicturePage::End::accepted:
            return Exit::done;
        case page::PicturePage::End::expired:
            return complain(Exit::refused, "the link has expired, and no picture was accepted");
        case page::PicturePage::End::exhausted:
            return complain(Exit::refused, "ten pictures were not accepted; the link is closed");
        case page::PicturePage::End::interrupted:
            break;
    }
    return complain(Exit::refused, "interrupted; the link is closed");
}

}  // namespace

LinkSender send_by_courier(const Config& config, const delivery::Address& to, const std::string& user,
                           const std::string& portal) {
    return [&config, to, user, portal](const Secret& link) {
        std::vector<CallerFile> no_files;
        return run_as_service_account(config, no_files, [&](const CommitMark&) {
            return report(to, delivery::deliver(config.courier_socket,
                                                dialogue::link_message(config, host_name(), to, user, portal,
                                                                       link.clone(), validity)));
        });
    };
}

Exit picture_from_phone(const PhoneLink& order, const page::Judge& judge, Output& screen) {
    SystemRandomness randomness;
    const SystemClock clock;
    Result<page::PicturePage> page = page::PicturePage::open(options_for(order), clock, randomness);
    if (!page) return complain(Exit::unavailable, page.error().detail);
    if (!order.send) {
        show_link(order, page->link(), screen);
    } else if (const Exit sent = order.send(page->link()); sent != Exit::done) {
        return sent;
    }
    show_fingerprint(*page, screen);
    screen.line("Waiting for the picture until " + local_clock(clock.now() + validity) +
                " (Ctrl-C ends it) ...");
    const Result<page::PicturePage::End> end = page->wait(judge);
    if (!end) return complain(Exit::unavailable, end.error().detail);
    return complain_of_end(*end);
}

}  // namespace secondstep::tool
