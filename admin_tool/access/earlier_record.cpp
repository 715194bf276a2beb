#include "access/earlier_record.h"

#include <unistd.h>

#include <boost/program_options/value_semantic.hpp>

#include "base/text.h"
#include "console/prompt.h"
#include "people/audit.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

std::string uid_of(const NamedAccount& subject) {
    return std::to_string(subject.entry->uid);
}

Result<bool> is_earlier(const AccountStore& store, const AccountName& account, uid_t uid,
                        const AccountName& name) {
    const auto record = store.read(RecordName::of(name));
    if (record && (!record->credential || record->credential->uid != uid)) return false;
    const auto entry = look_up(name.text());
    if (!entry) return std::unexpected(entry.error());
    const bool of_its_own = *entry && (*entry)->uid == uid && (*entry)->name != account.text();
    return !of_its_own;
}

std::string what_it_may_be(const AccountName& earlier, const AccountName& account) {
    return " has a second step as " + earlier.text() + "; the same person, renamed: secondstep rename " +
           earlier.text() + " " + account.text() + "; another person: secondstep disable " + earlier.text();
}

Exit remove_other_persons(const StoreSession& session, const AccountName& name) {
    const std::string undone = "not deleted: " + name.text();
    const auto kept = change(session, RecordName::of(name), Opening::enrollment, {name.text(), undone},
                             [](const Account& present) -> Result<Rewrite> {
                                 return RemoveCredential{state_without_owner(present.state)};
                             });
    if (!kept) return kept.error();
    audit("disable", name.text(), "reason=\"another person has the uid\"");
    return Exit::done;
}

std::string commands_for(const WhoItIs& who, const AccountName& earlier) {
    return "the same person, renamed: secondstep rename " + earlier.text() + " " +
           who.subject.account.text() +
           "; another person: --other-person, which deletes the second step of " + earlier.text();
}

// Whether it is another person.
bool is_another_person(const WhoItIs& who, const AccountName& earlier) {
    if (who.other_person) return true;
    if (::isatty(STDIN_FILENO) != 1) return false;
    who.screen.line("uid " + uid_of(who.subject) + " has a second step as " + printable(earlier.text()) +
                    ", which is no account of that uid any more.");
    return confirmed(who.screen, "Is " + who.subject.account.text() + " another person than " +
                                     printable(earlier.text()) + " was, whose\nsecond step is deleted then?");
}

}  // namespace

Result<std::optional<AccountName>> earlier_record_of(const AccountStore& store, const AccountName& account,
                                                     std::optional<uid_t> uid) {
    if (!uid || *uid == 0) return std::nullopt;
    const auto names = store.names_enrolled_for(uid);
    if (!names) return std::unexpected(names.error());
    for (const AccountName& name : *names) {
        if (name == account) continue;
        const auto earlier = is_earlier(store, account, *uid, name);
        if (!earlier) return std::unexpected(earlier.error());
        if (*earlier) return name;
    }
    return std::nullopt;
}

Result<void> refuse_earlier_record(const AccountStore& store, const AccountName& account,
                                   std::optional<uid_t> uid) {
    const auto earlier = earlier_record_of(store, account, uid);
    if (!earlier) return std::unexpected(earlier.error());
    if (!*earlier) return {};
    return fail(Errc::exists, "uid " + std::to_string(*uid) + what_it_may_be(**earlier, account));
}

Exit complain_not_enrolled(const StoreSession& session, const NamedAccount& subject) {
    if (!subject.entry) return complain_not_enrolled(subject);
    const auto earlier = earlier_record_of(*session.store, subject.account, subject.entry->uid);
    if (!earlier || !*earlier) return complain_not_enrolled(subject);
    return complain(Exit::not_enrolled, subject.account.text() + " has no second step; uid " +
                                            uid_of(subject) + what_it_may_be(**earlier, subject.account));
}

void add_other_person_option(po::options_description& options) {
    options.add_options()("other-person", po::bool_switch(),
                          "this is not who had the uid before: delete that second step");
}

OrExit<void> settle_earlier_record(const StoreSession& session, const WhoItIs& who) {
    if (!who.subject.entry) return {};
    const auto own = session.store->read(who.subject.record());
    if (own && own->credential) return {};
    const auto look = [&] {
        return earlier_record_of(*session.store, who.subject.account, who.subject.entry->uid);
    };
    auto earlier = look();
    for (; earlier && *earlier; earlier = look()) {
        if (!is_another_person(who, **earlier)) {
            return stop(complain(Exit::refused, "nothing was changed: uid " + uid_of(who.subject) +
                                                    " has a second step as " + (*earlier)->text() + "; " +
                                                    commands_for(who, **earlier)));
        }
        const Exit removed = remove_other_persons(session, **earlier);
        if (removed != Exit::done) return stop(removed);
    }
    if (!earlier) return stop(complain(earlier.error()));
    return {};
}

}  // namespace secondstep::tool
