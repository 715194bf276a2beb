#include "pam_change/addition.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "stacks/judgement/possible_mend.h"

namespace secondstep::tool {

namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view control_and_module =
    "auth       [success=ok ignore=ignore default=die]  pam_secondstep.so first_factor=passed";
constexpr std::string_view always_yes = "auth       required     pam_permit.so";
constexpr std::string_view account_line = "account    required     pam_secondstep.so";

// A way for the auth part alone.
struct AuthWay {
    TextChange change;  // "CODE" stands for the line of the code
    std::string cost;
};

std::string code_line(bool with_account) {
    return std::string(control_and_module) + (with_account ? " enroll=account" : "");
}

// The lines of the auth part that this statement brings.
std::vector<StackLine> brought_by(const Statement& statement, const Stack& stack, Facility part) {
    std::vector<StackLine> out;
    std::ranges::copy_if(stack.lines, std::back_inserter(out), [&](const StackLine& line) {
        return line.facility == part && line.own_line == statement.first + 1 &&
               line.kind == StackLine::Kind::module;
    });
    return out;
}

bool is_include(const Statement& statement) {
    return statement.kind != Statement::Kind::module;
}

std::string replaced_all(std::string text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
    return text;
}

// The lines of an included file so that the code comes after them: whoever was let in at once ("sufficient") jumps to
// it, and whoever is refused at the end is refused before it.
Texts led_to_the_code(const std::vector<StackLine>& lines, bool every_refusal_ends) {
    Texts out;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::size_t behind = lines.size() - 1 - i;
        std::string control = control_of(lines[i]);
        const std::string lower = lowercase_ascii(control);
        const std::string jump = std::to_string(behind);
        if (lower == "sufficient")
            control = behind == 0 ? "requisite" : "[success=" + jump + " default=ignore]";
        if (lower.starts_with('['))
            control = replaced_all(control, "=done", behind == 0 ? "=ok" : "=" + jump);
        if (lower == "required" && (behind == 0 || every_refusal_ends)) control = "requisite";
        out.push_back(with_control(lines[i], control));
    }
    return out;
}

Texts block(const ServiceText& text, const Statement& statement, const std::string& mark,
            const Texts& lines) {
    Texts out{std::string(block_begin) + mark};
    for (std::size_t i = statement.first; i <= statement.last; ++i)
        out.push_back(std::string(block_was) + text.lines()[i]);
    out.insert(out.end(), lines.begin(), lines.end());
    out.emplace_back(block_end);
    return out;
}

TextChange in_place_of(const Statement& statement, Texts lines) {
    return {statement.first, statement.last - statement.first + 1, std::move(lines)};
}

void add_written_out(const ServiceText& text, const Statement& statement, const std::vector<StackLine>& lines,
                     std::vector<AuthWay>& ways) {
    const std::string cost =
        "what " + statement.target +
        " does is written out here: a later change of that file does not reach this service";
    for (const bool every : {false, true})
        for (const bool permit : {false, true}) {
            Texts written = led_to_the_code(lines, every);
            written.emplace_back("CODE");
            if (permit) written.emplace_back(always_yes);
            ways.push_back({in_place_of(statement, block(text, statement, "", written)), cost});
        }
}

void add_after(const Statement& statement, std::vector<AuthWay>& ways) {
    ways.push_back({{statement.last + 1, 0, {"CODE"}}, ""});
}

// A refusal in a substack ends the substack alone; in an include it ends the login.
void add_include(const ServiceText& text, const Statement& statement, std::vector<AuthWay>& ways) {
    const Texts lines{"auth       include      " + statement.target, "CODE"};
    ways.push_back({in_place_of(statement, block(text, statement, "", lines)),
                    "substack has become include, so that a refusal in it ends the login"});
}

std::vector<AuthWay> ways_after_a_password(const ServiceText& text, const Stack& stack) {
    std::vector<AuthWay> ways;
    const auto& statements = text.statements();
    for (const bool includes : {true, false})
        for (const Statement& each : statements)
            if (is_include(each) == includes && !brought_by(each, stack, Facility::auth).empty())
                add_after(each, ways);
    for (const Statement& each : statements) {
        const auto lines = brought_by(each, stack, Facility::auth);
        if (lines.empty() || !is_include(each)) continue;
        if (each.kind == Statement::Kind::substack) add_include(text, each, ways);
        const bool more = std::ranges::any_of(stack.lines, [&](const StackLine& line) {
            return line.own_line == each.first + 1 &&
                   (line.facility != Facility::auth || line.kind == StackLine::Kind::broken ||
                    (line.kind == StackLine::Kind::substack && line.level > 0));
        });
        if (!more) add_written_out(text, each, lines, ways);
    }
    return ways;
}

// sshd has judged the key: the code stands in place of what asks for a password.
std::vector<AuthWay> ways_after_a_key(const ServiceText& text, const Stack& stack) {
    std::vector<AuthWay> ways;
    for (const Statement& each : text.statements()) {
        if (!is_include(each) || brought_by(each, stack, Facility::auth).empty()) continue;
        const Texts lines{"CODE", std::string(always_yes)};
        const std::string mark = " " + std::string(key_and_code_mark);
        ways.push_back({in_place_of(each, block(text, each, mark, lines)),
                        "nobody logs in here with a password any more: who has no key cannot log in"});
    }
    if (ways.size() > 1) ways.clear();
    return ways;
}

// Before the include, in which an expired password would jump over it; else before everything.
std::vector<std::optional<TextChange>> account_ways(const ServiceText& text, const Stack& stack) {
    std::vector<std::optional<TextChange>> ways;
    const Texts line{std::string(account_line)};
    for (const bool includes : {true, false}) {
        const auto found = std::ranges::find_if(text.statements(), [&](const Statement& each) {
            return (!includes || is_include(each)) && !brought_by(each, stack, Facility::account).empty();
        });
        if (found != text.statements().end()) ways.emplace_back(TextChange{found->first, 0, line});
    }
    ways.emplace_back(std::nullopt);
    return ways;
}

}  // namespace

std::vector<Addition> additions_to(const ServiceText& text, const Stack& stack, FirstStep first) {
    std::vector<Addition> out;
    const auto auth =
        first == FirstStep::password ? ways_after_a_password(text, stack) : ways_after_a_key(text, stack);
    for (const AuthWay& way : auth)
        for (const auto& account : account_ways(text, stack)) {
            Addition addition{.changes = {way.change}, .with_account = account.has_value(), .cost = way.cost};
            for (std::string& line : addition.changes.front().added)
                if (line == "CODE") line = code_line(account.has_value());
            if (account) addition.changes.push_back(*account);
            out.push_back(std::move(addition));
        }
    return out;
}

}  // namespace secondstep::tool
