#pragma once

#include <nss.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "policy/parsed_file.h"

namespace secondstep {

// A source of the name service as nsswitch.conf(5) has it: "files [NOTFOUND=return] sss" are two.
struct NameSource {
    std::string name;
    std::vector<nss_status> last_after;  // no source after this one is asked when it answers so

    [[nodiscard]] bool ends_with(nss_status status) const;
};

// Which sources are asked, in this order: what the file says, or what libc does where it has no such line.
struct NameSwitch {
    std::vector<NameSource> accounts;
    std::vector<NameSource> groups;
    std::vector<NameSource> group_lists;  // of somebody's groups

    [[nodiscard]] static NameSwitch parse(std::string_view text);
};

// The machine's file. Not to be read is an error: it does not say which sources there are.
class NameSwitchFile : public ParsedFile<NameSwitch> {
  public:
    NameSwitchFile(std::string path, const Clock& clock)
        : ParsedFile(std::move(path), &NameSwitch::parse, clock) {}
};

}  // namespace secondstep
