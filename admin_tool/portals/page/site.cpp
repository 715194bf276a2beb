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

std::optional<Reply> Site::answer_if_ended(Gate::Time now) const {
    const Gate::State state = gate_.state(now);
    if (state == Gate::State::open || state == Gate::State::judging) return std::nullopt;
    return Reply{410, ended_document(place_, state)};
}

bool Site::is_shown_the_link(const RequestHead& head) const {
    return leads_here(head.target, token_);
}

std::optional<Reply> Site::answer(const RequestHead& head, Gate::Time now) const {
    if (!is_shown_the_link(head)) return not_found();
    if (std::optional<Reply> ended = answer_if_ended(now)) return ended;
    if (head.method == "GET" || head.method == "HEAD") return upload_page(200, {}, now);
    if (head.method != "POST") return Reply{405, bare_document(texts::method)};
    if (is_cross_site(head)) return upload_page(403, texts::cross_site, now);
    return std::nullopt;
}

Reply Site::answer_too_large(const RequestHead& head, Gate::Time now) {
    if (std::optional<Reply> answered = answer(head, now)) return std::move(*answered);
    gate_.count_failure();
    return failure(413, texts::too_large, now);
}

std::expected<ByteView, Reply> Site::picture(std::string_view content_type, ByteView body, Gate::Time now) {
    const Result<ByteView> found = picture_in(content_type, body);
    if (found) return *found;
    gate_.count_failure();
    const bool empty = found.error().code == Errc::not_found;
    return std::unexpected(failure(422, empty ? texts::no_picture : texts::malformed, now));
}

Reply Site::answer_judged(const std::optional<Judgement>& judgement, Gate::Time now) {
    if (!judgement) {
        gate_.close(now);
        return {410, ended_document(place_, Gate::State::closed)};
    }
    if (judgement->accepted) {
        gate_.accept();
        return {200, accepted_document(place_, judgement->text)};
    }
    gate_.refuse();
    return failure(422, judgement->text, now);
}

Reply Site::upload_page(unsigned status, std::string_view problem, Gate::Time now) const {
    return {status, upload_document(place_, gate_.left(now), problem)};
}

// The form again, unless that was the last time.
Reply Site::failure(unsigned status, std::string_view problem, Gate::Time now) const {
    if (std::optional<Reply> ended = answer_if_ended(now)) return std::move(*ended);
    return upload_page(status, problem, now);
}

}  // namespace secondstep::page
