#include "people/named_account.h"

#include <unistd.h>

#include <array>

namespace secondstep::tool {

OrExit<NamedAccount> account_named(const std::string& name) {
    auto account = AccountName::create(name);
    if (!account) return stop(complain(Exit::usage, "not a user name: " + account.error().detail));
    auto entry = look_up(name);
    if (!entry) return stop(complain(entry.error()));
    // A name service that ignores case answers with the name it stores.
    if (*entry && (*entry)->name != name) account = AccountName::create((*entry)->name);
    if (!account) return stop(complain(Exit::usage, "not a user name: " + account.error().detail));
    return NamedAccount{std::move(*account), std::move(*entry)};
}

Exit complain_not_enrolled(const NamedAccount& subject) {
    if (!subject.entry) return complain_unknown(subject.account.text());
    return complain(Exit::not_enrolled, subject.account.text() + " has no second step: secondstep enroll " +
                                            subject.account.text() + " gives one");
}

Exit complain_unknown(std::string_view name) {
    return complain(Exit::no_such_user, "there is no user \"" + std::string(name) + "\" on this machine");
}

}  // namespace secondstep::tool
