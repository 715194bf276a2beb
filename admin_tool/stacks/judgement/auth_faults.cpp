#include "stacks/judgement/auth_faults.h"

#include <algorithm>
#include <array>
#include <set>

#include "stacks/judgement/first_factors.h"
#include "stacks/judgement/login_service.h"
#include "stacks/judgement/module_answers.h"
#include "stacks/judgement/refusal.h"

namespace secondstep::tool {

namespace {

using Level = Remark::Level;
constexpr std::string_view first_factor = "first_factor=passed";

// Some rule leads to "not needed", which the stack gets as PAM_IGNORE.
bool somebody_is_not_asked(const Config& config) {
    const auto asks_everybody = [](Action action) { return action == Action::require; };
    return !asks_everybody(config.rules.defaults.action) ||
           !std::ranges::all_of(config.rules.rules, [&](const Rule& rule) {
               return asks_everybody(rule.given.action.value_or(Action::require));
           });
}

class Inspection {
  public:
    Inspection(const Stack& stack, const Config& config, BeforeStack before)
        : ways_(stack.of(Facility::auth)),
          factors_(ways_),
          service_(stack.service),
          config_(config),
          before_(before) {
        for (std::size_t i = ways_.lines().size(); i-- > 0;) {
            if (ways_.is_second_step(i)) code_ = i;
        }
    }

    Faults run() {
        asked_after_refusal();
        no_first_factor();
        strangers_learn();
        no_code();
        wrong_code();
        asked_twice();
        by_no_way_at_all();
        too_many_ways();
        return std::move(out_);
    }

  private:
    // That there is no way proves something only where each was tried.
    void by_no_way_at_all() {
        const std::size_t proved = out_.size();
        not_reached();
        nobody_gets_in();
        one_directory_alone();
        needs_none_refused();
        if (ways_.were_too_many()) out_.resize(proved);
    }
    void say(Finding finding, Level level, std::size_t line, std::string text, std::string advice = {}) {
        out_.push_back({finding, level, Facility::auth, line, std::move(text), std::move(advice)});
    }
    [[nodiscard]] bool has_said(Finding finding) const {
        return std::ranges::find(out_, finding, &Fault::finding) != out_.end();
    }
    [[nodiscard]] const std::vector<StackLine>& lines() const { return ways_.lines(); }
    [[nodiscard]] bool claims() const { return lines()[code_].has(first_factor); }
    [[nodiscard]] bool is_combined() const { return lines()[code_].has("prompt=combined"); }
    [[nodiscard]] bool has_key() const { return before_ == BeforeStack::key; }
    [[nodiscard]] std::optional<std::size_t> asked_at(const Way& way) const {
        const auto found = std::ranges::find_if(
            way.walk.called, [this](std::size_t line) { return ways_.is_second_step(line); });
        return found == way.walk.called.end() ? std::nullopt : std::optional(*found);
    }

    void asked_after_refusal();
    void no_first_factor();
    [[nodiscard]] bool was_spared(const Way& way, PamCode second_step) const;
    void strangers_learn();
    void no_code();
    void left_out_by(std::size_t line);
    void let_in_by(std::size_t line);
    void not_reached();
    void wrong_code();
    [[nodiscard]] std::optional<std::size_t> lets_in_on(PamCode code) const;
    void nobody_gets_in();
    void one_directory_alone();
    [[nodiscard]] bool is_called(std::size_t line) const;
    void alone(std::size_t directory);
    void needs_none_refused();
    void asked_twice();
    void too_many_ways();

