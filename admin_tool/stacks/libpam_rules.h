#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace secondstep::tool {

// How one libpam reads its files: everything in which versions, and Debian's patches, differ. As it is made:
// Debian 12 (1.5.2).
struct LibpamRules {
    // Where a service is looked for, and what a line includes: the first file that is found counts.
    std::vector<std::string> directories{"/etc/pam.d", "/usr/lib/pam.d"};

    // With Debian's patch (031_pam_include, in Ubuntu too) there is "@include"; what is included by a name without
    // '/' is looked for in the first directory alone; and an including line without a name crashes the program.
    // Elsewhere "@include" is a line that cannot be read.
    bool debian = true;

    // Before 1.6.0 a line has at most 1023 bytes, and what is longer is read as several; empty lines and comments do
    // not end a line that is continued; only substacks count for the limit of 16 files within each other; the number
    // of a jump wraps at 2^32. Since then lines have any length, an empty line or a comment ends them, each include
    // counts, and a number beyond 2^31-1 is an error.
    bool since_1_6 = false;

    // Files within each other at which libpam gives up (PAM_SUBSTACK_MAX_LEVEL), in every version.
    static constexpr unsigned max_level = 16;
    static constexpr std::size_t old_line_buffer = 1024;
};

// The rules of a machine's own libpam, by the words that its file holds (libpam.so.0, which can be newer or older
// than what this program was built with). Returns nullopt if the bytes are no libpam that is known.
[[nodiscard]] std::optional<LibpamRules> rules_of_library(std::string_view bytes);

// The name under which pam_start(3) looks for a file: "/usr/sbin/SSHD" => "sshd". A file whose name has an
// upper-case letter belongs to no service, and can only be included.
[[nodiscard]] std::string service_name(std::string_view name);

// The service whose lines stand in for every part that another service has no line of.
inline constexpr std::string_view default_service = "other";

}  // namespace secondstep::tool
