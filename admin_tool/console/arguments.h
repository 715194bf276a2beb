#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "console/exit_status.h"
#include "console/invocation.h"

namespace secondstep::tool {

// A verb's options and operands, checked. Abbreviations of options are not accepted: a script that relies on
// one breaks with the next release.
class Arguments {
  public:
    struct Operands {
        std::size_t least = 0;
        std::size_t most = 0;
    };
    // `own` is what the verb knows beside --help and --config. Stops after printing the help (done) or what
    // is wrong (usage).
    [[nodiscard]] static OrExit<Arguments> parse(const Command& command, const Invocation& invocation,
                                                 const boost::program_options::options_description& own,
                                                 Operands operands);

    [[nodiscard]] bool has(const std::string& option) const { return values_.count(option) > 0; }
    // A switch without a value.
    [[nodiscard]] bool is_on(const std::string& option) const {
        return has(option) && values_[option].as<bool>();
    }
    [[nodiscard]] bool has_been_given(const std::string& option) const;  // has, and not by its default
    // The long names of the verb's options that stand on the command line; --config is not among them.
    [[nodiscard]] std::vector<std::string> given() const;
    [[nodiscard]] std::optional<std::string> text(const std::string& option) const;
    // Of an option that may stand several times.
    [[nodiscard]] std::vector<std::string> texts(const std::string& option) const;
    // A decimal number without sign. Stops (usage) when the text is something else.
    [[nodiscard]] OrExit<std::optional<std::uint64_t>> number(const std::string& option) const;

    [[nodiscard]] const std::vector<std::string>& operands() const { return operands_; }
    [[nodiscard]] const Invocation& invocation() const {
        return invocation_;
    }  // with the verb's own --config

  private:
    boost::program_options::variables_map values_;
    std::vector<std::string> operands_;
    Invocation invocation_;
};

}  // namespace secondstep::tool
