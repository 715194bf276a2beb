#include "parts/part.h"

#include <unistd.h>

#include <array>
#include <climits>
#include <string_view>

#include "tool_paths.h"

namespace secondstep::tool {

namespace {

struct Row {
    const char* name;  // as a sentence begins with it
    const char* program;
    const char* package;
    const char* option;  // of CMake
};

constexpr Row qr_reader{"The reader of pictures", "secondstep-qr-reader", tool_paths::qr_package,
                        "SECONDSTEP_WITH_QR_READER"};
constexpr Row pskc_reader{"The reader of PSKC files", "secondstep-pskc-reader", tool_paths::import_package,
                          "SECONDSTEP_WITH_PSKC"};
constexpr Row courier{"The courier, which sends messages,", "secondstep-courier", tool_paths::courier_package,
                      "SECONDSTEP_WITH_COURIER"};

constexpr Row relay{"The relay, which speaks to the other machines of a fleet,", "secondstep-relay",
                    tool_paths::fleet_package, "SECONDSTEP_WITH_FLEET"};

const Row& row_of(Part part) {
    switch (part) {
        case Part::qr_reader:
            return qr_reader;
        case Part::pskc_reader:
            return pskc_reader;
        case Part::courier:
            return courier;
        case Part::relay:
            break;
    }
    return relay;
}

// What is there, seen from the running program; `otherwise` where nobody can say where that is.
std::string from_here(const char* relative, const char* otherwise) {
    std::array<char, PATH_MAX> path{};
    const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
    if (size <= 0 || static_cast<std::size_t>(size) == path.size()) return otherwise;
    const std::string_view tool(path.data(), static_cast<std::size_t>(size));
    return std::string(tool.substr(0, tool.rfind('/') + 1)) + relative;
}

}  // namespace

std::string program_of(Part part) {
    if (part == Part::courier) return tool_paths::courier_program;
    if (part == Part::relay) return from_here(tool_paths::relay_from_tool, tool_paths::relay_program);
    return from_here(tool_paths::parts_from_tool, tool_paths::parts_directory) + "/" + row_of(part).program;
}

bool is_installed(Part part) {
    return ::access(program_of(part).c_str(), X_OK) == 0;
}

std::string where_from(Part part) {
    const Row& row = row_of(part);
    const bool packaged = !std::string_view(tool_paths::install_command).empty();
    return packaged ? std::string("package ") + row.package : std::string("built with ") + row.option;
}

std::string how_to_install(Part part) {
    const std::string_view command = tool_paths::install_command;
    if (!command.empty()) return std::string(command) + " " + row_of(part).package;
    return std::string("build Secondstep with cmake -D") + row_of(part).option + "=ON, and install it again";
}

std::string not_installed(Part part) {
    return std::string(row_of(part).name) + " is not installed: " + how_to_install(part) + ".";
}

}  // namespace secondstep::tool
