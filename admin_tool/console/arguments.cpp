#include "console/arguments.h"

#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <sstream>

#include "base/text.h"
#include "console/output.h"

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

std::string help_of(const Command& command, const po::options_description& own) {
    std::ostringstream text;
    text << "Usage: secondstep " << command.verb << (command.operands.empty() ? "" : " ") << command.operands
         << " [options]\n  " << command.summary << "\n\n"
         << own << common_options();
    return text.str();
}

Exit wrong(const Command& command, const std::string& what) {
    return complain(Exit::usage, what + "; see secondstep " + std::string(command.verb) + " --help");
}

po::variables_map parsed(const std::vector<std::string>& arguments, const po::options_description& own) {
    po::options_description known;
    known.add(own).add(common_options());
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

}  // namespace

OrExit<Arguments> Arguments::parse(const Command& command, const Invocation& invocation,
                                   const po::options_description& own, Operands operands) {
    Arguments result;
    result.invocation_ = invocation;
    try {
        result.values_ = parsed(invocation.arguments, own);
    } catch (const po::error& problem) {
        return stop(wrong(command, problem.what()));
    }
    if (result.is_on("help")) {
        out().write(help_of(command, own));
        return stop(Exit::done);
    }
    if (result.has(operand_option))
        result.operands_ = result.values_[operand_option].as<std::vector<std::string>>();
    if (const auto path = result.text("config")) result.invocation_.config_path = *path;
    if (result.operands_.size() < operands.least) {
        const bool who = command.operands.find("USER") != std::string_view::npos;
        return stop(wrong(command, who ? "which user?" : "it needs " + std::string(command.operands)));
    }
    if (result.operands_.size() > operands.most) {
        return stop(wrong(command, "too many words: \"" + result.operands_[operands.most] + "\""));
    }
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
