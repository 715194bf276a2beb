#include "stacks/judgement/logins.h"

#include <algorithm>
#include <optional>

#include "stacks/judgement/module_answers.h"

namespace secondstep::tool {

namespace {

using Codes = std::vector<PamCode>;
constexpr std::size_t most_situations = 512;

bool is_the_same_question(const StackLine& one, const StackLine& other) {
    if (one.module != other.module || nature_of(one) != nature_of(other)) return false;
    if (is_directory(one) != is_directory(other) || one.is_missing != other.is_missing) return false;
    return nature_of(one) == Nature::factor || one.arguments == other.arguments;
}

// What the modules of two stacks are asked, each question once.
class Questions {
  public:
    std::vector<std::size_t> add(const std::vector<StackLine>& lines) {
        std::vector<std::size_t> of_lines;
        for (const StackLine& line : lines) {
            const auto known = std::ranges::find_if(
                asked_, [&line](const StackLine& other) { return is_the_same_question(line, other); });
            of_lines.push_back(static_cast<std::size_t>(known - asked_.begin()));
            if (known == asked_.end()) asked_.push_back(line);
        }
        return of_lines;
    }
    [[nodiscard]] const std::vector<StackLine>& asked() const { return asked_; }

  private:
    std::vector<StackLine> asked_;
};

class Trials {
  public:
    Trials(const Stack& before, const Stack& after, Facility part,
           const std::function<void(const TriedLogin&)>& visit)
        : part_(part),
          before_(before.of(part)),
          after_(after.of(part)),
          of_before_(questions_.add(before_)),
          of_after_(questions_.add(after_)),
          visit_(visit) {
        for (std::size_t i = 0; i < asked().size(); ++i) {
            const StackLine& line = asked()[i];
            answers_.push_back(line.kind == StackLine::Kind::module ? answers_of(line).front()
                                                                    : PamCode::success);
            if (line.kind != StackLine::Kind::module) continue;
            if (nature_of(line) == Nature::factor) (is_directory(line) ? directories_ : others_).push_back(i);
            if (nature_of(line) == Nature::circumstance) circumstances_.push_back(i);
        }
    }

    void run() {
        for (const Codes& person : people())
            situations(person);
    }

  private:
    [[nodiscard]] const std::vector<StackLine>& asked() const { return questions_.asked(); }

    // What the directories say of somebody.
    [[nodiscard]] std::vector<Codes> people() const {
        const std::size_t count = directories_.size();
        if (count == 0) return {{}};
        std::vector<Codes> people{Codes(count, PamCode::success)};
        Codes said{PamCode::success, PamCode::auth_err, PamCode::authinfo_unavail};
        if (part_ == Facility::account) {
            said = {PamCode::success, PamCode::new_authtok_reqd, PamCode::acct_expired,
                    PamCode::authinfo_unavail};
            people.emplace_back(count, PamCode::new_authtok_reqd);
        } else {
            people.emplace_back(count, PamCode::auth_err);
        }
        people.emplace_back(count, PamCode::user_unknown);
        for (std::size_t right = 0; part_ == Facility::auth && count > 1 && right < count; ++right) {
            people.emplace_back(count, said[1]);  // known to others with another password
            people.back()[right] = PamCode::success;
        }
        for (std::size_t known = 0; known < count; ++known) {
            for (const PamCode code : said) {
                people.emplace_back(count, PamCode::user_unknown);
                people.back()[known] = code;
            }
        }
        return people;
    }

    [[nodiscard]] Codes choices(std::size_t question) const {
        const StackLine& line = asked()[question];
        const Codes all = answers_of(line);
        if (nature_of(line) == Nature::circumstance) return {all.front(), all.back()};
        Codes some{PamCode::success, part_ == Facility::auth ? PamCode::auth_err : PamCode::perm_denied};
        if (std::ranges::find(all, PamCode::ignore) != all.end()) some.push_back(PamCode::ignore);
        return some;
    }

    void situations(const Codes& person) {
        for (std::size_t i = 0; i < directories_.size(); ++i)
            answers_[directories_[i]] = person[i];
        std::vector<std::size_t> open = circumstances_;
        open.insert(open.end(), others_.begin(), others_.end());
        std::size_t count = 1;
        for (const std::size_t question : open)
            count = std::min(count * choices(question).size(), most_situations + 1);
        count > most_situations ? one_by_one(open) : all_of(open, 0);
    }

