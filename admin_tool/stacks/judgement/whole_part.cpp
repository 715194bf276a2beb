#include "stacks/judgement/whole_part.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "stacks/judgement/module_answers.h"

namespace secondstep::tool {

namespace {

using Lines = std::vector<StackLine>;

bool is_faillock(const StackLine& line, std::string_view argument) {
    return line.module == "pam_faillock" && line.has(argument);
}

bool is_end(const StackLine& line) {
    return line.module == "pam_deny" || line.module == "pam_permit";
}

// Lines that stay in their order up to a first factor, and that: conditions may jump over it.
struct Member {
    Lines before;
    StackLine factor;
};

// One of them has to say yes.
using Group = std::vector<Member>;

// What the part consists of, by what each line is for.
struct Parts {
    std::vector<Member> factors;
    Lines after;  // behind the last of them, and behind the code
    std::optional<StackLine> code;
    std::optional<StackLine> failure;  // pam_faillock authfail
    std::optional<StackLine> success;  // pam_faillock authsucc
};

void take_once(std::optional<StackLine>& place, const StackLine& line) {
    if (!place) place = line;
}

// Nothing of a part without the module, or with a line that cannot be read.
std::optional<Parts> parts_of(const Lines& lines) {
    Parts parts;
    for (const StackLine& line : lines) {
        if (line.kind == StackLine::Kind::substack || is_end(line)) continue;
        if (line.kind == StackLine::Kind::broken) return std::nullopt;
        if (is_second_step(line)) {
            take_once(parts.code, line);
        } else if (is_faillock(line, "authfail")) {
            take_once(parts.failure, line);
        } else if (is_faillock(line, "authsucc")) {
            take_once(parts.success, line);
        } else if (nature_of(line) == Nature::factor) {
            parts.factors.push_back({std::exchange(parts.after, {}), line});
        } else {
            parts.after.push_back(line);
        }
    }
    if (!parts.code) return std::nullopt;
    return parts;
}

// A password that is asked of the same module twice is asked of it once, at the last place: there it is counted.
std::vector<Member> without_repeats(const std::vector<Member>& factors) {
    std::vector<Member> once;
    Lines before;
    for (auto member = factors.begin(); member != factors.end(); ++member) {
        before.insert(before.end(), member->before.begin(), member->before.end());
        const bool comes_again = std::any_of(member + 1, factors.end(), [&member](const Member& later) {
            return later.factor.module == member->factor.module &&
                   is_directory(later.factor) == is_directory(member->factor);
        });
        if (!comes_again) once.push_back({std::exchange(before, {}), member->factor});
    }
    return once;
}

bool goes_on(const StackLine& line) {
    const Reaction::Kind kind = line.control.on(PamCode::auth_err).kind;
    return kind == Reaction::Kind::ignore || kind == Reaction::Kind::jump;
}

// A card, say: who has one gets in by it or is refused, and who has none is asked for something else.
bool goes_on_in_silence(const StackLine& line) {
    const Reaction::Kind yes = line.control.on(PamCode::success).kind;
    return line.control.on(PamCode::ignore).kind == Reaction::Kind::ignore &&
           line.control.names(PamCode::ignore) &&
           (yes == Reaction::Kind::done || yes == Reaction::Kind::jump);
}

// Of several in a row that go on after a no, one has to say yes; the first that does not go on is the last of them.
std::vector<Group> groups_of(const std::vector<Member>& factors) {
    std::vector<Group> groups;
    bool is_open = false;
    for (const Member& member : factors) {
        if (!is_open) groups.emplace_back();
        groups.back().push_back(member);
        is_open = goes_on(member.factor) || goes_on_in_silence(member.factor);
    }
    return groups;
}

class Writer {
  public:
    explicit Writer(const Parts& parts) : parts_(parts) {}

    std::vector<std::string> run(const std::vector<Group>& groups, bool with_permit) {
        for (const Group& group : groups)
            write(group, &group == &groups.back());
        out_.push_back(with_control(*parts_.code, "[success=ok ignore=ignore default=die]"));
        if (parts_.success) {
            out_.push_back(with_control(*parts_.success, "required"));
        } else if (with_permit) {
            out_.emplace_back("auth required pam_permit.so");
        }
        keep(parts_.after);
        return std::move(out_);
    }

