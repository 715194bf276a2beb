#include "stacks/judgement/login_service.h"

#include <algorithm>
#include <array>

namespace secondstep::tool {

bool runs_as_root(std::string_view service) {
    constexpr std::array<std::string_view, 9> services{"login", "remote",  "cockpit", "vsftpd", "xrdp-sesman",
                                                       "sddm",  "lightdm", "lxdm",    "openvpn"};
    return service.starts_with("sshd") || service.starts_with("gdm") ||
           std::ranges::find(services, service) != services.end();
}

}  // namespace secondstep::tool
