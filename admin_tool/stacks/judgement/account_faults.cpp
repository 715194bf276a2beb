#include "stacks/judgement/account_faults.h"

#include <algorithm>
#include <map>
#include <set>

#include "stacks/judgement/enrolling_rule.h"
#include "stacks/judgement/module_answers.h"
#include "stacks/judgement/refusal.h"
#include "stacks/judgement/ways.h"

namespace secondstep::tool {

namespace {

using Level = Remark::Level;

class Inspection {
  public:
    Inspection(const Stack& stack, const Config& config)
        : auth_(stack.of(Facility::auth)),
          ways_(stack.of(Facility::account)),
          enrolls_(enrolling_rule(config, stack.service).has_value()) {
        for (std::size_t i = lines().size(); i-- > 0;) {
            if (ways_.is_second_step(i)) code_ = i;
        }
    }

    Faults run() {
        left_out();
        not_reached();
        unenrolled_get_in();
        nothing_to_enroll_is_refused();
        ends_by_enrolling();
        return std::move(out_);
    }

  private:
    void say(Finding finding, Level level, std::size_t line, std::string text) {
        out_.push_back({finding, level, Facility::account, line, std::move(text)});
    }
    [[nodiscard]] const std::vector<StackLine>& lines() const { return ways_.lines(); }
    [[nodiscard]] bool is_called(const Way& way) const {
        return std::ranges::any_of(way.walk.called,
                                   [this](std::size_t line) { return ways_.is_second_step(line); });
    }

    void left_out();
    void left_out_by(std::size_t line, PamCode said);
    [[nodiscard]] bool leaves_out_the_code(std::string_view module) const;
    void not_reached();
    void due_password_counts_first();
    void unenrolled_get_in();
    void nothing_to_enroll_is_refused();
    void ends_by_enrolling();

