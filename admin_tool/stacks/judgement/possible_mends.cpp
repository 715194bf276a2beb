#include "stacks/judgement/possible_mends.h"

#include <algorithm>
#include <map>
#include <optional>

#include "stacks/judgement/argument_faults.h"
#include "stacks/judgement/module_answers.h"
#include "stacks/judgement/whole_part.h"
#include "stacks/pam_word.h"

namespace secondstep::tool {

namespace {

using Lines = std::vector<StackLine>;

constexpr std::string_view right_control = "[success=ok ignore=ignore default=die]";
const std::string first_factor = " first_factor=passed";
const std::string enroll_account = " enroll=account";

std::string word_of(Facility facility) {
    return facility == Facility::account ? "account" : "auth";
}

std::string jump(const StackLine& line, PamCode code) {
    const Reaction reaction = line.control.on(code);
    return reaction.kind == Reaction::Kind::jump ? std::to_string(reaction.jump) : "";
}

bool goes_on(const StackLine& line) {
    return line.control.on(PamCode::auth_err).kind == Reaction::Kind::ignore;
}

std::string over_both(const std::string& over, const std::string& rest) {
    return "[success=" + over + " ignore=" + over + " default=" + rest + "]";
}

class Finder {
  public:
    Finder(const Stack& stack, const Fault& fault)
        : stack_(stack), fault_(fault), lines_(stack.of(fault.part)), at_(lines_[fault.line]) {
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            if (is_second_step(lines_[i])) codes_.push_back(i);
        }
    }

    PossibleMendSets run() {
        arguments();
        enrollment();
        second_lines();
        code_controls();
        permits();
        denials();
        this_line();
        substacks();
        places();
        first_factors();
        parts();
        return std::move(out_);
    }

  private:
    [[nodiscard]] const std::string& own_file() const { return stack_.files.front().path; }
    [[nodiscard]] bool is_own(const StackLine& line) const { return line.file == own_file(); }
    [[nodiscard]] std::string place_of(const StackLine& line) const {
        const bool is_here = line.file == at_.file && line.line == at_.line;
        return is_here ? "this line" : line.file + ":" + std::to_string(line.line);
    }
    [[nodiscard]] LineChange change(const StackLine& line) const { return {line, at_}; }

    void add(const StackLine& line, PossibleMend mend, bool makes_sense_with_others = true) {
        if (!is_own(line)) return set_of(line).push_back(std::move(mend));
        if (makes_sense_with_others) out_.together.push_back(mend);
        out_.own.push_back(std::move(mend));
    }

    [[nodiscard]] PossibleMends& set_of(const StackLine& line) {
        if (is_second_step(line)) return out_.included_code;
        return has_code(line.file) ? out_.beside_code : out_.included;
    }
    [[nodiscard]] bool has_code(const std::string& file) const {
        return std::ranges::any_of(codes_, [&](std::size_t code) { return lines_[code].file == file; });
    }
    void arguments();
    void add_argument(const StackLine& line, const std::string& argument);
    void enrollment();
    [[nodiscard]] std::optional<StackLine> first_account_line() const;
    void account_in_front();
    void second_lines();
    void code_controls();
    void permits();
    void denials();
    void this_line();
    void substacks();
    void places();
    void place(const StackLine& code, const std::string& text);
    void recounted_jumps();
    void parts();
    void first_factors();

