#pragma once

#include <boost/program_options/options_description.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "console/invocation.h"

namespace secondstep::tool {

// Rows of a help, in two columns that fit `columns`: on a narrow terminal the right one stands below.
class HelpRows {
  public:
    HelpRows(std::string& text, std::size_t columns, std::size_t left_width);
    void add(std::string_view left, std::string_view right);

  private:
    std::string& text_;
    std::size_t columns_;
    std::size_t left_width_;
};

// What the exit status says, the same for every verb.
[[nodiscard]] std::string exit_status_help(std::size_t columns);

// `secondstep VERB --help`: what may stand behind the verb, its options, an example, the exit status.
[[nodiscard]] std::string help_of(const Command& command,
                                  const boost::program_options::options_description& options,
                                  std::size_t columns);

}  // namespace secondstep::tool
