#include "stacks/judgement/argument_faults.h"

#include <algorithm>
#include <array>
#include <optional>

#include "stacks/judgement/enrolling_rule.h"
#include "stacks/judgement/module_answers.h"

namespace secondstep::tool {

namespace {

using Level = Remark::Level;
using Lines = std::vector<StackLine>;

constexpr std::string_view first_factor = "first_factor=passed";
constexpr std::string_view enroll_account = "enroll=account";

std::optional<std::size_t> module_of(const Lines& lines) {
    const auto found = std::ranges::find_if(lines, is_second_step);
    if (found == lines.end()) return std::nullopt;
    return static_cast<std::size_t>(found - lines.begin());
}

bool any_has(const Lines& lines, std::string_view argument) {
    return std::ranges::any_of(
        lines, [argument](const StackLine& line) { return is_second_step(line) && line.has(argument); });
}

bool sends_codes(const std::vector<std::string>& methods) {
    return std::ranges::any_of(methods,
                               [](const std::string& method) { return method == "mail" || method == "sms"; });
}

// The rule by which people of this service may have codes sent; "" is the default; nothing: none.
std::optional<std::string> sending_rule(const Config& config, std::string_view service) {
    for (const Rule& rule : config.rules.rules) {
        if (rule.may_be_about(service) && rule.given.methods && sends_codes(*rule.given.methods))
            return rule.name;
    }
    if (sends_codes(config.rules.defaults.methods)) return "";
    return std::nullopt;
}

class Inspection {
  public:
    Inspection(const Stack& stack, const Config& config)
        : service_(stack.service),
          auth_(stack.of(Facility::auth)),
          account_(stack.of(Facility::account)),
          config_(config) {}

    Faults run() {
        combined();
        nothing_is_sent();
        unknown_arguments(auth_);
        unknown_arguments(account_);
        enrollment();
        return std::move(out_);
    }

  private:
    void say(Finding finding, Level level, Facility part, std::size_t line, std::string text,
             std::string advice = {}) {
        out_.push_back({finding, level, part, line, std::move(text), std::move(advice)});
    }
    void combined();
    void nothing_is_sent();
    void unknown_arguments(const Lines& lines);
    void enrollment();
    void nobody_can_enroll(std::size_t line, const std::string& by);

    const std::string& service_;
    Lines auth_;
    Lines account_;
    const Config& config_;
    Faults out_;
};

void Inspection::combined() {
    const auto code = module_of(auth_);
    if (!code || !auth_[*code].has("prompt=combined")) return;
    const auto next =
        std::find_if(auth_.begin() + static_cast<std::ptrdiff_t>(*code), auth_.end(), judges_passwords);
    const auto here = auth_.begin() + static_cast<std::ptrdiff_t>(*code);
    if (next == auth_.end() && std::any_of(auth_.begin(), here, judges_passwords)) {
        return say(
            Finding::combined_prompt, Level::error, Facility::auth, *code,
            "prompt=combined asks for the password with the code, and a line before this one has asked for it "
            "already");
    }
    if (next == auth_.end()) {
        return say(Finding::combined_prompt, Level::error, Facility::auth, *code,
                   "prompt=combined hands the password on, and no line after it takes it",
                   "auth [success=ok default=die] pam_unix.so use_first_pass, after this line");
    }
    if (next->has("use_first_pass") || next->has("try_first_pass")) return;
    say(Finding::combined_prompt, Level::error, Facility::auth,
        static_cast<std::size_t>(next - auth_.begin()),
        "the password that was typed with the code is asked for again");
}

// Before the first factor has passed a message would tell a stranger that the account exists, and cost money.
void Inspection::nothing_is_sent() {
    const auto rule = sending_rule(config_, service_);
    if (!rule) return;
    const std::string who = "who has codes sent by mail or SMS (methods of " +
                            (rule->empty() ? std::string("the default") : "rule \"" + *rule + "\"") +
                            ") needs a recovery code here: ";
    for (std::size_t i = 0; i < auth_.size(); ++i) {
        if (!is_second_step(auth_[i])) continue;
        if (auth_[i].has("prompt=combined")) {
            say(Finding::nothing_is_sent, Level::warning, Facility::auth, i,
                who + "the code is asked for before one could be sent",
                "a stack that asks for the password first, and has " + std::string(first_factor));
        } else if (!auth_[i].has(first_factor)) {
            say(Finding::nothing_is_sent, Level::warning, Facility::auth, i,
                who + "the module is not told that the first factor has passed",
                std::string(first_factor) +
                    " at the end of this line, after a line that ends the stack when the "
                    "password was wrong");
        }
    }
}

// The module refuses everybody when it does not know a word.
void Inspection::unknown_arguments(const Lines& lines) {
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (!is_second_step(lines[i])) continue;
        for (const std::string& argument : lines[i].arguments) {
            if (is_known_argument(argument)) continue;
            say(Finding::unknown_argument, Level::error, lines[i].facility, i,
                "the module does not know the argument \"" + argument + "\", and refuses everybody",
                "take it out; pam_secondstep(8) lists them all");
        }
    }
}

// Auth lets through who is not enrolled, since account will ask: one alone lets people in, or keeps them out.
void Inspection::enrollment() {
    const auto code = module_of(auth_);
    if (!code) return;
    const bool in_account = module_of(account_).has_value();
    if (any_has(auth_, enroll_account) && !in_account) {
        say(Finding::not_asked_to_enroll, Level::error, Facility::auth, *code,
            "enroll=account without an account line: who is not enrolled gets in and is never asked to enroll");
    }
    const auto rule = enrolling_rule(config_, service_);
    if (rule) {
        nobody_can_enroll(*code,
                          rule->empty() ? std::string("the default action") : "rule \"" + *rule + "\"");
    }
}

void Inspection::nobody_can_enroll(std::size_t line, const std::string& by) {
    const bool in_account = module_of(account_).has_value();
    const std::string who = "nobody can enroll here as " + by + " wants: ";
    if (!any_has(auth_, enroll_account)) {
        return say(Finding::cannot_enroll, in_account ? Level::error : Level::warning, Facility::auth, line,
                   who + "who is not enrolled is refused");
    }
    if (auth_[line].has("prompt=combined")) {
        return say(
            Finding::cannot_enroll, Level::error, Facility::auth, line,
            who + "prompt=combined is for programs with one field, and those cannot ask anything else",
            "people enroll over ssh, or with secondstep enroll; action = require, or allow, for this service");
    }
    if (in_account && !any_has(auth_, first_factor)) {
        say(Finding::cannot_enroll, Level::error, Facility::auth, line,
            who + "the module is not told that the first factor has passed",
            std::string(first_factor) +
                " at the end of this line, after a line that ends the stack when the password was wrong");
    }
}

}  // namespace

bool is_known_argument(std::string_view argument) {
    constexpr std::array<std::string_view, 7> known{
        first_factor,     enroll_account, "prompt=separate", "prompt=combined", "use_first_pass",
        "try_first_pass", "debug"};
    const bool path = argument.starts_with("conf=/") || argument.starts_with("socket=/");
    return path || std::ranges::find(known, argument) != known.end();
}

Faults argument_faults(const Stack& stack, const Config& config) {
    return Inspection(stack, config).run();
}

}  // namespace secondstep::tool
