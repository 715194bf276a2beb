#include "enrollment/label.h"

#include <algorithm>

#include "base/text.h"

namespace secondstep::dialogue {
namespace {

// "phone-3" => 3, "phone" => 1
unsigned number_in(std::string_view name) {
    const std::size_t dash = name.rfind('-');
    if (dash == std::string_view::npos) return 1;
    return std::clamp(parse_number<unsigned>(name.substr(dash + 1)).value_or(1), 1U, 9999U);
}

}  // namespace

unsigned label_number(const Account& before, Former counted) {
    auto highest = static_cast<unsigned>(std::ranges::count_if(
        before.state.uses, [counted](const auto& use) { return counted == Former::all || use.used; }));
    if (before.credential) {
        for (const Authenticator& authenticator : before.credential->authenticators) {
            highest = std::max(highest, number_in(authenticator.name));
        }
    }
    return highest + 1;
}

}  // namespace secondstep::dialogue
