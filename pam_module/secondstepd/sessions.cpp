#include "secondstepd/sessions.h"

#include <chrono>
#include <memory>
#include <utility>

#include "secondstepd/session.h"

namespace secondstep::service {

void Sessions::start(UniqueFd socket, Visitor visitor) {
    std::make_shared<Session>(*this, std::move(socket), std::move(visitor))->start();
}

// Also when nothing more happens.
void Sessions::tell_what_was_left_out() {
    const auto when = context_.caller_journals.tell_what_was_left_out();
    if (!when || telling_ || ending_) return;
    journal_summary_.expires_at(*when);
    journal_summary_.async_wait([this](const boost::system::error_code& error) {
        telling_ = false;
        if (!error) flush_journal();
    });
    telling_ = true;  // last, as below
}

void Sessions::flush_journal() {
    tell_what_was_left_out();
    if (!context_.journal.flush() || retrying_ || ending_) return;
    journal_retry_.expires_after(std::chrono::milliseconds{100});
    journal_retry_.async_wait([this](const boost::system::error_code& error) {
        retrying_ = false;
        if (!error) flush_journal();
    });
    retrying_ = true;  // last: what threw is no retry that comes
}

std::size_t Sessions::end_waiting() {
    ending_ = true;
    journal_retry_.cancel();
    journal_summary_.cancel();
    const std::unordered_set<Session*> waiting = members_;  // a session that ends takes itself out
    std::size_t ended = 0;
    for (Session* session : waiting) {
        if (members_.contains(session) && session->end_if_waiting()) ++ended;
    }
    return ended;
}

}  // namespace secondstep::service
