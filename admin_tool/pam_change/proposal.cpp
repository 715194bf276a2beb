#include "pam_change/proposal.h"

#include <algorithm>

#include "pam_change/equivalence.h"
#include "pam_change/removal.h"
#include "stacks/judgement/stack_findings.h"

namespace secondstep::tool {

namespace {

std::unexpected<Objection> object(Errc code, std::string sentence, Remarks remarks = {}) {
    return std::unexpected(Objection{{code, std::move(sentence)}, std::move(remarks)});
}

bool is_same_finding(const Remark& a, const Remark& b) {
    return a.level == b.level && a.finding == b.finding && a.file == b.file && a.text == b.text;
}

// Behind a key the code stands in place of the password, so the auth part is not what it was: that it is right is
// check-config's to say.
std::optional<std::string> shuts_out(const Stack& before, const Stack& after, FirstStep first) {
    if (first == FirstStep::password)
        if (auto found = difference(before, after, Facility::auth, Likeness::with_the_code_added))
            return found;
    return difference(before, after, Facility::account, Likeness::with_the_code_added);
}

class Search {
  public:
    Search(const std::string& text, FirstStep first, const Preview& preview)
        : before_(preview.stack(text)),
          found_before_(preview.check(text)),
          first_(first),
          preview_(preview) {}

    bool is_right(const std::string& text) {
        const Stack after = preview_.stack(text);
        if (const auto who = shuts_out(before_, after, first_)) {
            if (difference_.empty()) difference_ = *who;
            return false;
        }
        const Remarks found = preview_.check(text);
        Remarks errors = new_remarks(found_before_, found, Remark::Level::error);
        if (!errors.empty()) {
            if (!has_errors_ || errors.size() < errors_.size()) errors_ = std::move(errors);
            has_errors_ = true;
            return false;
        }
        warnings_ = new_remarks(found_before_, found, Remark::Level::warning);
        return true;
    }
    [[nodiscard]] const Stack& before() const { return before_; }
    [[nodiscard]] Remarks warnings() const { return warnings_; }
    [[nodiscard]] std::unexpected<Objection> objection() const {
        if (has_errors_)
            return object(Errc::unsupported,
                          "not changed: check-config would find what it does not find now. Mend this first, "
                          "sshd's settings before everything else:",
                          errors_);
        return object(
            Errc::unsupported,
            "not changed: no form of this file was found with which whoever gets in now still does" +
                (difference_.empty() ? "" : " (" + difference_ + ")") +
                ". Write the line by hand, and ask check-config");
    }

  private:
    Stack before_;
    Remarks found_before_;
    FirstStep first_;
    const Preview& preview_;
    std::string difference_;
    bool has_errors_ = false;
    Remarks errors_;
    Remarks warnings_;
};

}  // namespace

Remarks new_remarks(const Remarks& before, const Remarks& after, Remark::Level level) {
    Remarks out;
    for (const Remark& each : after) {
        const auto same = [&each](const Remark& other) { return is_same_finding(each, other); };
        if (each.level == level && std::ranges::none_of(before, same)) out.push_back(each);
    }
    return out;
}

Proposed propose_addition(const std::string& text, FirstStep first, const Preview& preview) {
    Search search(text, first, preview);
    if (has_second_step(search.before()))
        return object(Errc::exists, "it asks for the second step already: see secondstep check-config");
    if (first == FirstStep::password && lets_everybody_in(search.before()))
        return object(Errc::not_allowed,
                      "everybody gets in here without a password, so that the code would be the only step");
    const ServiceText lines(text);
    for (const Addition& each : additions_to(lines, search.before(), first)) {
        const std::string changed = lines.with(each.changes);
        if (search.is_right(changed)) return Proposal{changed, each.cost, search.warnings()};
    }
    return search.objection();
}

Proposed propose_removal(const std::string& text, const Preview& preview) {
    const ServiceText lines(text);
    const auto without = without_second_step(lines);
    if (!without) return std::unexpected(Objection{without.error(), {}});
    const bool asks_again = stands_for_a_password(lines);
    const Stack before = preview.stack(text);
    const Stack after = preview.stack(*without);
    for (const Facility part : {Facility::auth, Facility::account}) {
        if (part == Facility::auth && asks_again) continue;
        const auto who = difference(after, before, part, Likeness::with_the_code_taken_away);
        if (who)
            return object(Errc::unsupported, "not changed: without these lines not the same people get in (" +
                                                 *who + "): change the file by hand, and ask check-config");
    }
    const Remarks found = preview.check(text);
    const Remarks changed = preview.check(*without);
    Remarks errors = new_remarks(found, changed, Remark::Level::error);
    if (!errors.empty())
        return object(Errc::unsupported,
                      "not changed: check-config would find what it does not find now:", std::move(errors));
    return Proposal{*without, asks_again ? "the password is asked for again, in place of the code" : "",
                    new_remarks(found, changed, Remark::Level::warning)};
}

}  // namespace secondstep::tool
