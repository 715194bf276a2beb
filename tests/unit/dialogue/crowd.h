#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dialogue/make_dialogue.h"
#include "unit/dialogue/login_world.h"

namespace secondstep::testing {

// Many dialogues at once, in simulated time: waits pass in order, and two workers compute recovery codes,
// each in 40 ms, in the order in which they were handed over. Every run is the same.
class Crowd {
  public:
    using Milliseconds = std::chrono::milliseconds;
    static constexpr Milliseconds cost{40};
    static constexpr std::size_t workers = 2;

    explicit Crowd(LoginWorld& world) : world_(world) {}
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    // One login at `start` with one answer; false in `accepted` also when it was asked again.
    struct Login {
        bool ended = false;
        bool accepted = false;
        Milliseconds took{};  // from the answer to what was said about it
    };
    std::shared_ptr<Login> log_in(Milliseconds start, dialogue::Request request, std::string answer) {
        auto login = std::make_shared<Login>();
        at(start, [this, login, request = std::move(request), answer = std::move(answer)] {
            visitors_.push_back(std::make_unique<Visitor>(Visitor{.answer = answer, .login = login}));
            begin(*visitors_.back(), request);
        });
        return login;
    }
    // Answers the same at every prompt, and comes again as soon as it is over, until `end`.
    void guess(dialogue::Request request, std::string answer, Milliseconds end) {
        at(now_, [this, end, request = std::move(request), answer = std::move(answer)] {
            visitors_.push_back(
                std::make_unique<Visitor>(Visitor{.answer = answer, .again = request, .guesses_until = end}));
            begin(*visitors_.back(), request);
        });
    }
    void run() {
        while (!events_.empty()) {
            const auto first = events_.begin();
            world_.pass(first->first.first - now_);
            now_ = first->first.first;
            const std::function<void()> event = std::move(first->second);
            events_.erase(first);
            event();
        }
    }
    [[nodiscard]] Milliseconds now() const { return now_; }
    [[nodiscard]] Milliseconds longest_silence() const { return longest_silence_; }
    [[nodiscard]] std::size_t computed() const { return computed_; }

  private:
    struct Visitor {
        std::string answer;
        std::shared_ptr<Login> login{};
        dialogue::Request again{};
        Milliseconds guesses_until{0};
        std::unique_ptr<dialogue::Dialogue> dialogue{};
        Milliseconds answered{};
        bool has_answered = false;
    };

    void at(Milliseconds time, std::function<void()> event) {
        events_.emplace(std::pair{std::max(time, now_), ++number_}, std::move(event));
    }
    void begin(Visitor& visitor, const dialogue::Request& request) {
        visitor.dialogue = dialogue::make_dialogue(world_.ports(), request);
        visitor.has_answered = false;
        go_on(visitor, visitor.dialogue->begin());
    }
    void resume_at(Milliseconds time, Visitor& visitor) {
        at(time, [this, &visitor] { go_on(visitor, visitor.dialogue->resume(dialogue::Resumption::done)); });
    }
    void go_on(Visitor& visitor, dialogue::Step step) {
        for (;;) {
            if (const auto* wait = std::get_if<dialogue::Wait>(&step))
                return resume_at(now_ + wait->time, visitor);
            if (auto* work = std::get_if<dialogue::Work>(&step); work != nullptr) {
                if (work->kind == dialogue::Work::Kind::scrypt)
                    return hand_over(visitor, std::move(work->job));
                work->job();
            }
            if (std::holds_alternative<dialogue::Ask>(step)) {
                if (heard(visitor)) return;
                visitor.answered = now_;
                visitor.has_answered = true;
                step = visitor.dialogue->answer(Secret::copy_of(visitor.answer));
                continue;
            }
            if (const auto* end = std::get_if<dialogue::End>(&step)) return ended(visitor, end->verdict);
            step = visitor.dialogue->resume(dialogue::Resumption::done);
        }
    }
    // True: they have their verdict.
    bool heard(Visitor& visitor) {
        if (!visitor.has_answered) return false;
        longest_silence_ = std::max(longest_silence_, now_ - visitor.answered);
        if (!visitor.login) return false;
        *visitor.login = {true, false, now_ - visitor.answered};
        return true;
    }
    void ended(Visitor& visitor, Verdict verdict) {
        static_cast<void>(heard(visitor));
        if (visitor.login) visitor.login->accepted = verdict == Verdict::accepted;
        if (now_ >= visitor.guesses_until) return;
        at(now_ + Milliseconds{1}, [this, &visitor] { begin(visitor, visitor.again); });
    }
    void hand_over(Visitor& visitor, std::function<void()> job) {
        jobs_.emplace_back(&visitor, std::move(job));
        if (busy_ < workers) work();
    }
    void work() {
        if (jobs_.empty()) return;
        ++busy_;
        auto [visitor, job] = std::move(jobs_.front());
        jobs_.pop_front();
        at(now_ + cost, [this, who = visitor, compute = std::move(job)]() mutable {
            compute();
            compute = nullptr;
            ++computed_;
            --busy_;
            work();
            go_on(*who, who->dialogue->resume(dialogue::Resumption::done));
        });
    }

    LoginWorld& world_;
    Milliseconds now_{0};
    std::map<std::pair<Milliseconds, std::size_t>, std::function<void()>> events_;
    std::size_t number_ = 0;
    std::vector<std::unique_ptr<Visitor>> visitors_;
    std::deque<std::pair<Visitor*, std::function<void()>>> jobs_;
    std::size_t busy_ = 0;
    std::size_t computed_ = 0;
    Milliseconds longest_silence_{0};
};

}  // namespace secondstep::testing
