#include "stacks/stack_findings.h"

#include <algorithm>
#include <array>
#include <set>

#include "stacks/pam_trials.h"
#include "stacks/password_line.h"

namespace secondstep::tool {

namespace {

using Outcomes = Trials::Outcomes;
using Lines = std::vector<StackLine>;

constexpr std::string_view right_control = "[success=ok ignore=ignore default=die]";
constexpr std::string_view first_factor = "first_factor=passed";
constexpr std::string_view enroll_account = "enroll=account";

std::optional<std::size_t> first_of(const Lines& lines, Role role) {
    const auto found =
        std::ranges::find_if(lines, [role](const StackLine& line) { return role_of(line) == role; });
    if (found == lines.end()) return std::nullopt;
    return static_cast<std::size_t>(found - lines.begin());
}

// Some rule leads to "not needed", which the stack gets as PAM_IGNORE.
bool somebody_is_not_asked(const Config& config) {
    const auto asks_everybody = [](Action action) { return action == Action::require; };
    return !asks_everybody(config.rules.defaults.action) ||
           !std::ranges::all_of(config.rules.rules, [&](const Rule& rule) {
               return asks_everybody(rule.given.action.value_or(Action::require));
           });
}

// The module that ended the stack, or jumped, before the second step was reached.
std::optional<std::size_t> who_leaves_it_out(const Lines& lines, const Walk& walk) {
    const std::size_t second = *first_of(lines, Role::second_step);
    std::optional<std::size_t> last;
    for (const std::size_t i : walk.called) {
        if (role_of(lines[i]) == Role::second_step) return std::nullopt;
        if (i < second) last = i;
    }
    return walk.succeeded() ? last : std::nullopt;
}

// Whom this module lets in without a code (pam_rootok in su) need not enroll either.
bool leaves_out_the_code(const Lines& auth, std::string_view module) {
    if (!first_of(auth, Role::second_step)) return false;
    const auto by_it = [&](const Outcomes&, const Walk& walk) {
        const auto culprit = who_leaves_it_out(auth, walk);
        return culprit && auth[*culprit].module == module;
    };
    return Trials(auth, Trials::Password::right).some(PamCode::success, by_it) ||
           Trials(auth, Trials::Password::unasked).some(PamCode::success, by_it);
}

bool sends_codes(const std::vector<std::string>& methods) {
    return std::ranges::any_of(methods,
                               [](const std::string& method) { return method == "mail" || method == "sms"; });
}

// The rule by which people of this service may have codes sent; "" is the default; nothing: none.
std::optional<std::string> sending_rule(const Config& config, std::string_view service) {
    for (const Rule& rule : config.rules.rules) {
        const bool here =
            rule.services.empty() || std::ranges::find(rule.services, service) != rule.services.end();
        if (here && rule.given.methods && sends_codes(*rule.given.methods)) return rule.name;
    }
    if (sends_codes(config.rules.defaults.methods)) return "";
    return std::nullopt;
}

// Looks at the lines of one facility.
class Inspection {
  public:
    Inspection(Lines lines, const Stack& stack, const Config& config, Remarks& out)
        : lines_(std::move(lines)),
          right_(lines_, is_auth() ? Trials::Password::right : Trials::Password::any),
          stack_(stack),
          config_(config),
          out_(out) {}

    void inspect_auth() {
        reached_after_a_wrong_password();
        claim_without_a_first_factor();
        code_alone();
        left_out();
        lets_in();
        shuts_out();
        asked_twice();
        combined();
        nothing_is_sent();
        for (const StackLine& line : lines_)
            unknown_arguments(line);
    }

    void inspect_account() {
        left_out();
        lets_in();
        shuts_out();
        for (const StackLine& line : lines_)
            unknown_arguments(line);
    }

  private:
    void say(Remark::Level level, const StackLine& line, std::string text, std::string mend) {
        out_.push_back({level, line.file, line.line, std::move(text), line.text, std::move(mend)});
    }
    [[nodiscard]] const StackLine& module() const { return lines_[*first_of(lines_, Role::second_step)]; }
    [[nodiscard]] bool is_called(const Walk& walk) const {
        return std::ranges::any_of(walk.called,
                                   [this](std::size_t i) { return role_of(lines_[i]) == Role::second_step; });
    }
    [[nodiscard]] bool is_auth() const { return lines_.front().facility == Facility::auth; }

