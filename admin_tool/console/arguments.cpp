#include "console/arguments.h"

#include <algorithm>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <cstdint>

#include "base/text.h"
#include "console/help_text.h"
#include "console/output.h"
#include "console/similar_word.h"
#include "console/terminal.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

constexpr char operand_option[] = "operand";

po::options_description common_options() {
    po::options_description common;
    auto add = common.add_options();
    add("help,h", po::bool_switch(), "this text");
    add("config", po::value<std::string>()->value_name("FILE"), "another configuration file");
    return common;
}

// One line: what is wrong, and how it is called.
Exit wrong(const Command& command, const std::string& what) {
    return complain(Exit::usage, std::string(command.verb) + ": " + what + "; see secondstep " +
                                     std::string(command.verb) + " --help");
}

std::string call_of(const Command& command) {
    return "secondstep " + std::string(command.verb) + " " + std::string(command.operands);
}

po::variables_map parsed(const std::vector<std::string>& arguments, const po::options_description& own) {
    po::options_description known;
    known.add(own);
    known.add_options()(operand_option, po::value<std::vector<std::string>>());
    po::positional_options_description positional;
    positional.add(operand_option, -1);
    namespace style = po::command_line_style;
    constexpr int strict = style::default_style & ~style::allow_guessing;
    po::variables_map values;
    po::store(po::command_line_parser(arguments).options(known).positional(positional).style(strict).run(),
              values);
    return values;
}

Exit unknown_option(const Command& command, const po::unknown_option& problem,
                    const po::options_description& own) {
    std::vector<std::string> names;
    for (const auto& option : own.options())
        names.push_back("--" + option->long_name());
    const std::string name = problem.get_option_name();
    return wrong(command, "there is no option " + name + did_you_mean(name, names));
}

// "add, remove or keep"
std::string listed(std::span<const FirstWord> words) {
    std::string text;
    for (const FirstWord& word : words) {
        const bool last = &word == &words.back();
        text += (text.empty() ? "" : (last ? " or " : ", ")) + std::string(word.word);
    }
    return text;
}

// Where the first word has to be one of a few.
OrExit<void> check_first_word(const Command& command, const std::vector<std::string>& operands) {
    if (command.first_words.empty() || command.operands.starts_with('[')) return {};
    const std::string_view what = command.operands.starts_with("FROM") ? "which source? " : "what? ";
    if (operands.empty()) return stop(wrong(command, std::string(what) + listed(command.first_words)));
    if (std::ranges::find(command.first_words, operands.front(), &FirstWord::word) !=
        command.first_words.end())
        return {};
    std::vector<std::string> known;
    for (const FirstWord& word : command.first_words)
        known.emplace_back(word.word);
    const std::string meant = did_you_mean(operands.front(), known);
    return stop(wrong(command, "not \"" + operands.front() + "\"" +
                                   (meant.empty() ? ", but " + listed(command.first_words) : meant)));
}

OrExit<void> check_operands(const Command& command, const std::vector<std::string>& operands,
                            Arguments::Operands wanted) {
    if (const auto good = check_first_word(command, operands); !good) return good;
    if (operands.size() < wanted.least) {
        const bool who = command.operands.find("USER") != std::string_view::npos;
        return stop(
            wrong(command, std::string(who ? "which user? " : "a word is missing: ") + call_of(command)));
    }
    if (operands.size() > wanted.most)
        return stop(wrong(command, "too many words: \"" + operands[wanted.most] + "\""));
    return {};
}

}  // namespace

OrExit<Arguments> Arguments::parse(const Command& command, const Invocation& invocation,
                                   const po::options_description& own, Operands operands) {
    po::options_description known;
    known.add(own).add(common_options());
    if (invocation.take_options) {
        invocation.take_options(known);
        return stop(Exit::done);
    }
    Arguments result;
    result.invocation_ = invocation;
    try {
        result.values_ = parsed(invocation.arguments, known);
    } catch (const po::unknown_option& problem) {
        return stop(unknown_option(command, problem, known));
    } catch (const po::error& problem) {
        return stop(wrong(command, problem.what()));
    }
    if (result.is_on("help")) {
        const Terminal terminal = terminal_of(out().fd());
        out().write(help_of(command, known, terminal.columns));
        return stop(Exit::done);
    }
    if (result.has(operand_option))
        result.operands_ = result.values_[operand_option].as<std::vector<std::string>>();
    if (const auto path = result.text("config")) result.invocation_.config_path = *path;
    if (const auto good = check_operands(command, result.operands_, operands); !good)
        return stop(good.error());
    return result;
}

bool Arguments::has_been_given(const std::string& option) const {
    return has(option) && !values_[option].defaulted();
}

std::vector<std::string> Arguments::given() const {
    std::vector<std::string> names;
    for (const auto& [name, value] : values_) {
        if (!value.defaulted() && name != operand_option && name != "config") names.push_back(name);
    }
    return names;
}

std::optional<std::string> Arguments::text(const std::string& option) const {
    if (!has(option)) return std::nullopt;
    return values_[option].as<std::string>();
}

std::vector<std::string> Arguments::texts(const std::string& option) const {
    if (!has(option)) return {};
    return values_[option].as<std::vector<std::string>>();
}

OrExit<std::optional<std::uint64_t>> Arguments::number(const std::string& option) const {
    const auto given = text(option);
    if (!given) return std::optional<std::uint64_t>();
    const auto value = parse_number<std::uint64_t>(*given);
    if (!value) return stop(complain(Exit::usage, "--" + option + " takes a number, not \"" + *given + "\""));
    return value;
}

}  // namespace secondstep::tool
