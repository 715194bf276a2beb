#pragma once

#include <coroutine>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "dialogue/conversation/dialogue.h"
#include "dialogue/conversation/ended.h"
#include "dialogue/conversation/step.h"

namespace secondstep::dialogue {

// What the scripts that are handed it do not outlive: they may refer to it.
class OutlivesScripts {};

// What a script ends with.
template <typename T>
struct ScriptResult {
    std::optional<T> value;
    void return_value(T result) { value.emplace(std::move(result)); }
    T take() { return std::move(*value); }
};
template <>
struct ScriptResult<void> {
    void return_void() const noexcept {}
    void take() const noexcept {}
};

// A conversation, or a part of one, written down in the order in which it is held: a coroutine that waits for
// the person with `co_await talk.ask(...)` and for parts of its own with `co_await part(...)`. Begins when it
// is awaited. What it holds is destroyed (and wiped, if it is a Secret) with it, wherever it waits.
// Its parameters are its own: what it got by reference or as a view might be gone when it goes on, so only
// what OutlivesScripts is taken by reference. Whoever forgets that, or a co_await, is told by the compiler.
template <typename T>
class [[nodiscard]] Script {
  public:
    struct promise_type;
    using Handle = std::coroutine_handle<promise_type>;

    struct promise_type : ScriptResult<T> {
        std::exception_ptr error;
        std::coroutine_handle<> then = std::noop_coroutine();  // who awaits the end

        struct GoOn {
            bool await_ready() const noexcept { return false; }
            std::coroutine_handle<> await_suspend(Handle ended) const noexcept {
                return ended.promise().then;
            }
            void await_resume() const noexcept {}
        };
        Script get_return_object() { return Script(Handle::from_promise(*this)); }
        std::suspend_always initial_suspend() const noexcept { return {}; }
        GoOn final_suspend() const noexcept { return {}; }
        void unhandled_exception() { error = std::current_exception(); }
    };

    Script(Script&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
    Script(const Script&) = delete;
    Script& operator=(const Script&) = delete;
    Script& operator=(Script&&) = delete;
    ~Script() {
        if (handle_) handle_.destroy();
    }

    void start() { handle_.resume(); }
    [[nodiscard]] bool ended() const { return handle_.done(); }
    // Once, after the end. Throws what the script threw.
    T result() {
        if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
        return handle_.promise().take();
    }

    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
        handle_.promise().then = awaiting;
        return handle_;
    }
    [[nodiscard]] T await_resume() { return result(); }

  private:
    explicit Script(Handle handle) : handle_(handle) {}
    Handle handle_;
};

// Between a script and whoever runs the dialogue: the step the script waits with, and what came back for it.
class Talk : OutlivesScripts {
  public:
    Talk() = default;
    Talk(const Talk&) = delete;
    Talk& operator=(const Talk&) = delete;

    struct [[nodiscard]] Asking {
        Talk& talk;
        bool await_ready() const noexcept { return !talk.step_; }
        void await_suspend(std::coroutine_handle<> script) const noexcept { talk.waiting_ = script; }
        Reply await_resume() const { return std::exchange(talk.reply_, NoAnswer{}); }
    };
    struct [[nodiscard]] Pausing {
        Talk& talk;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> script) const noexcept { talk.waiting_ = script; }
        Resumption await_resume() const noexcept { return talk.resumption_; }
    };

    // After the last of the asks one dialogue has, the answer is NoAnswer without anybody being asked:
    // whatever a script repeats ends, and nobody can keep a dialogue for ever.
    // (Arguments are views, not an Ask: g++ 12 destroys an aggregate twice that is made inside a co_await.)
    Asking ask(std::string_view text, std::uint8_t combined_length = 0) {
        return ask_once(false, text, combined_length);
    }
    // What is typed may be seen: menus, enrollment, recovery codes.
    Asking ask_aloud(std::string_view text) { return ask_once(true, text, 0); }
    Pausing pause(Step step) {
        step_ = std::move(step);
        return Pausing{*this};
    }
    Pausing show(Secret text) { return pause(Show{Show::Style::info, std::move(text)}); }
    Pausing show(std::string_view text) { return show(Secret::copy_of(text)); }
    Pausing show_error(Secret text) { return pause(Show{Show::Style::error, std::move(text)}); }
    Pausing show_error(std::string_view text) { return show_error(Secret::copy_of(text)); }

    [[nodiscard]] unsigned asks_left() const { return asks_left_; }

    // The runner's side.
    [[nodiscard]] std::optional<Step> take_step() { return std::exchange(step_, std::nullopt); }
    // False: nothing waits for this.
    [[nodiscard]] bool go_on(Reply reply) {
        reply_ = std::move(reply);
        return wake();
    }
    [[nodiscard]] bool go_on(Resumption resumption) {
        resumption_ = resumption;
        return wake();
    }

  private:
    Asking ask_once(bool echo, std::string_view text, std::uint8_t combined_length) {
        if (asks_left_ > 0) {
            --asks_left_;
            step_ = Ask{echo, std::string(text), combined_length};
        }
        return Asking{*this};
    }
    bool wake() {
        const std::coroutine_handle<> script = std::exchange(waiting_, {});
        if (script) script.resume();
        return static_cast<bool>(script);
    }

    unsigned asks_left_ = 20;
    std::optional<Step> step_;
    Reply reply_ = NoAnswer{};
    Resumption resumption_ = Resumption::done;
    std::coroutine_handle<> waiting_;
};

// A dialogue that is one script.
class ScriptedDialogue : public Dialogue, OutlivesScripts {
  public:
    [[nodiscard]] Step begin() final {
        script_.emplace(run());
        script_->start();
        return next();
    }
    [[nodiscard]] Step answer(Reply reply) final {
        return talk_.go_on(std::move(reply)) ? next() : Step{End{Verdict::unavailable}};
    }
    [[nodiscard]] Step resume(Resumption resumption) final {
        return talk_.go_on(resumption) ? next() : Step{End{Verdict::unavailable}};
    }

  protected:
    virtual Script<Ended> run() = 0;
    [[nodiscard]] Talk& talk() { return talk_; }
    // Of what was shown, for the account phase, once run() has ended well.
    [[nodiscard]] virtual Token proof() const { return {}; }

  private:
    [[nodiscard]] Step end(Verdict verdict) const {
        const bool well = verdict == Verdict::accepted || verdict == Verdict::not_needed;
        return End{verdict, well ? proof() : Token{}};
    }
    Step next() {
        if (script_->ended()) return end(script_->result().verdict());
        std::optional<Step> step = talk_.take_step();
        return step ? std::move(*step) : Step{End{Verdict::unavailable}};
    }

    Talk talk_;
    std::optional<Script<Ended>> script_;  // after talk_, which it refers to: destroyed first
};

template <typename Parameter>
inline constexpr bool is_a_scripts_own =
    !std::is_pointer_v<Parameter> && !std::is_same_v<std::remove_cv_t<Parameter>, std::string_view> &&
    (!std::is_reference_v<Parameter> || std::is_base_of_v<OutlivesScripts, std::remove_cvref_t<Parameter>>);

}  // namespace secondstep::dialogue

template <typename T, typename... Parameters>
struct std::coroutine_traits<secondstep::dialogue::Script<T>, Parameters...> {
    static_assert((secondstep::dialogue::is_a_scripts_own<Parameters> && ...),
                  "a script takes its parameters by value, but for what OutlivesScripts");
    using promise_type = typename secondstep::dialogue::Script<T>::promise_type;
};