    void reached_after_a_wrong_password();
    void claim_without_a_first_factor();
    void code_alone();
    void left_out();
    void left_out_by(const StackLine& line);
    [[nodiscard]] bool lets_in_on(PamCode code) const;
    void lets_in();
    void shuts_out();
    void asked_twice();
    void combined();
    void nothing_is_sent();
    void unknown_arguments(const StackLine& line);

    Lines lines_;
    Trials right_;
    const Stack& stack_;
    const Config& config_;
    Remarks& out_;
};

void Inspection::reached_after_a_wrong_password() {
    const auto password = first_of(lines_, Role::password);
    const auto second = first_of(lines_, Role::second_step);
    if (!password || *password > *second || !reached_after_wrong_password(lines_)) return;
    say(Remark::Level::error, lines_[*password],
        module().has(first_factor)
            ? "first_factor=passed is not true: the module is reached after a wrong password"
            : "the code is asked for even after a wrong password",
        mend_of_password(lines_, *password));
}

// sshd may check a key before it runs the stack; that is looked at together with its settings.
void Inspection::claim_without_a_first_factor() {
    const auto second = *first_of(lines_, Role::second_step);
    if (!lines_[second].has(first_factor)) return;
    const auto password = first_of(lines_, Role::password);
    if (password && *password > second) {
        return say(Remark::Level::error, lines_[second],
                   "first_factor=passed is not true: the password is asked for after the code",
                   "the password's line before this one, or this one without first_factor=passed");
    }
    const auto condition = first_of(lines_, Role::condition);
    if (password || (condition && *condition < second) || stack_.service == "sshd") return;
    say(Remark::Level::error, lines_[second],
        "first_factor=passed is not true: nothing before the code asks for a first factor",
        "auth [success=ok default=die] pam_unix.so");
}

void Inspection::code_alone() {
    const Trials unasked(lines_, Trials::Password::unasked);
    if (!unasked.some(PamCode::success, [this](const Outcomes&, const Walk& walk) {
            return walk.succeeded() && role_of(lines_[walk.called.back()]) == Role::second_step;
        })) {
        return;
    }
    say(Remark::Level::error, module(), "the code alone lets people in, without a password",
        with_control(module(), right_control));
}

void Inspection::left_out() {
    std::set<std::size_t> culprits;
    [[maybe_unused]] const bool all = right_.some(PamCode::success, [&](const Outcomes&, const Walk& walk) {
        if (const auto culprit = who_leaves_it_out(lines_, walk)) culprits.insert(*culprit);
        return false;  // every way there is
    });
    for (const std::size_t culprit : culprits)
        left_out_by(lines_[culprit]);
    const auto called = [this](const Outcomes&, const Walk& walk) { return is_called(walk); };
    if (!culprits.empty() || right_.some(PamCode::success, called)) return;
    say(Remark::Level::error, module(), "this line is never reached", "the line further up in the stack");
}

// A condition before the code was written to leave it out for some. In the account part the usual ones
// (pam_localuser) are older than the wish that people enroll.
void Inspection::left_out_by(const StackLine& line) {
    const std::string before = "the line of pam_secondstep.so before this one";
    if (role_of(line) != Role::condition) {
        return say(Remark::Level::error, line,
                   is_auth() ? "this line lets people in before the code is asked for"
                             : "this line ends the account part before enrollment is asked for",
                   role_of(line) == Role::password ? with_control(line, "[success=ok default=die]") : before);
    }
    if (is_auth() || leaves_out_the_code(stack_.of(Facility::auth), line.module)) return;
    say(Remark::Level::warning, line, "people for whom this line says yes are not asked to enroll", before);
}

bool Inspection::lets_in_on(PamCode code) const {
    return right_.some(
        code, [this](const Outcomes&, const Walk& walk) { return walk.succeeded() && is_called(walk); });
}

void Inspection::lets_in() {
    const std::string mend = with_control(module(), right_control);
    const PamCode wrong = is_auth() ? PamCode::auth_err : PamCode::perm_denied;
    if (lets_in_on(wrong)) {
        return say(
            Remark::Level::error, module(),
            is_auth() ? "people get in after a wrong code" : "people get in who have to enroll and did not",
            mend);
    }
    if (is_auth() && lets_in_on(PamCode::conv_err)) {
        return say(Remark::Level::error, module(), "people get in who give no code at all", mend);
    }
    constexpr std::array unavailable{PamCode::authinfo_unavail, PamCode::service_err, PamCode::system_err,
                                     PamCode::buf_err};
    for (const PamCode code : unavailable) {
        if (!lets_in_on(code)) continue;
        // Written out, it is what somebody wanted.
        const auto level = module().control.names(code) ? Remark::Level::warning : Remark::Level::error;
        return say(level, module(),
                   "people get in without a code while the service or its store does not work", mend);
    }
}

void Inspection::shuts_out() {
    const bool refused = right_.some(PamCode::success, [this](const Outcomes& outcomes, const Walk& walk) {
        return walk.succeeded() && is_called(walk) && !right_.walked(outcomes, PamCode::ignore).succeeded();
    });
    // Of a stack in which nothing else can say yes, "success" proves nothing in the account part.
    const bool alone = !is_auth() && !right_.some(PamCode::ignore, [](const Outcomes&, const Walk& walk) {
        return walk.succeeded();
    });
    if (!refused && !alone) return;
    const auto level =
        is_auth() && !somebody_is_not_asked(config_) ? Remark::Level::warning : Remark::Level::error;
    const Reaction::Kind reaction = module().control.on(PamCode::ignore).kind;
    const std::string who = is_auth() ? "who needs no second step (exempt, or not enrolled) is refused"
                                      : "who has nothing to enroll is refused";
    if (reaction != Reaction::Kind::ignore) {
        return say(level, module(), who + ": \"ignore\" counts as a failure here",
                   with_control(module(), right_control));
    }
    say(level, module(), who + ": no other line says yes",
        std::string(facility_word(module())) + " required pam_permit.so, after this line");
}

void Inspection::asked_twice() {
    const auto times = [this](const Walk& walk) {
        return std::ranges::count_if(
            walk.called, [this](std::size_t i) { return role_of(lines_[i]) == Role::second_step; });
    };
    if (!right_.some(PamCode::success, [&](const Outcomes&, const Walk& walk) {
            return walk.succeeded() && times(walk) > 1;
        })) {
        return;
    }
    const bool sometimes_once = right_.some(PamCode::success, [&](const Outcomes&, const Walk& walk) {
        return walk.succeeded() && times(walk) == 1;
    });
    const auto second =
        std::find_if(lines_.begin() + static_cast<std::ptrdiff_t>(*first_of(lines_, Role::second_step)) + 1,
                     lines_.end(), [](const StackLine& line) { return role_of(line) == Role::second_step; });
    say(sometimes_once ? Remark::Level::warning : Remark::Level::error, *second,
        sometimes_once ? "some people are asked for two codes in one login; each code works once"
                       : "the code is asked for twice in one login; each code works once",
        "take this line out");
}

void Inspection::combined() {
    const std::size_t second = *first_of(lines_, Role::second_step);
    if (!lines_[second].has("prompt=combined")) return;
    const auto next = std::find_if(lines_.begin() + static_cast<std::ptrdiff_t>(second), lines_.end(),
                                   [](const StackLine& line) { return role_of(line) == Role::password; });
    if (next == lines_.end()) {
        return say(Remark::Level::error, lines_[second],
                   "prompt=combined hands the password on, and no line after it takes it",
                   "auth [success=ok default=die] pam_unix.so use_first_pass, after this line");
    }
    if (next->has("use_first_pass") || next->has("try_first_pass")) return;
    StackLine mended = *next;
    mended.arguments.emplace_back("use_first_pass");
    say(Remark::Level::error, *next, "the password that was typed with the code is asked for again",
        next->text + " use_first_pass");
}

// Before the first factor has passed a message would tell a stranger that the account exists, and cost money.
void Inspection::nothing_is_sent() {
    const auto rule = sending_rule(config_, stack_.service);
    if (!rule) return;
    const std::string who = "who has codes sent by mail or SMS (methods of " +
                            (rule->empty() ? std::string("the default") : "rule \"" + *rule + "\"") +
                            ") needs a recovery code here: ";
    for (const StackLine& line : lines_) {
        if (role_of(line) != Role::second_step) continue;
        if (line.has("prompt=combined")) {
            say(Remark::Level::warning, line, who + "the code is asked for before one could be sent",
                "a stack that asks for the password first, and has " + std::string(first_factor));
        } else if (!line.has(first_factor)) {
            say(Remark::Level::warning, line, who + "the module is not told that the first factor has passed",
                with_control(line, right_control) + " " + std::string(first_factor) +
                    ", after a line that ends the stack when the password was wrong");
        }
    }
}

// The module refuses everybody when it does not know a word.
void Inspection::unknown_arguments(const StackLine& line) {
    if (role_of(line) != Role::second_step) return;
    constexpr std::array<std::string_view, 7> known{
        first_factor,     enroll_account, "prompt=separate", "prompt=combined", "use_first_pass",
        "try_first_pass", "debug"};
    for (const std::string& argument : line.arguments) {
        const bool path = argument.starts_with("conf=/") || argument.starts_with("socket=/");
        if (path || std::ranges::find(known, argument) != known.end()) continue;
        say(Remark::Level::error, line, "the module does not know the argument \"" + argument + "\"",
            "take it out; pam_secondstep(8) lists them all");
    }
}

bool any_has(const Lines& lines, std::string_view argument) {
    return std::ranges::any_of(lines, [argument](const StackLine& line) {
        return role_of(line) == Role::second_step && line.has(argument);
    });
}

// Auth lets through who is not enrolled, since account will ask: one alone lets people in, or keeps them out.
void inspect_enrollment(const Lines& auth, const Lines& account, const Stack& stack, const Config& config,
                        Remarks& out) {
    const auto in_auth = first_of(auth, Role::second_step);
    const auto in_account = first_of(account, Role::second_step);
    const bool claimed = any_has(auth, enroll_account);
    if (claimed && !in_account) {
        const StackLine& line = auth[*in_auth];
        out.push_back({Remark::Level::error, line.file, line.line,
                       "enroll=account without an account line: who is not enrolled gets "
                       "in and is never asked to enroll",
                       line.text, "account required pam_secondstep.so, before the other account lines"});
    }
    const auto rule = enrolling_rule(config, stack.service);
    if (!in_auth || !rule) return;
    const std::string by = rule->empty() ? std::string("the default action") : "rule \"" + *rule + "\"";
    const StackLine& line = auth[*in_auth];
    if (claimed && in_account && !any_has(auth, first_factor))
        out.push_back({Remark::Level::error, line.file, line.line,
                       "nobody can enroll here as " + by +
                           " wants: the module is not told that the first factor has passed",
                       line.text,
                       with_control(line, right_control) + " " + std::string(first_factor) + " " +
                           std::string(enroll_account) +
                           ", after a line that ends the stack when the password was wrong"});
    if (claimed) return;
    out.push_back({in_account ? Remark::Level::error : Remark::Level::warning, line.file, line.line,
                   "nobody can enroll here as " + by + " wants: who is not enrolled is refused", line.text,
                   with_control(line, right_control) + " enroll=account" +
                       (in_account ? "" : ", and account required pam_secondstep.so")});
}

}  // namespace

bool has_second_step(const Stack& stack) {
    return std::ranges::any_of(stack.lines,
                               [](const StackLine& line) { return role_of(line) == Role::second_step; });
}

bool claims_first_factor(const Stack& stack) {
    return any_has(stack.of(Facility::auth), first_factor);
}

bool asks_for_a_password(const Stack& stack) {
    return first_of(stack.of(Facility::auth), Role::password).has_value();
}

std::optional<std::string> enrolling_rule(const Config& config, std::string_view service) {
    for (const Rule& rule : config.rules.rules) {
        const bool here =
            rule.services.empty() || std::ranges::find(rule.services, service) != rule.services.end();
        if (here && rule.given.action == Action::enroll) return rule.name;
    }
    if (config.rules.defaults.action == Action::enroll) return "";
    return std::nullopt;
}

Remarks findings_in(const Stack& stack, const Config& config, BeforeStack) {
    Remarks out = stack.problems;
    const Lines auth = stack.of(Facility::auth);
    const Lines account = stack.of(Facility::account);
    if (first_of(auth, Role::second_step)) Inspection(auth, stack, config, out).inspect_auth();
    if (first_of(account, Role::second_step)) Inspection(account, stack, config, out).inspect_account();
    inspect_enrollment(auth, account, stack, config, out);
    return out;
}

}  // namespace secondstep::tool
