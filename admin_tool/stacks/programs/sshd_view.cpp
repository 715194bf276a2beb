#include "stacks/programs/sshd_view.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "stacks/programs/sshd_ways.h"

namespace secondstep::tool {

namespace {

bool is_same_place(const SshdLogin& a, const SshdLogin& b) {
    return a.address == b.address && a.host == b.host && a.local_address == b.local_address &&
           a.local_port == b.local_port;
}

// Wherever this person comes from, among the logins that were looked at.
bool is_everywhere(const std::string& user, const std::vector<const SshdLogin*>& logins,
                   const SshdViews& all) {
    return std::ranges::all_of(all, [&](const SshdView& view) {
        return view.login.user != user || std::ranges::any_of(logins, [&view](const SshdLogin* login) {
                   return login->user == view.login.user && is_same_place(*login, view.login);
               });
    });
}

}  // namespace

bool is_kept_out(const SshdView& view) {
    return view.login.user == "root" &&
           lowercase_ascii(view.settings.value("permitrootlogin", "prohibit-password")) == "no";
}

BeforeStack before_stack(const SshdViews& views) {
    bool with = false;
    bool without = false;
    for (const SshdView& view : views) {
        if (is_kept_out(view)) continue;
        const std::vector<SshdWay> ways = ways_in(view.settings);
        // Any one method is enough: the stack alone is a way in.
        const bool stack_alone =
            ways.empty() && (asks_interactively(view.settings) || takes_passwords(view.settings));
        without = without || stack_alone;
        for (const SshdWay& way : ways) {
            if (!way.runs_the_stack() || !can_be_taken(way, view.settings)) continue;
            with = with || way.has_proof_before_stack();
            without = without || !way.has_proof_before_stack();
        }
    }
    if (with && without) return BeforeStack::key_or_none;
    if (with) return BeforeStack::key;
    return without ? BeforeStack::nothing : BeforeStack::cannot_tell;
}

std::string logins_text(const std::vector<const SshdLogin*>& logins, const SshdViews& all) {
    constexpr std::size_t most = 3;
    std::vector<std::string> names;
    for (const SshdLogin* login : logins) {
        const bool everywhere = is_everywhere(login->user, logins, all);
        std::string name = login->user + (everywhere ? "" : " (from " + login->address + ")");
        if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
    return text;
}

}  // namespace secondstep::tool
