#include "stacks/pam_walk.h"

#include <algorithm>
#include <array>
#include <optional>

namespace secondstep::tool {

namespace {

// What libpam answers for a stack that nobody decided, or that is broken.
constexpr PamCode must_fail = PamCode::perm_denied;

// What decides where a line goes: what its module has returned in the call before, if it was reached there.
struct Frozen {
    std::vector<std::optional<PamCode>> codes;
    bool jump_is_ok = false;
};

class Walker {
  public:
    Walker(std::span<const StackLine> lines, std::span<const PamCode> outcomes, Walk& out,
           const Frozen* frozen = nullptr)
        : lines_(lines), outcomes_(outcomes), frozen_(frozen), out_(out) {}

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
        const PamCode deciding = deciding_code(code);
        const Reaction reaction = line.control.on(deciding);
        const bool no_longer_says_anything = code == PamCode::ignore && deciding != code;
        switch (reaction.kind) {
            case Reaction::Kind::ignore:
                return;
            case Reaction::Kind::ok:
                if (!no_longer_says_anything) accept(code);
                return;
            case Reaction::Kind::done:
                if (!no_longer_says_anything) accept(code);
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
                if (frozen_ != nullptr && frozen_->jump_is_ok && !no_longer_says_anything) accept(code);
                return jump(reaction.jump);
        }
    }

    [[nodiscard]] PamCode deciding_code(PamCode code) const {
        return frozen_ == nullptr ? code : frozen_->codes[at_].value_or(code);
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
    const Frozen* frozen_ = nullptr;
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

Walk walk_again(std::span<const StackLine> lines, const FrozenChain& first, std::span<const PamCode> outcomes,
                const LibpamRules& rules) {
    Frozen frozen{.codes = {}, .jump_is_ok = !rules.debian};
    std::vector<StackLine> left;
    std::vector<PamCode> answers;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].is_of_first_call_only) continue;
        left.push_back(lines[i]);
        answers.push_back(outcomes[i]);
        places.push_back(i);
        frozen.codes.push_back(first.walk.calls(i) ? std::optional(first.outcomes[i]) : std::nullopt);
    }
    Walk out;
    Walker(left, answers, out, &frozen).run();
    for (std::size_t& place : out.called)
        place = places[place];
    return out;
}

void walk(std::span<const StackLine> lines, std::span<const PamCode> outcomes, Walk& out) {
    Walker(lines, outcomes, out).run();
}

}  // namespace secondstep::tool
