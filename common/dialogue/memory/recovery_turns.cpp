#include "dialogue/memory/recovery_turns.h"

#include <algorithm>
#include <list>
#include <mutex>
#include <utility>

namespace secondstep::dialogue {
namespace {

using std::chrono::milliseconds;

// A code takes about 40 ms: who is next looks often, and nobody much later than their turn.
constexpr milliseconds shortest_look{10};
constexpr milliseconds for_each_ahead{20};
constexpr milliseconds longest_look{250};

struct Waiting {
    RecoveryTurns::Claim claim;
    bool in_line = false;
    bool has_come = false;
};

bool alike(const Waiting& a, const Waiting& b) {
    return a.claim.source == b.claim.source && a.claim.account == b.claim.account;
}

// All that wait with one source.
struct SourceLine {
    Source source;
    std::list<Waiting*> waiting;  // in line: in the order of their turns; the others: in order of arrival

    [[nodiscard]] std::ptrdiff_t in_line_like(const Waiting& one) const {
        return std::ranges::count_if(
            waiting, [&](const Waiting* other) { return other->in_line && alike(*other, one); });
    }
    // The one that waited longest for the place that became free gets it, behind all that are in line.
    void fill_the_place_of(const Waiting& gone) {
        const auto next = std::ranges::find_if(
            waiting, [&](const Waiting* other) { return !other->in_line && alike(*other, gone); });
        if (next == waiting.end()) return;
        (*next)->in_line = true;
        waiting.splice(waiting.end(), waiting, next);
    }
    void leave(Waiting& one) {
        waiting.remove(&one);
        if (one.in_line) fill_the_place_of(one);
    }
};

// All that wait on one host, in one of the three lines.
class HostLine {
  public:
    explicit HostLine(const HostTag& host) : host_(host) {}
    [[nodiscard]] const HostTag& host() const { return host_; }
    [[nodiscard]] bool is_empty() const { return sources_.empty(); }

    void join(Waiting& one) {
        auto line = line_of(one.claim.source);
        if (line == sources_.end()) line = sources_.insert(line, SourceLine{one.claim.source, {}});
        one.in_line = line->in_line_like(one) < static_cast<std::ptrdiff_t>(RecoveryTurns::most_in_line);
        line->waiting.push_back(&one);
    }
    void leave(Waiting& one) {
        const auto line = line_of(one.claim.source);
        if (line == sources_.end()) return;
        line->leave(one);
        if (line->waiting.empty()) sources_.erase(line);
    }
    // Of a line that is not empty. The source whose turn it was is the last one of the next round.
    void call_next() {
        const auto line = sources_.begin();
        // There is always one: a place that is left is filled.
        Waiting& next = **std::ranges::find_if(line->waiting, &Waiting::in_line);
        next.has_come = true;
        line->leave(next);
        if (line->waiting.empty()) {
            sources_.erase(line);
        } else {
            sources_.splice(sources_.end(), sources_, line);
        }
    }
    // In each round one of every source has its turn.
    [[nodiscard]] std::size_t ahead_of(const Waiting& one) const {
        const auto line = std::ranges::find(sources_, one.claim.source, &SourceLine::source);
        if (line == sources_.end()) return 0;
        const auto place = std::ranges::find(line->waiting, &one);
        const auto rounds = static_cast<std::size_t>(std::distance(line->waiting.begin(), place));
        return rounds * sources_.size() + static_cast<std::size_t>(std::distance(sources_.begin(), line));
    }

  private:
    std::list<SourceLine>::iterator line_of(const Source& source) {
        return std::ranges::find(sources_, source, &SourceLine::source);
    }

    HostTag host_;
    std::list<SourceLine> sources_;  // the one whose turn is next first; none without somebody who waits
};

// One of the three lines.
class Line {
  public:
    void join(Waiting& one) {
        auto line = line_of(one.claim.host);
        if (line == hosts_.end()) line = hosts_.insert(line, HostLine(one.claim.host));
        line->join(one);
        call_next();
    }
    void leave(Waiting& one) {
        if (one.has_come) {
            busy_ = false;
        } else if (const auto line = line_of(one.claim.host); line != hosts_.end()) {
            line->leave(one);
            if (line->is_empty()) hosts_.erase(line);
        }
        call_next();
    }
    [[nodiscard]] std::size_t ahead_of(const Waiting& one) {
        const auto line = line_of(one.claim.host);
        if (line == hosts_.end()) return 0;
        return line->ahead_of(one) * hosts_.size() +
               static_cast<std::size_t>(std::distance(hosts_.begin(), line));
    }

  private:
    std::list<HostLine>::iterator line_of(const HostTag& host) {
        return std::ranges::find(hosts_, host, &HostLine::host);
    }
    void call_next() {
        if (busy_ || hosts_.empty()) return;
        busy_ = true;
        const auto line = hosts_.begin();
        line->call_next();
        if (line->is_empty()) {
            hosts_.erase(line);
        } else {
            hosts_.splice(hosts_.end(), hosts_, line);
        }
    }

    std::list<HostLine> hosts_;  // the one whose turn is next first; none without somebody who waits
    bool busy_ = false;          // somebody has the turn
};

}  // namespace

class RecoveryTurns::Lines {
  public:
    void join(Waiting& one) {
        const std::lock_guard lock(mutex_);
        line_of(one).join(one);
    }
    void leave(Waiting& one) {
        const std::lock_guard lock(mutex_);
        line_of(one).leave(one);
    }
    [[nodiscard]] bool has_come(const Waiting& one) {
        const std::lock_guard lock(mutex_);
        return one.has_come;
    }
    [[nodiscard]] std::size_t ahead_of(const Waiting& one) {
        const std::lock_guard lock(mutex_);
        return line_of(one).ahead_of(one);
    }

  private:
    Line& line_of(const Waiting& one) {
        if (one.claim.known) return known_;
        return one.claim.source.kind == SourceKind::trusted_caller ? portals_ : others_;
    }

    std::mutex mutex_;
    Line known_;
    Line portals_;
    Line others_;
};

class RecoveryTurns::Place final : public Turn {
  public:
    Place(std::shared_ptr<Lines> lines, Claim claim) : lines_(std::move(lines)), waiting_{std::move(claim)} {
        lines_->join(waiting_);
    }
    ~Place() override { lines_->leave(waiting_); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    [[nodiscard]] bool has_come() const override { return lines_->has_come(waiting_); }
    [[nodiscard]] milliseconds until_next_look() const override {
        const auto ahead = static_cast<milliseconds::rep>(lines_->ahead_of(waiting_));
        return std::clamp(for_each_ahead * ahead, shortest_look, longest_look);
    }

  private:
    std::shared_ptr<Lines> lines_;
    Waiting waiting_;
};

RecoveryTurns::RecoveryTurns() : lines_(std::make_shared<Lines>()) {}

std::shared_ptr<RecoveryTurns::Turn> RecoveryTurns::line_up(Claim claim) {
    return std::make_shared<Place>(lines_, std::move(claim));
}

}  // namespace secondstep::dialogue