    Ways auth_;
    Ways ways_;
    bool enrolls_;
    std::size_t code_ = 0;
    Faults out_;
};

// Whom this module lets in without a code (pam_rootok in su) need not enroll either.
bool Inspection::leaves_out_the_code(std::string_view module) const {
    return auth_.some(PamCode::success, [&](const Way& way) {
        std::optional<std::size_t> last;
        for (const std::size_t line : way.walk.called) {
            if (auth_.is_second_step(line)) return false;
            last = line;
        }
        return way.in && last && auth_.lines()[*last].module == module;
    });
}

// Of one line only what is worse: that its plain yes leaves out enrollment, or that a password that is due does.
void Inspection::left_out() {
    std::map<std::size_t, PamCode> culprits;
    ways_.each(PamCode::success, [&](const Way& way) {
        if (!way.in || is_called(way)) return;
        std::optional<std::size_t> last;
        for (const std::size_t line : way.walk.called) {
            if (line < code_) last = line;
        }
        if (!last) return;
        const PamCode said = way.answers[*last].value_or(ways_.choices(*last).front());
        const auto [known, is_new] = culprits.try_emplace(*last, said);
        if (said == PamCode::success) known->second = said;
    });
    for (const auto& [line, said] : culprits)
        left_out_by(line, said);
}

// su of Red Hat lets root through by "uid = 0 use_uid" where its auth part has pam_rootok.
bool is_about_root(const StackLine& line) {
    const bool equals = line.has("=") || line.has("eq");
    return line.module == "pam_succeed_if" && line.has("uid") && equals && line.has("0") &&
           line.has("use_uid");
}

// The usual conditions of this part (pam_localuser) are older than the wish that people enroll.
void Inspection::left_out_by(std::size_t line, PamCode said) {
    const StackLine& module = lines()[line];
    if (nature_of(module) == Nature::circumstance) {
        if (leaves_out_the_code(module.module)) return;
        if (is_about_root(module) && leaves_out_the_code("pam_rootok")) return;
        return say(Finding::not_asked_to_enroll, Level::warning, line,
                   "people for whom this line says yes are not asked to enroll");
    }
    if (said == PamCode::success || nature_of(module) == Nature::settled) {
        return say(Finding::not_asked_to_enroll, Level::error, line,
                   "this line ends the account part before enrollment is asked for");
    }
    say(Finding::not_asked_to_enroll, enrolls_ ? Level::error : Level::warning, line,
        said == PamCode::new_authtok_reqd
            ? "whoever has to change their password, as new accounts do, is not asked to enroll: what this line says "
              "then counts before the module's answer"
            : "people are not asked to enroll when this line says " + std::string(to_text(said)));
}

void Inspection::not_reached() {
    if (!out_.empty()) return;
    const auto called = [this](const Way& way) { return is_called(way); };
    if (ways_.some(PamCode::success, called)) return;
    say(Finding::not_reached, Level::error, code_, "this line is never reached");
}

void Inspection::due_password_counts_first() {
    std::set<std::size_t> first;
    ways_.each(PamCode::perm_denied, [&](const Way& way) {
        if (!way.in || !is_called(way)) return;
        for (const std::size_t line : way.walk.called) {
            if (!way.said(line, PamCode::new_authtok_reqd)) continue;
            first.insert(line);
            return;
        }
    });
    for (const std::size_t line : first)
        left_out_by(line, PamCode::new_authtok_reqd);
}

void Inspection::unenrolled_get_in() {
    // "bad" keeps the first answer, and of a password that is due programs ask for a new one all the same.
    const auto in = [this](const Way& way) {
        return way.in && is_called(way) && way.walk.result == PamCode::success;
    };
    if (ways_.some(PamCode::perm_denied, in)) {
        return say(Finding::not_asked_to_enroll, Level::error, code_,
                   "people get in who have to enroll and did not");
    }
    due_password_counts_first();
    constexpr std::array unavailable{PamCode::authinfo_unavail, PamCode::service_err};
    for (const PamCode code : unavailable) {
        if (!ways_.some(code, in)) continue;
        const Level level = lines()[code_].control.names(code) ? Level::warning : Level::error;
        return say(Finding::not_asked_to_enroll, level, code_,
                   "people get in without enrolling while the service or its store does not work");
    }
}

// Of a part in which nothing else can say yes, "success" proves nothing.
void Inspection::nothing_to_enroll_is_refused() {
    std::optional<Way> refused;
    const bool shut_out = ways_.some(PamCode::success, [&](const Way& way) {
        return way.in && is_called(way) && !ways_.some(PamCode::ignore, way.answers, [&](const Way& other) {
            if (!other.in && !refused) refused = other;
            return other.in;
        });
    });
    if (ways_.were_too_many()) return;
    const bool alone = !ways_.some(PamCode::ignore, [](const Way& way) { return way.in; });
    if (!shut_out && !alone) return;
    const std::string who = "who has nothing to enroll is refused: ";
    const Reaction::Kind reaction = lines()[code_].control.on(PamCode::ignore).kind;
    const bool fails = reaction == Reaction::Kind::bad || reaction == Reaction::Kind::die;
    const auto by = refused ? refusing_line(ways_, *refused, PamCode::ignore) : std::nullopt;
    std::string why = "no other line says yes";
    if (fails) {
        why = "\"ignore\" counts as a failure here";
    } else if (by) {
        why = "after it comes " + lines()[*by].text;
    }
    say(Finding::needs_none_refused, Level::error, code_, who + why);
}

// Who has just enrolled gets by the lines behind: an account that has expired, a machine that is closed.
void Inspection::ends_by_enrolling() {
    if (lines()[code_].control.on(PamCode::success).kind != Reaction::Kind::done) return;
    const bool gets_by = ways_.some(PamCode::ignore, [&](const Way& way) {
        return !way.in && is_called(way) &&
               ways_.some(PamCode::success, way.answers, [](const Way& other) { return other.in; });
    });
    if (!gets_by) return;
    say(Finding::not_asked_to_enroll, Level::error, code_,
        "whoever has just enrolled gets by the lines behind this one, and may be somebody whom they refuse");
}

Faults closed(const Stack& stack) {
    const Ways ways(stack.of(Facility::account));
    const auto& lines = ways.lines();
    const auto is_broken = [](const StackLine& line) { return line.kind == StackLine::Kind::broken; };
    if (lines.empty() || std::ranges::any_of(lines, is_broken)) return {};
    std::optional<Way> refused;
    const auto in = [&refused](const Way& way) {
        if (!refused) refused = way;
        return way.in;
    };
    if (ways.some(PamCode::success, in) || ways.were_too_many() || !refused) return {};
    const auto by = refusing_line(ways, *refused, PamCode::success);
    return {{.finding = Finding::nobody_gets_in,
             .level = Level::error,
             .part = Facility::account,
             .line = by.value_or(0),
             .text = by ? "nobody gets in: this line of the account part refuses everybody"
                        : "nobody gets in: no line of the account part says yes"}};
}

}  // namespace

Faults closed_account_faults(const Stack& stack) {
    return closed(stack);
}

Faults account_faults(const Stack& stack, const Config& config) {
    return Inspection(stack, config).run();
}

}  // namespace secondstep::tool
