#include "portals/phone_link.h"

#include <chrono>

#include "base/clock.h"
#include "base/host_name.h"
#include "base/local_time.h"
#include "base/randomness.h"
#include "people/named_account.h"
#include "portals/page/picture_page.h"
#include "qr/qr_drawing.h"

namespace secondstep::tool {

namespace {

page::PageOptions options_for(const PhoneLink& order) {
    page::PageOptions options;
    options.portal = order.portal;
    options.host = host_name();
    options.link_host = order.config.portal_page_host;
    options.address = order.config.portal_page_listen.address;
    options.port = order.config.portal_page_listen.port;
    options.certificate = order.config.portal_page_certificate;
    options.key = order.config.portal_page_key;
    options.validity = order.validity;
    options.directory = page::directory_for_pages();
    return options;
}

void show_link(const PhoneLink& order, const Secret& link, Output& screen) {
    screen.line("Open this link on the phone, or point the phone's camera at the QR code:\n");
    Secret line = Secret::copy_of("    ");
    line.append(link.bytes());
    line.push_back('\n');
    screen.line(line);
    if (order.qr.kind == QrChoice::Kind::none) return;
    const auto drawn = draw_qr(link, order.qr, screen);
    if (drawn && *drawn == Drawn::too_tall) screen.line(line);
}

// 32 bytes are too long for one line of a terminal: two of 16.
void show_fingerprint(const page::PicturePage& page, Output& screen) {
    if (!page.self_signed()) return;
    constexpr std::size_t half = 48;  // "AB:" 16 times
    const std::string& all = page.fingerprint();
    screen.line(
        "The phone's browser warns that nobody vouches for this page's certificate. It is the right one if "
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
    screen.line("Waiting for the picture until " + local_clock(clock.now() + order.validity) +
                " (Ctrl-C ends it) ...");
    const auto tell_of_crowd = [&screen](const std::string& address) {
        screen.line("The page is full: connections without the link want all its places, most from\n" +
                    address + ". The phone may have to wait for some seconds.");
    };
    const Result<page::PicturePage::End> end = page->wait(judge, tell_of_crowd);
    if (!end) return complain(Exit::unavailable, end.error().detail);
    return complain_of_end(*end);
}

}  // namespace secondstep::tool
