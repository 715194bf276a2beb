#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/secret.h"
#include "portals/page/document.h"
#include "portals/page/link_state.h"
#include "portals/page/picture_verdict.h"

namespace secondstep::page {

inline constexpr std::size_t most_picture_bytes = std::size_t{10} * 1024 * 1024;

struct Reply {
    unsigned status;
    std::string html;
};

// What of a request's head matters; views, empty when a header is absent.
struct RequestHead {
    std::string_view method;
    std::string_view target;
    std::string_view host;
    std::string_view origin;
    std::string_view fetch_site;  // Sec-Fetch-Site
};

// What is answered to whom; no I/O. Whoever does not know the link gets 404 whatever they ask, and whatever
// the link's state is.
class Site {
  public:
    Site(Place place, Secret token, LinkState link_state)
        : place_(std::move(place)), token_(std::move(token)), link_state_(link_state) {}

    [[nodiscard]] LinkState& link_state() { return link_state_; }

    [[nodiscard]] bool is_shown_the_link(const RequestHead& head) const;
    // The answer that needs no body. Returns nullopt if this is an upload whose body may be read.
    [[nodiscard]] std::optional<Reply> answer(const RequestHead& head, LinkState::Time now) const;
    // An upload that says of itself, or turns out, to be over the bound.
    [[nodiscard]] Reply answer_too_large(const RequestHead& head, LinkState::Time now);
    // The picture in the body of an upload, a view into it; or the answer why there is none to look at.
    [[nodiscard]] std::expected<ByteView, Reply> picture(std::string_view content_type, ByteView body,
                                                         LinkState::Time now);
    // What the process that looked at the picture says; nothing: it is gone.
    [[nodiscard]] Reply answer_judged(const std::optional<PictureVerdict>& verdict, LinkState::Time now);
    // The link's state as an answer. Returns nullopt if it still takes a picture.
    [[nodiscard]] std::optional<Reply> answer_if_ended(LinkState::Time now) const;

  private:
    [[nodiscard]] Reply upload_page(unsigned status, std::string_view problem, LinkState::Time now) const;
    [[nodiscard]] Reply failure(unsigned status, std::string_view problem, LinkState::Time now) const;

    Place place_;
    Secret token_;
    LinkState link_state_;
};

[[nodiscard]] Reply not_found();
[[nodiscard]] Reply bad_request();

}  // namespace secondstep::page
