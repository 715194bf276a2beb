#include "stacks/pam_walk.h"

#include <algorithm>
#include <array>

namespace secondstep::tool {

namespace {

// What libpam answers for a stack that nobody decided, or that is broken.
constexpr PamCode must_fail = PamCode::perm_denied;

class Walker {
  public:
    Walker(std::span<const StackLine> lines, std::span<const PamCode> outcomes, Walk& out)
        : lines_(lines), outcomes_(outcomes), out_(out) {}

    void run() {
        out_.called.clear();
        unsigned previous = 0;
        for (at_ = 0; at_ < lines_.size() && !waits_; ++at_) {
            const unsigned level = lines_[at_].level;
            if (previous < level) before(level) = state_;
            previous = level;
            if (lines_[at_].kind != StackLine::Kind::substack) call(lines_[at_]);
        }
        out_.result = waits_ ? PamCode::incomplete : result();
    }

  private:
    enum class Impression { none, positive, negative };
    struct State {
        Impression impression = Impression::none;
        PamCode status = must_fail;
    };

    [[nodiscard]] PamCode result() const {
        const bool without_a_yes =
            state_.status == PamCode::success && state_.impression != Impression::positive;
        return without_a_yes ? must_fail : state_.status;
    }

    // What `reset` goes back to. The reader lets no line be deeper.
    State& before(unsigned level) { return before_[level % before_.size()]; }

    void call(const StackLine& line) {
        PamCode code = must_fail;
        if (line.kind == StackLine::Kind::module) {
            code = outcomes_[at_];
            out_.called.push_back(at_);
        }
        if (code == PamCode::incomplete) {  // the program is to call again, and nothing is decided
            waits_ = true;
            return;
        }
        const Reaction reaction = line.control.on(code);
        switch (reaction.kind) {
            case Reaction::Kind::ignore:
                return;
            case Reaction::Kind::ok:
                return accept(code);
            case Reaction::Kind::done:
                accept(code);
                if (state_.impression == Impression::positive) leave();
                return;
            case Reaction::Kind::bad:
                return refuse(code);
            case Reaction::Kind::die:
                refuse(code);
                return leave();
            case Reaction::Kind::reset:
                state_ = before(line.level);
                return;
            case Reaction::Kind::jump:
                return jump(reaction.jump);
        }
    }

    void accept(PamCode code) {
        const bool undecided = state_.impression == Impression::none;
        const bool well = state_.impression == Impression::positive && state_.status == PamCode::success;
        if (undecided || well) state_ = {Impression::positive, code};
    }

    void refuse(PamCode code) {
        if (state_.impression == Impression::negative) return;
        state_ = {Impression::negative, code == PamCode::ignore ? must_fail : code};
    }

    [[nodiscard]] bool next_is_within(unsigned level) const {
        return at_ + 1 < lines_.size() && lines_[at_ + 1].level >= level;
    }

    // To the last line of this stack, or of this substack.
    void leave() {
        const unsigned level = lines_[at_].level;
        while (next_is_within(level))
            ++at_;
    }

    // A substack counts as one module. A jump beyond the end is a failure.
    void jump(unsigned count) {
        const bool is_no_jump = count == 0;
        const unsigned level = lines_[at_].level;
        for (; count > 0 && next_is_within(level); --count) {
            ++at_;
            while (next_is_within(level + 1))
                ++at_;
        }
        if (count > 0 || is_no_jump) state_ = {Impression::negative, must_fail};
    }

    std::span<const StackLine> lines_;
    std::span<const PamCode> outcomes_;
    std::size_t at_ = 0;
    State state_;
    std::array<State, LibpamRules::max_level> before_{};
    bool waits_ = false;
    Walk& out_;
};

}  // namespace

bool Walk::calls(std::size_t index) const {
    return std::ranges::find(called, index) != called.end();
}

Walk walk(std::span<const StackLine> lines, std::span<const PamCode> outcomes) {
    Walk out;
    out.called.reserve(lines.size());
    walk(lines, outcomes, out);
    return out;
}

void walk(std::span<const StackLine> lines, std::span<const PamCode> outcomes, Walk& out) {
    Walker(lines, outcomes, out).run();
}

}  // namespace secondstep::tool
