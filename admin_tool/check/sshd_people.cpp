#include "check/sshd_people.h"

#include <grp.h>

#include <algorithm>

#include "people/people_index.h"

namespace secondstep::tool {

namespace {

// Each may ask a directory.
constexpr std::size_t most_people = 200;
constexpr std::size_t most_members = 4;
constexpr char a_person[] = "somebody";

std::vector<std::string> groups_of(const std::string& name) {
    const auto person = look_up(name);
    if (!person || !*person) return {};
    std::vector<gid_t> ids(1024);
    int count = static_cast<int>(ids.size());
    if (::getgrouplist(name.c_str(), (*person)->gid, ids.data(), &count) < 0)
        count = static_cast<int>(ids.size());
    std::vector<std::string> groups;
    for (int i = 0; i < count; ++i)
        if (const group* found = ::getgrgid(ids[static_cast<std::size_t>(i)]))
            groups.emplace_back(found->gr_name);
    return groups;
}

class Gathering {
  public:
    explicit Gathering(const SshdConfiguration& sshd)
        : sshd_(sshd), about_groups_(sshd.is_about(SshdMatch::Kind::group)) {}

    std::vector<SshdPerson> run() {
        take("root");
        take_humans();
        for (const std::string& name : names_in(sshd_, SshdMatch::Kind::user))
            take(name);
        for (const std::string& group : names_in(sshd_, SshdMatch::Kind::group))
            take_some_of(group);
        return std::move(people_);
    }

  private:
    void take(const std::string& name) {
        if (std::ranges::find(people_, name, &SshdPerson::name) != people_.end()) return;
        people_.push_back(
            {.name = name, .groups = about_groups_ ? groups_of(name) : std::vector<std::string>{}});
    }
    // An account that nobody has is ordinary, too.
    void take_humans() {
        const std::vector<std::string> names = human_accounts();
        const std::size_t count = sshd_.matches().empty() ? 1 : most_people;
        for (std::size_t i = 0; i < std::min(names.size(), count); ++i)
            take(names[i]);
        if (people_.size() < 2) take(a_person);
    }
    void take_some_of(const std::string& group) {
        const auto members = members_of(group);
        if (!members || !*members || (*members)->empty()) {
            people_.push_back({.name = "somebody of " + group, .groups = {group}, .is_invented = true});
            return;
        }
        std::vector<std::string> names((*members)->begin(), (*members)->end());
        std::ranges::sort(names);
        for (std::size_t i = 0; i < std::min(names.size(), most_members); ++i)
            take(names[i]);
    }

    const SshdConfiguration& sshd_;
    bool about_groups_;
    std::vector<SshdPerson> people_;
};

}  // namespace

std::vector<SshdPerson> people_for(const SshdConfiguration& sshd) {
    return Gathering(sshd).run();
}

}  // namespace secondstep::tool