    void all_of(const std::vector<std::size_t>& open, std::size_t at) {
        if (at == open.size()) return try_codes();
        for (const PamCode code : choices(open[at])) {
            answers_[open[at]] = code;
            all_of(open, at + 1);
        }
    }

    void one_by_one(const std::vector<std::size_t>& open) {
        for (const bool first : {true, false}) {
            for (const std::size_t question : open)
                answers_[question] = first ? choices(question).front() : choices(question).back();
            try_codes();
            for (const std::size_t question : open) {
                const PamCode usual = answers_[question];
                for (const PamCode code : choices(question)) {
                    answers_[question] = code;
                    if (code != usual) try_codes();
                }
                answers_[question] = usual;
            }
        }
    }

    void try_codes() {
        const bool auth = part_ == Facility::auth;
        for (const PamCode code :
             {PamCode::success, PamCode::ignore, auth ? PamCode::auth_err : PamCode::perm_denied})
            try_code(code);
    }

    void try_code(PamCode code) {
        TriedLogin login;
        login.second_step = code;
        login.before = result(before_, of_before_, code);
        login.was_counted = is_counted(before_);
        login.is_spared_the_code = login.before == PamCode::success && ends_by_a_condition();
        login.after = result(after_, of_after_, code);
        login.is_counted = is_counted(after_);
        login.was_in_with_the_code = result(before_, of_before_, PamCode::success) == PamCode::success;
        judge(login);
        if (!circumstances_.empty() && login.before == PamCode::success) {
            const Codes kept = answers_;
            for (const std::size_t question : circumstances_)
                answers_[question] = choices(question).back();
            login.is_an_exception = result(before_, of_before_, code) != PamCode::success;
            answers_ = kept;
        }
        visit_(login);
    }

    // Both of the walk that was made last.
    [[nodiscard]] bool is_counted(const std::vector<StackLine>& lines) const {
        return std::ranges::any_of(walk_.called,
                                   [&lines](std::size_t line) { return counts_failures(lines[line]); });
    }
    [[nodiscard]] bool ends_by_a_condition() const {
        const auto code = std::ranges::find_if(before_, is_second_step) - before_.begin();
        std::optional<std::size_t> last;
        for (const std::size_t line : walk_.called) {
            if (is_second_step(before_[line])) return false;
            if (static_cast<std::ptrdiff_t>(line) < code) last = line;
        }
        return last && nature_of(before_[*last]) == Nature::circumstance;
    }

    void judge(TriedLogin& login) const {
        const auto yes = [this](std::size_t question) {
            return answers_[question] == PamCode::success || answers_[question] == PamCode::new_authtok_reqd;
        };
        const bool none = directories_.empty() && others_.empty();
        const bool some_directory = std::ranges::any_of(directories_, yes);
        const bool every_other = std::ranges::all_of(others_, yes);
        login.has_proof = none || some_directory || std::ranges::any_of(others_, yes);
        login.is_right = every_other && (directories_.empty() || some_directory);
        login.is_expired = !every_other || std::ranges::any_of(directories_, [this](std::size_t question) {
            return answers_[question] == PamCode::acct_expired;
        });
    }

    [[nodiscard]] PamCode result(const std::vector<StackLine>& lines,
                                 const std::vector<std::size_t>& questions, PamCode second_step) {
        outcomes_.resize(lines.size());
        for (std::size_t i = 0; i < lines.size(); ++i)
            outcomes_[i] = is_second_step(lines[i]) ? second_step : answers_[questions[i]];
        walk(lines, outcomes_, walk_);
        return walk_.result;
    }

    Facility part_;
    std::vector<StackLine> before_;
    std::vector<StackLine> after_;
    Questions questions_;
    std::vector<std::size_t> of_before_;
    std::vector<std::size_t> of_after_;
    const std::function<void(const TriedLogin&)>& visit_;
    std::vector<std::size_t> directories_;
    std::vector<std::size_t> others_;
    std::vector<std::size_t> circumstances_;
    Codes answers_;
    Codes outcomes_;
    Walk walk_;
};

}  // namespace

void try_logins(const Stack& before, const Stack& after, Facility part,
                const std::function<void(const TriedLogin&)>& visit) {
    Trials(before, after, part, visit).run();
}

}  // namespace secondstep::tool
