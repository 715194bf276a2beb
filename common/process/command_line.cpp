#include "process/command_line.h"

#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>
#include <string>

namespace secondstep::process {

namespace po = boost::program_options;

Result<void> parse_command_line(int argc, const char* const* argv, const po::options_description& options,
                                std::string_view program) {
    namespace style = po::command_line_style;
    try {
        po::variables_map values;
        po::store(po::command_line_parser(argc, argv)
                      .options(options)
                      .positional(po::positional_options_description())
                      .style(style::unix_style & ~style::allow_guessing)
                      .run(),
                  values);
        po::notify(values);
    } catch (const po::error& e) {
        return fail(Errc::invalid, std::string(e.what()) + "; see: " + std::string(program) + " --help");
    }
    return {};
}

}  // namespace secondstep::process
