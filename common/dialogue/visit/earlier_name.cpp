#include "dialogue/visit/earlier_name.h"

#include <memory>
#include <vector>

#include "dialogue/conversation/store_work.h"

namespace secondstep::dialogue {
namespace {

// What the record of another name says about this uid.
enum class Record { of_this_uid, of_another, unreadable };

Record judged(const Result<Account>& record, uid_t uid) {
    if (!record) return Record::unreadable;
    if (!record->credential) return Record::of_another;
    return record->credential->uid == uid ? Record::of_this_uid : Record::of_another;
}

Script<Record> record_of(Visit& visit, AccountName name) {
    StorePatience patience;
    const Result<Account> record =
        co_await read_record(visit.talk, StoreAccess::of(visit.ports), RecordName::of(name), patience);
    co_return judged(record, *visit.subject.uid);
}

using Found = Result<LookedUp>;

Script<Found> look_up(Visit& visit, AccountName name) {
    const auto found = std::make_shared<Found>(fail(Errc::timed_out, "the name service was not asked"));
    Work work{Work::Kind::lookup,
              [found, people = visit.ports.people, text = name.text()] { *found = people->find(text, {}); },
              name.text(),
              {}};
    const Resumption resumption = co_await visit.talk.pause(std::move(work));
    // `late`: the worker may still be writing; nothing of `found` is looked at.
    if (resumption == Resumption::late) co_return fail(Errc::timed_out, "the name service took too long");
    if (resumption == Resumption::overloaded) co_return fail(Errc::busy, "too many look-ups at once");
    co_return *found;
}

// An account of that name, with this uid, which is not just another spelling of the person's own.
bool is_an_account_of_its_own(const std::optional<Person>& person, const Visit& visit) {
    return person && person->uid == *visit.subject.uid && person->name != visit.known_name;
}

// The commands first: a line of the journal has room for 256 bytes of it.
Error renamed(const Visit& visit, const AccountName& earlier) {
    return {Errc::damaged, "enrolled as " + earlier.text() + ", a name that is gone: secondstep rename " +
                               earlier.text() + " " + visit.known_name + ", or secondstep disable " +
                               earlier.text() + " when " + visit.known_name + " is another person"};
}

Error cannot_tell(const Visit& visit, const AccountName& earlier, const std::string& why) {
    return {Errc::io, "uid " + std::to_string(*visit.subject.uid) + " has a second step as " +
                          earlier.text() + ", and whether " + visit.known_name +
                          " is the same person cannot be told: " + why};
}

Script<Result<void>> check(Visit& visit, AccountName earlier) {
    const Record record = co_await record_of(visit, earlier);
    if (record == Record::of_another) co_return Result<void>{};
    const Found found = co_await look_up(visit, earlier);
    if (!found) co_return std::unexpected(cannot_tell(visit, earlier, found.error().detail));
    if (is_an_account_of_its_own(found->person, visit)) co_return Result<void>{};
    if (record == Record::of_this_uid) co_return std::unexpected(renamed(visit, earlier));
    co_return std::unexpected(cannot_tell(visit, earlier, "its record cannot be read (run doctor)"));
}

}  // namespace

Script<Result<void>> check_earlier_names(Visit& visit) {
    const bool telling = visit.subject.uid != uid_t{0} && !visit.subject.uid_says_nothing;
    const std::optional<uid_t> uid = telling ? visit.subject.uid : std::nullopt;
    const Result<std::vector<AccountName>> names =
        co_await read_names_enrolled_for(visit.talk, StoreAccess::of(visit.ports), uid);
    if (!uid) co_return Result<void>{};
    if (!names) co_return std::unexpected(names.error());
    for (const AccountName& name : *names) {
        if (name.text() == visit.known_name) continue;
        const Result<void> outcome = co_await check(visit, name);
        if (!outcome) co_return outcome;
    }
    co_return Result<void>{};
}

}  // namespace secondstep::dialogue
