#include "portals/page/site.h"

#include "portals/page/link.h"
#include "portals/page/multipart.h"
#include "portals/page/texts.h"

namespace secondstep::page {

namespace {

// What browsers tell of where a form was sent from; old ones tell nothing.
// The link's secret protects the page already; this keeps a page that learnt the link from sending a picture
// of its own with somebody's browser.
bool is_cross_site(const RequestHead& head) {
    if (!head.fetch_site.empty() && head.fetch_site != "same-origin") return true;
    return !head.origin.empty() && head.origin != "https://" + std::string(head.host);
}

}  // namespace

Reply not_found() {
    return {404, bare_document(texts::not_found)};
}

Reply bad_request() {
    return {400, bare_document(texts::bad_request)};
}

std::optional<Reply> Site::answer_if_ended(LinkState::Time now) const {
    const LinkState::State state = link_state_.state(now);
    if (state == LinkState::State::open || state == LinkState::State::judging) return std::nullopt;
    return Reply{410, ended_document(place_, state)};
}

bool Site::is_shown_the_link(const RequestHead& head) const {
    return leads_here(head.target, token_);
}

std::optional<Reply> Site::answer(const RequestHead& head, LinkState::Time now) const {
    if (!is_shown_the_link(head)) return not_found();
    if (std::optional<Reply> ended = answer_if_ended(now)) return ended;
    if (head.method == "GET" || head.method == "HEAD") return upload_page(200, {}, now);
    if (head.method != "POST") return Reply{405, bare_document(texts::method)};
    if (is_cross_site(head)) return upload_page(403, texts::cross_site, now);
    return std::nullopt;
}

Reply Site::answer_too_large(const RequestHead& head, LinkState::Time now) {
    if (std::optional<Reply> answered = answer(head, now)) return std::move(*answered);
    link_state_.count_failure();
    return failure(413, texts::too_large, now);
}

std::expected<ByteView, Reply> Site::picture(std::string_view content_type, ByteView body,
                                             LinkState::Time now) {
    const Result<ByteView> found = picture_in(content_type, body);
    if (found) return *found;
    link_state_.count_failure();
    const bool empty = found.error().code == Errc::not_found;
    return std::unexpected(failure(422, empty ? texts::no_picture : texts::malformed, now));
}

Reply Site::answer_judged(const std::optional<PictureVerdict>& verdict, LinkState::Time now) {
    if (!verdict) {
        link_state_.close(now);
        return {410, ended_document(place_, LinkState::State::closed)};
    }
    if (verdict->accepted) {
        link_state_.accept();
        return {200, accepted_document(place_, verdict->text)};
    }
    link_state_.refuse();
    return failure(422, verdict->text, now);
}

Reply Site::upload_page(unsigned status, std::string_view problem, LinkState::Time now) const {
    return {status, upload_document(place_, link_state_.left(now), problem)};
}

// The form again, unless that was the last time.
Reply Site::failure(unsigned status, std::string_view problem, LinkState::Time now) const {
    if (std::optional<Reply> ended = answer_if_ended(now)) return std::move(*ended);
    return upload_page(status, problem, now);
}

}  // namespace secondstep::page
