#include "relay/node_journal.h"

namespace secondstep::relay::journal {

std::string NodeJournal::asked(const std::string& where) {
    left_out_.clear();
    if (!why_not_) return {};
    why_not_.reset();
    return where + " is asked from now on";
}

std::string NodeJournal::asked_anew(const std::string& where) {
    why_not_ = "";
    return where + " is shown the present certificate of this host, over a new connection";
}

std::string NodeJournal::not_asked(const std::string& where, const std::string& why, Sparing::Time now) {
    if (why_not_ == why) return {};
    // Each probe comes here again: it is one line that was left out, not one for each.
    if (left_out_ == why && sparing_.is_full(where, now)) return {};
    std::string line = sparing_.admit(where, where + " is not asked: " + why, now);
    if (line.empty()) {
        left_out_ = why;
    } else {
        left_out_.clear();
        why_not_ = why;
    }
    return line;
}

}  // namespace secondstep::relay::journal