    const Stack& stack_;
    const Fault& fault_;
    Lines lines_;
    const StackLine& at_;
    std::vector<std::size_t> codes_;
    PossibleMendSets out_;
};

void Finder::add_argument(const StackLine& line, const std::string& argument) {
    if (!line.has(argument.substr(1))) add(line, change(line).text(line.text + argument), false);
}

void Finder::arguments() {
    if (fault_.finding == Finding::unknown_argument) {
        std::vector<PamWord> words = pam_words(at_.text);
        std::erase_if(words, [this](const PamWord& word) {
            return std::ranges::find(at_.arguments, word.value) != at_.arguments.end() &&
                   !is_known_argument(word.value);
        });
        add(at_, change(at_).text(written(words)), false);
    }
    if (fault_.finding == Finding::combined_prompt) {
        if (is_second_step(at_)) {
            std::vector<PamWord> words = pam_words(at_.text);
            std::erase_if(words, [](const PamWord& word) { return word.value == "prompt=combined"; });
            add(at_, change(at_).text(written(words)), false);
            add(at_, change(at_).followed_by("auth [success=ok default=die] pam_unix.so use_first_pass"),
                false);
        } else {
            add_argument(at_, " use_first_pass");
        }
    }
    if (fault_.finding == Finding::nothing_is_sent) add_argument(at_, first_factor);
}

std::optional<StackLine> Finder::first_account_line() const {
    const Lines account = stack_.of(Facility::account);
    const auto found =
        std::ranges::find_if(account, [](const StackLine& line) { return line.own_line != 0; });
    if (found == account.end()) return std::nullopt;
    StackLine line = *found;  // of an include the line that includes
    if (!is_own(line)) line.line = line.last_line = line.own_line;
    line.file = own_file();
    return line;
}

// An enrollment in the account part comes before all that may end it.
void Finder::account_in_front() {
    const auto first = first_account_line();
    if (!first) return;
    const Lines account = stack_.of(Facility::account);
    const auto code = std::ranges::find_if(account, is_second_step);
    const PossibleMend in_front = change(*first).preceded_by("account required pam_secondstep.so");
    if (code == account.end()) return add(*first, in_front);
    StackLine front = *first;  // of the file that has the line
    if (!is_own(*code)) front = *std::ranges::find(account, code->file, &StackLine::file);
    PossibleMend moved = both(change(*code).removal(), change(front).preceded_by(code->text));
    moved.words = change(front).preceded_by(code->text).words + ", in place of " + place_of(*code);
    add(*code, moved);
}

void Finder::enrollment() {
    if (fault_.finding == Finding::not_asked_to_enroll) return account_in_front();
    if (fault_.finding != Finding::cannot_enroll) return;
    const bool has_account = std::ranges::any_of(stack_.of(Facility::account), is_second_step);
    std::string text = at_.text;
    if (!at_.has(first_factor.substr(1))) text += first_factor;
    if (!at_.has(enroll_account.substr(1))) text += enroll_account;
    const PossibleMend line = change(at_).text(text);
    if (has_account) return add(at_, line);
    if (const auto first = first_account_line())
        add(at_, both(line, change(*first).preceded_by("account required pam_secondstep.so")));
}

void Finder::second_lines() {
    if (fault_.finding != Finding::asked_twice) return;
    for (const std::size_t code : codes_)
        if (code == fault_.line) add(at_, change(at_).removal());
    for (const std::size_t code : codes_)
        if (code != fault_.line) add(lines_[code], change(lines_[code]).removal());
}

// "ignore" is treated as "success" is where people jump over a deny.
void Finder::code_controls() {
    for (const std::size_t code : codes_) {
        const StackLine& line = lines_[code];
        const std::string over = jump(line, PamCode::success);
        if (fault_.part == Facility::account) {
            add(line, change(line).control("required"));
        }
        if (!over.empty()) {
            add(line, change(line).control(over_both(over, "ignore")));
            add(line, change(line).control(over_both(over, "die")));
        }
        add(line, change(line).control(std::string(right_control)));
        if (line.control.on(PamCode::success).kind == Reaction::Kind::done)
            add(line, change(line).control("[success=done ignore=ignore default=die]"));
    }
}

void Finder::permits() {
    const std::string permit = word_of(fault_.part) + " required pam_permit.so";
    for (const std::size_t code : codes_)
        add(lines_[code], change(lines_[code]).followed_by(permit));
    const StackLine& last = lines_.back();
    if (is_own(last) && !is_second_step(last)) add(last, change(last).followed_by(permit));
}

void Finder::denials() {
    for (const StackLine& line : lines_) {
        if (counts_failures(line)) add(line, change(line).control("[default=die]"));
        if (line.module != "pam_deny") continue;
        add(line, change(line).control("requisite"));
        add(line, change(line).removal());
    }
}

void Finder::this_line() {
    if (at_.kind != StackLine::Kind::module || is_second_step(at_)) return;
    if (counts_failures(at_)) add(at_, change(at_).control("[default=die]"));
    if (nature_of(at_) == Nature::settled) add(at_, change(at_).removal());
    const std::string over = jump(at_, PamCode::success);
    if (!over.empty()) add(at_, change(at_).control("[success=" + over + " default=die]"));
    add(at_, change(at_).control("[success=ok default=die]"));
    add(at_, change(at_).control("requisite"));
}

// "die" in a substack ends the substack alone.
void Finder::substacks() {
    for (const StackLine& line : lines_) {
        if (line.kind != StackLine::Kind::substack || !is_own(line)) continue;
        add(line, change(line).control("include"));
    }
}

void Finder::place(const StackLine& code, const std::string& text) {
    std::map<unsigned, StackLine> statements;
    for (StackLine line : lines_) {
        if (line.own_line == 0 || line.own_line == code.line) continue;
        if (!is_own(line)) line.line = line.last_line = line.own_line;
        line.file = own_file();
        statements.try_emplace(line.own_line, line);
    }
    for (const auto& [number, statement] : statements) {
        for (const bool after : {true, false}) {
            if (!after && number != statements.begin()->first) continue;
            const PossibleMend there =
                after ? change(statement).followed_by(text) : change(statement).preceded_by(text);
            PossibleMend moved = both(change(code).removal(), there);
            moved.words = there.words + ", in place of " + place_of(code);
            add(code, std::move(moved));
        }
    }
}

void Finder::places() {
    for (const std::size_t code : codes_) {
        if (!is_own(lines_[code])) continue;
        if (fault_.part == Facility::auth)
            place(lines_[code], with_control(lines_[code], std::string(right_control)));
        place(lines_[code], lines_[code].text);
    }
}

// A line was added, or taken out, and nobody counted again.
void Finder::recounted_jumps() {
    for (const StackLine& line : lines_) {
        const Reaction reaction = line.control.on(PamCode::success);
        if (reaction.kind != Reaction::Kind::jump || line.kind != StackLine::Kind::module) continue;
        const std::string rest = goes_on(line) ? " default=ignore]" : " default=die]";
        add(line, change(line).control("[success=" + std::to_string(reaction.jump + 1) + rest));
        if (reaction.jump > 1)
            add(line, change(line).control("[success=" + std::to_string(reaction.jump - 1) + rest));
    }
}

// Where nothing is asked for before the code, and where what is asked for does not end the stack.
void Finder::first_factors() {
    if (fault_.part != Facility::auth) return;
    recounted_jumps();
    for (const StackLine& line : lines_) {
        if (nature_of(line) != Nature::factor || line.kind != StackLine::Kind::module) continue;
        if (line.line != at_.line || line.file != at_.file)
            add(line, change(line).control("[success=ok default=die]"));
    }
    if (fault_.finding == Finding::no_first_factor) {
        const StackLine& code = lines_[codes_.front()];
        add(code, change(code).preceded_by("auth [success=ok default=die] pam_unix.so"), false);
    }
}

void Finder::parts() {
    if (fault_.part != Facility::auth || codes_.empty()) return;
    const std::string& file = lines_[codes_.front()].file;
    out_.parts = whole_parts(stack_, file);
    if (file == own_file()) return;
    PossibleMends own = whole_parts(stack_, own_file());
    std::ranges::move(own, std::back_inserter(out_.parts));
}

}  // namespace

PossibleMendSets possible_mends_for(const Stack& stack, const Fault& fault) {
    return Finder(stack, fault).run();
}

}  // namespace secondstep::tool