  private:
    void keep(const Lines& lines) {
        std::ranges::transform(lines, std::back_inserter(out_), &StackLine::text);
    }

    static std::string control_of(const StackLine& factor, std::size_t over) {
        const std::string rest = goes_on(factor) || !goes_on_in_silence(factor)
                                     ? " default=ignore]"
                                     : " ignore=ignore default=die]";
        return "[success=" + std::to_string(over) + rest;
    }

    void write(const Group& group, bool is_last) {
        const bool counts = is_last && parts_.failure;
        const bool is_alone = group.size() == 1 && !counts;
        std::size_t over = 1;  // the denial
        for (const Member& member : group)
            over += 1 + member.before.size();
        for (const Member& member : group) {
            keep(member.before);
            over -= 1 + member.before.size();
            out_.push_back(with_control(
                member.factor, is_alone ? "[success=ok default=die]" : control_of(member.factor, over)));
        }
        if (!is_alone)
            out_.push_back(counts ? with_control(*parts_.failure, "[default=die]")
                                  : "auth requisite pam_deny.so");
    }

    const Parts& parts_;
    std::vector<std::string> out_;
};

// The lines of a file that the auth part comes from.
class FileLines {
  public:
    FileLines(const Stack& stack, const std::string& file) : stack_(stack), file_(file) {}

    // What is written there: all of it in the service's own file; of another one its lines alone.
    [[nodiscard]] Lines meant() const {
        Lines lines = stack_.of(Facility::auth);
        if (!is_own()) std::erase_if(lines, [this](const StackLine& line) { return line.file != file_; });
        return lines;
    }

    // An "@include" that brings other parts too stays, and the trial finds the lines that come twice.
    [[nodiscard]] std::vector<Edit> replaced_by(const std::vector<std::string>& text) const {
        std::set<unsigned> others;
        for (const StackLine& line : stack_.lines) {
            if (line.facility != Facility::auth) others.insert(line.own_line);
        }
        std::vector<Edit> edits;
        for (const StackLine& line : meant()) {
            const bool is_there = line.file == file_;
            const unsigned first = is_there ? line.line : line.own_line;
            const bool is_known = std::ranges::find(edits, first, &Edit::first) != edits.end();
            if (is_known || (is_own() && others.contains(line.own_line))) continue;
            edits.push_back({.kind = edits.empty() ? Edit::Kind::replace : Edit::Kind::remove,
                             .file = file_,
                             .first = first,
                             .last = is_there ? line.last_line : first,
                             .lines = edits.empty() ? text : std::vector<std::string>{}});
        }
        return edits;
    }

  private:
    [[nodiscard]] bool is_own() const { return file_ == stack_.files.front().path; }
    const Stack& stack_;
    const std::string& file_;
};

std::string words_for(const std::vector<std::string>& text, const std::string& file) {
    std::string words = "this auth part, in place of all auth lines of " + file;
    for (const std::string& line : text)
        words += "\n" + line;
    return words;
}

}  // namespace

PossibleMends whole_parts(const Stack& stack, const std::string& file) {
    const FileLines lines(stack, file);
    const auto parts = parts_of(lines.meant());
    if (!parts) return {};
    std::vector<std::vector<Group>> readings{groups_of(parts->factors)};
    const std::vector<Member> once = without_repeats(parts->factors);
    if (once.size() < parts->factors.size()) readings.push_back(groups_of(once));
    if (readings.front().size() > 1) readings.push_back({once});
    PossibleMends mends;
    for (const auto& groups : readings) {
        // Jumps say no yes of their own, and what else might (pam_faillock, pam_usertype) may be silent.
        const bool jumps = parts->failure ||
                           std::ranges::any_of(groups, [](const Group& group) { return group.size() > 1; });
        for (const bool with_permit : {jumps, !jumps}) {
            const auto text = Writer(*parts).run(groups, with_permit);
            mends.push_back({lines.replaced_by(text), words_for(text, file)});
        }
    }
    return mends;
}

}  // namespace secondstep::tool
