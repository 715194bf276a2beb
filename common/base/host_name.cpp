#include "base/host_name.h"

#include <unistd.h>

#include <array>
#include <climits>

namespace secondstep {

std::string host_name(const std::string& otherwise) {
    std::array<char, HOST_NAME_MAX + 1> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0) return otherwise;
    return name.data();
}

}  // namespace secondstep
