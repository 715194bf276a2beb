#include "stacks/programs/sshd_ways.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace secondstep::tool {

bool SshdWay::has_proof_before_stack() const {
    constexpr std::array<std::string_view, 2> proofs{"publickey", "gssapi-with-mic"};
    const auto is_proof = [&](const std::string& method) {
        return std::ranges::find(proofs, method) != proofs.end();
    };
    const auto runs_it = [](const std::string& method) {
        return method == "keyboard-interactive" || method == "password";
    };
    const auto first = std::ranges::find_if(methods_, runs_it);
    return std::any_of(methods_.begin(), first, is_proof);
}

bool SshdWay::is_only(std::string_view method) const {
    return std::ranges::all_of(methods_, [method](const std::string& each) { return each == method; });
}

std::optional<std::size_t> SshdWay::place_of(std::string_view method) const {
    const auto found = std::ranges::find(methods_, method);
    if (found == methods_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - methods_.begin());
}

std::vector<SshdWay> ways_in(const SshdSettings& sshd) {
    const std::string methods = lowercase_ascii(sshd.value("authenticationmethods", "any"));
    std::vector<SshdWay> ways;
    if (methods == "any") return ways;
    for (const std::string_view list : split(methods, ' ')) {
        std::vector<std::string> way;
        for (const std::string_view method : split(list, ','))
            way.emplace_back(method.substr(0, method.find(':')));
        ways.emplace_back(std::move(way));
    }
    return ways;
}

bool can_be_taken(const SshdWay& way, const SshdSettings& sshd) {
    return (!way.has("keyboard-interactive") || asks_interactively(sshd)) &&
           (!way.has("password") || takes_passwords(sshd)) &&
           (!way.has("publickey") || sshd.is_yes("pubkeyauthentication", true)) &&
           (!way.has("gssapi-with-mic") || sshd.is_yes("gssapiauthentication", false));
}

bool asks_interactively(const SshdSettings& sshd) {
    return sshd.is_yes("kbdinteractiveauthentication", true);
}

bool takes_passwords(const SshdSettings& sshd) {
    return sshd.is_yes("passwordauthentication", true);
}

}  // namespace secondstep::tool
