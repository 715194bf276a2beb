#include "oracle/foretold.h"

#include <filesystem>

#include "oracle/pam_codes.h"
#include "stacks/pam_walk.h"

namespace secondstep::testing {
namespace {

using tool::PamCode;
using tool::StackLine;

enum class Known { recorder, debug, missing };

Known known(const StackLine& line) {
    const std::string path = std::filesystem::path(line.path).lexically_normal();
    if (path == SECONDSTEP_PAM_RECORDER) return Known::recorder;
    return path == "pam_debug.so" ? Known::debug : Known::missing;
}

// How an argument begins that is the answer to a call.
constexpr std::string_view authenticates = "auth=";
constexpr std::string_view establishes_credentials = "cred=";
constexpr std::string_view judges_account = "acct=";

std::vector<PamCode> answers_of(const std::vector<StackLine>& lines, std::string_view event) {
    std::vector<PamCode> answers;
    for (const StackLine& line : lines) {
        answers.push_back(known(line) == Known::missing
                              ? tool::answer_of_missing
                              : static_cast<PamCode>(answer_in(line.arguments, event).value_or(0)));
    }
    return answers;
}

void say(const StackLine& line, std::string_view event, std::vector<std::string>& said) {
    if (known(line) == Known::debug && answer_in(line.arguments, event)) {
        said.push_back(*std::ranges::find_if(
            line.arguments, [event](const std::string& each) { return each.starts_with(event); }));
    }
    if (known(line) != Known::recorder) return;
    std::string text("reached");
    for (const std::string& argument : line.arguments)
        text += "|" + argument;
    said.push_back(text);
}

Answered answered(const tool::Walk& walk, const std::vector<StackLine>& lines, std::string_view event) {
    Answered out{.result = static_cast<int>(walk.result), .said = {}};
    for (const std::size_t index : walk.called)
        say(lines[index], event, out.said);
    return out;
}

}  // namespace

tool::Stack read(const Files& files, const Question& question, tool::LibpamRules rules) {
    if (!question.directory.empty()) rules.directories = {question.directory};
    return tool::read_stack(rules, question.service, [&files](const std::string& path) {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    });
}

Asked foretell(const tool::Stack& stack, const tool::LibpamRules& rules, const Mistake& mistake) {
    Asked out{.start = stack.start};
    if (stack.start != tool::Start::works) return out;
    std::vector<StackLine> auth = stack.of(tool::Facility::auth);
    std::vector<StackLine> account = stack.of(tool::Facility::account);
    if (mistake) mistake(auth);
    if (mistake) mistake(account);
    const std::vector<PamCode> answers = answers_of(auth, authenticates);
    const tool::Walk first = tool::walk(auth, answers);
    out.authentication = answered(first, auth, authenticates);
    if (first.result != PamCode::incomplete) {
        out.credentials = answered(
            tool::walk_again(auth, {first, answers}, answers_of(auth, establishes_credentials), rules), auth,
            establishes_credentials);
    }
    out.account = answered(tool::walk(account, answers_of(account, judges_account)), account, judges_account);
    return out;
}

}  // namespace secondstep::testing
