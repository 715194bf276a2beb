#include "portals/portal_phone.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "parts/memory_file.h"
#include "parts/part.h"
#include "policy/option_types.h"
#include "portals/phone_link.h"
#include "portals/portal_session.h"
#include "qr/qr_pictures.h"

namespace secondstep::tool {

namespace {

using dialogue::PortalRequest;

constexpr std::size_t largest_upload = std::size_t{10} << 20U;
// While one is looked at no other is, and a link has ten minutes in all.
constexpr std::chrono::seconds most_processor{10};

Result<OfferedKeys> keys_in_picture(ByteView picture) {
    const auto file = MemoryFile::of(picture);
    if (!file) return std::unexpected(file.error());
    const auto texts = read_qr_codes({file->fd(), "The picture", largest_upload, most_processor});
    if (!texts) return std::unexpected(texts.error());
    return OfferedKeys::in(*texts);
}

std::string named(const OfferedKeys& offered) {
    if (offered.keys.size() == 1) return label_of(offered.keys.front());
    return std::to_string(offered.keys.size()) + " keys; choose one at the computer";
}

// What the message says; a minute too few is right, one too many is not.
std::chrono::minutes whole_minutes(std::chrono::seconds valid) {
    return std::max(std::chrono::floor<std::chrono::minutes>(valid), std::chrono::minutes{1});
}

LinkSender sender_for(const PortalCall& call, std::chrono::seconds valid, Output& screen) {
    if (!call.has("phone")) return nullptr;
    return [&call, &screen, valid](const Secret& link) {
        const std::string number = *call.call.arguments.text("phone");
        const auto request =
            call.request(PortalRequest::SendLink{*call.name, number, link.clone(), whole_minutes(valid)});
        if (!request) return request.error();
        const Exit sent = with_portals(call.call, [&](PortalSession& portals) {
            const auto done = portals.send_link(*request, screen);
            return done ? Exit::done : done.error();
        });
        if (sent == Exit::done) screen.line("The link was sent to " + number + ".");
        return sent;
    };
}

}  // namespace

OrExit<OfferedKeys> keys_from_phone(const PortalCall& call, Output& screen) {
    const auto valid =
        option_types::parse_duration(*call.call.arguments.text("valid"), dialogue::longest_link_validity);
    if (!valid || *valid == std::chrono::seconds{0})
        return stop(complain(Exit::usage, "--valid takes a duration of at most 10m"));
    // Before anybody has taken a picture in vain.
    if (!is_installed(Part::qr_reader))
        return stop(complain(Exit::unavailable, not_installed(Part::qr_reader)));
    std::optional<OfferedKeys> offered;
    const page::Judge judge = [&offered](ByteView picture) -> page::PictureVerdict {
        auto keys = keys_in_picture(picture);
        if (!keys) return {false, keys.error().detail};
        offered = std::move(*keys);
        return {true, named(*offered)};
    };
    const PhoneLink order{call.call.config, call.name->text(), sender_for(call, *valid, screen), *valid, {}};
    if (const Exit got = picture_from_phone(order, judge, screen); got != Exit::done) return stop(got);
    if (!offered) return stop(complain(Exit::unavailable, "no picture came"));
    return std::move(*offered);
}

}  // namespace secondstep::tool