    Ways ways_;
    FirstFactors factors_;
    const std::string& service_;
    const Config& config_;
    BeforeStack before_;
    std::size_t code_ = 0;  // the first line of pam_secondstep
    Faults out_;
};

// Where sshd has checked a key, that is a first factor that said yes.
void Inspection::asked_after_refusal() {
    if (has_key()) return;
    std::optional<std::size_t> by;
    PamCode said = PamCode::success;
    [[maybe_unused]] const bool wrong = ways_.some(PamCode::success, [&](const Way& way) {
        const auto no = asked_at(way) ? factors_.no_before_code(way) : std::nullopt;
        if (!no || factors_.yes_before_code(way)) return false;
        if (!by || way.said(*no, PamCode::auth_err)) {
            by = no;
            said = *way.answers[*no];
        }
        return said == PamCode::auth_err;
    });
    if (!by) return;
    const StackLine& line = lines()[*by];
    std::string after = "after a wrong password";
    if (said == PamCode::authinfo_unavail) {
        after = "while " + line.module + ".so cannot reach what it asks";
    } else if (!judges_passwords(line)) {
        after = "after " + line.module + ".so said no";
    }
    say(Finding::asked_after_refusal, Level::error, *by,
        claims() ? "first_factor=passed is not true: the module is reached " + after
                 : "the code is asked for even " + after);
}

// A condition was met that jumps over the first factor, for some who need none (root in su).
bool Inspection::was_spared(const Way& way, PamCode second_step) const {
    const auto is_factor = [this](std::size_t line) { return factors_.is(line); };
    if (std::ranges::any_of(way.walk.called, is_factor)) return false;
    return std::ranges::any_of(way.walk.called, [&](std::size_t line) {
        if (nature_of(lines()[line]) != Nature::circumstance || is_no(*way.answers[line])) return false;
        const Answers refused = ways_.with(way.answers, line, ways_.choices(line).back());
        return ways_.some(second_step, refused, [&](const Way& other) {
            return std::ranges::any_of(other.walk.called, is_factor);
        });
    });
}

// With the code alone, or not enrolled and with nothing.
void Inspection::no_first_factor() {
    if (has_key()) return;
    const auto gets_in = [&](PamCode second_step) {
        return ways_.some(second_step, [&](const Way& way) {
            return way.in && asked_at(way) && !factors_.has_yes(way) && !was_spared(way, second_step);
        });
    };
    const bool by_code = gets_in(PamCode::success);
    const bool by_nothing = somebody_is_not_asked(config_) && gets_in(PamCode::ignore);
    if (!by_code && !by_nothing) return;
    if (factors_.any()) {
        return say(Finding::no_first_factor, Level::error, code_,
                   by_code ? "the code alone lets people in, without a password"
                           : "who is not enrolled gets in with nothing, without a password");
    }
    if (before_ == BeforeStack::key_or_none) return;  // that is a finding about sshd's settings
    if (claims() && before_ == BeforeStack::nothing) {
        return say(Finding::no_first_factor, Level::error, code_,
                   "first_factor=passed is not true: nothing before the code asks for a first factor");
    }
    say(Finding::no_first_factor, Level::warning, code_,
        "nothing in this stack asks for a password: the code alone lets people in, unless the program itself has "
        "checked something before");
}

// Who is enrolled is asked for the code, who is not for the password: somebody who knows neither can tell them apart.
void Inspection::strangers_learn() {
    if (has_key() || before_ == BeforeStack::cannot_tell || is_combined() || !factors_.any()) return;
    if (has_said(Finding::no_first_factor) || (!claims() && !somebody_is_not_asked(config_))) return;
    const auto asks_first = [&](PamCode second_step) {
        return ways_.some(second_step, [&](const Way& way) {
            return asked_at(way) && !factors_.called_before_code(way) &&
                   std::ranges::any_of(way.walk.called,
                                       [this](std::size_t line) { return factors_.is(line); });
        });
    };
    if (!asks_first(PamCode::success) && !asks_first(PamCode::ignore)) return;
    if (claims()) {
        return say(Finding::strangers_learn, Level::error, code_,
                   "first_factor=passed is not true: the password is asked for after the code");
    }
    say(Finding::strangers_learn, Level::warning, code_,
        "the code is asked for before the password: somebody who knows neither learns who is enrolled");
}

// The last module that was called before the place of the code, and ended the stack there or jumped over it.
void Inspection::no_code() {
    std::set<std::size_t> culprits;
    ways_.each(PamCode::success, [&](const Way& way) {
        if (!way.in || asked_at(way)) return;
        std::optional<std::size_t> last;
        for (const std::size_t line : way.walk.called) {
            if (line < code_) last = line;
        }
        if (last) culprits.insert(*last);
    });
    for (const std::size_t line : culprits)
        left_out_by(line);
}

// Conditions that hold for nearly everybody are no exception.
void Inspection::let_in_by(std::size_t line) {
    const StackLine& module = lines()[line];
    if (module.module == "pam_rootok" && runs_as_root(service_)) {
        say(Finding::no_code, Level::error, line,
            "this line lets everybody in: it asks who runs the program, and that is root here",
            "take this line out");
    } else if (is_gate(module)) {
        say(Finding::no_code, Level::error, line,
            "this line lets in everybody whom it does not refuse, without a code",
            "\"required\" in this line, which then still refuses whom it refuses");
    }
}

// A condition, or another switch, was written to leave the code out for some.
void Inspection::left_out_by(std::size_t line) {
    const StackLine& module = lines()[line];
    switch (nature_of(module)) {
        case Nature::second_step:
            return;
        case Nature::circumstance:
            return let_in_by(line);
        case Nature::settled:
            return say(Finding::no_code, Level::error, line,
                       "this line lets people in before the code is asked for");
        case Nature::factor:
            break;
    }
    if (!factors_.is(line)) return;
    if (!is_strong_alone(module) || is_directory(module))
        return say(Finding::no_code, Level::error, line,
                   "this line lets people in before the code is asked for");
    say(Finding::no_code, Level::warning, line,
        "whoever " + module.module + ".so says yes to gets in without a code");
}

void Inspection::not_reached() {
    const bool is_left_out =
        std::ranges::any_of(out_, [](const Fault& fault) { return fault.finding == Finding::no_code; });
    for (std::size_t line = 0; line < lines().size(); ++line) {
        if (!ways_.is_second_step(line)) continue;
        const auto called = [line](const Way& way) { return way.walk.calls(line); };
        constexpr std::array every{PamCode::success, PamCode::ignore, PamCode::auth_err};
        if (std::ranges::any_of(every, [&](PamCode code) { return ways_.some(code, called); })) continue;
        if (!is_left_out) say(Finding::not_reached, Level::error, line, "this line is never reached");
    }
}

// The module's line that was called, where people get in although it answers so.
std::optional<std::size_t> Inspection::lets_in_on(PamCode code) const {
    std::optional<std::size_t> line;
    [[maybe_unused]] const bool found = ways_.some(code, [&](const Way& way) {
        if (way.in) line = asked_at(way);
        return line.has_value();
    });
    return line;
}

void Inspection::wrong_code() {
    if (const auto line = lets_in_on(PamCode::auth_err))
        return say(Finding::wrong_code, Level::error, *line, "people get in after a wrong code");
    if (const auto line = lets_in_on(PamCode::conv_err))
        return say(Finding::wrong_code, Level::error, *line, "people get in who give no code at all");
    constexpr std::array unavailable{PamCode::authinfo_unavail, PamCode::service_err, PamCode::system_err,
                                     PamCode::buf_err};
    for (const PamCode code : unavailable) {
        const auto line = lets_in_on(code);
        if (!line) continue;
        // Written out, it is what somebody wanted.
        const Level level = lines()[*line].control.names(code) ? Level::warning : Level::error;
        return say(Finding::wrong_code, level, *line,
                   "people get in without a code while the service or its store does not work");
    }
}

// Somebody of whom the stack has asked nothing (root in su) does not count. A line that libpam cannot read is named
// as that already.
void Inspection::nobody_gets_in() {
    const auto is_broken = [](const StackLine& line) { return line.kind == StackLine::Kind::broken; };
    if (std::ranges::any_of(lines(), is_broken)) return;
    const auto proved = [this](const Way& way, std::size_t line) {
        return nature_of(lines()[line]) == Nature::factor && way.said(line, PamCode::success);
    };
    std::optional<Way> refused;
    const bool somebody = ways_.some(PamCode::success, [&](const Way& way) {
        const bool asked = asked_at(way).has_value();
        if (way.in) {
            return asked ||
                   std::ranges::any_of(way.walk.called, [&](std::size_t line) { return proved(way, line); });
        }
        if (asked && !refused && !factors_.no_before_code(way)) refused = way;
        return false;
    });
    if (somebody || !refused) return;
    const auto by = refusing_line(ways_, *refused, PamCode::success);
    say(Finding::nobody_gets_in, Level::error, by.value_or(code_),
        by ? "nobody gets in, with the right password and the right code: this line refuses them"
           : "nobody gets in, with the right password and the right code: no line says yes");
}

bool Inspection::is_called(std::size_t line) const {
    return ways_.some(PamCode::success, [line](const Way& way) { return way.walk.calls(line); });
}

void Inspection::one_directory_alone() {
    if (has_said(Finding::nobody_gets_in)) return;
    std::vector<std::size_t> known;
    for (std::size_t i = 0; i < lines().size(); ++i) {
        const bool again =
            std::ranges::any_of(known, [&](std::size_t other) { return ways_.share(i, other); });
        if (is_directory(lines()[i]) && !again && is_called(i)) known.push_back(i);
    }
    if (known.size() < 2) return;
    for (const std::size_t directory : known)
        alone(directory);
}

// Every other directory does not know them; what is no directory says yes. Whom a condition lets in (root in su) none
// was asked about.
void Inspection::alone(std::size_t directory) {
    Answers answers = ways_.nothing_given();
    for (std::size_t i = 0; i < answers.size(); ++i) {
        if (is_directory(lines()[i])) answers[i] = PamCode::user_unknown;
    }
    answers = ways_.with(std::move(answers), directory, PamCode::success);
    std::optional<Way> refused;
    const bool somebody = ways_.some(PamCode::success, answers, [&](const Way& way) {
        const bool was_asked = asked_at(way) || std::ranges::any_of(way.walk.called, [&](std::size_t line) {
                                   return ways_.share(line, directory);
                               });
        if (!refused && was_asked) refused = way;
        return way.in && was_asked;
    });
    if (somebody || !refused) return;
    const auto by = refusing_line(ways_, *refused, PamCode::success);
    say(Finding::nobody_gets_in, Level::error, by.value_or(code_),
        "people whom only " + lines()[directory].module + ".so knows never get in" +
            (by ? ": this line refuses them" : ": no line says yes"));
}

void Inspection::needs_none_refused() {
    std::optional<Way> refused;
    std::size_t asked = code_;
    const bool found = ways_.some(PamCode::success, [&](const Way& way) {
        if (!way.in || !asked_at(way)) return false;
        asked = *asked_at(way);
        return !ways_.some(PamCode::ignore, way.answers, [&](const Way& other) {
            if (!other.in) refused = other;
            return other.in;
        });
    });
    if (!found) return;
    const Level level = somebody_is_not_asked(config_) ? Level::error : Level::warning;
    const std::string who = "who needs no second step (exempt, or not enrolled) is refused: ";
    if (lines()[asked].control.on(PamCode::ignore).kind != Reaction::Kind::ignore)
        return say(Finding::needs_none_refused, level, asked, who + "\"ignore\" counts as a failure here");
    const auto by = refused ? refusing_line(ways_, *refused, PamCode::ignore) : std::nullopt;
    say(Finding::needs_none_refused, level, asked,
        who + (by ? "after it comes " + lines()[*by].text : std::string("no other line says yes")));
}

void Inspection::asked_twice() {
    std::optional<std::size_t> second;
    bool sometimes_once = false;
    ways_.each(PamCode::success, [&](const Way& way) {
        std::size_t times = 0;
        for (const std::size_t line : way.walk.called) {
            if (way.in && ways_.is_second_step(line) && ++times == 2 && !second) second = line;
        }
        sometimes_once = sometimes_once || times == 1;
    });
    if (!second) return;
    say(Finding::asked_twice, sometimes_once ? Level::warning : Level::error, *second,
        sometimes_once ? "some people are asked for two codes in one login; each code works once"
                       : "the code is asked for twice in one login; each code works once");
}

void Inspection::too_many_ways() {
    if (!ways_.were_too_many()) return;
    say(Finding::unreadable, Level::warning, code_,
        "this part has so many conditions that not every way through it was tried",
        "secondstep try USER --service, and logins of your own, show more");
}

}  // namespace

Faults auth_faults(const Stack& stack, const Config& config, BeforeStack before) {
    return Inspection(stack, config, before).run();
}

}  // namespace secondstep::tool
