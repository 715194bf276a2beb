#include "installation/account_checkup.h"

#include "people/people_index.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t most_names = 5;

// By what the machine says of their names and uids now.
struct Accounts {
    std::vector<std::string> vanished;
    std::vector<std::string> renamed;  // "bob is now robert"
    std::vector<std::string> other_uid;
    std::vector<std::string> unknown;  // the name service could not tell
    std::string example_of_renaming;   // "bob robert"
    std::string cause;                 // of `unknown`
};

// The account that has the uid now, under whatever name. A uid that cannot be looked up is nobody's here: the
// name alone is certain, and is said.
std::optional<PasswdEntry> present_owner(uid_t uid) {
    const auto found = look_up(uid);
    return found ? *found : std::nullopt;
}

void add_gone(Accounts& accounts, const std::string& name, uid_t uid) {
    const auto owner = uid == 0 ? std::nullopt : present_owner(uid);
    if (!owner) {
        accounts.vanished.push_back(name);
        return;
    }
    accounts.renamed.push_back(name + " (uid " + std::to_string(uid) + ") is now " + owner->name);
    if (accounts.example_of_renaming.empty()) accounts.example_of_renaming = name + " " + owner->name;
}

void add(Accounts& accounts, const Credential& credential, PeopleIndex& people) {
    const std::string& name = credential.account.text();
    const auto entry = people.find(name);
    if (!entry) {
        accounts.unknown.push_back(name);
        accounts.cause = entry.error().detail;
    } else if (*entry && (*entry)->name == name) {
        if (credential.uid != (*entry)->uid) accounts.other_uid.push_back(name);
    } else if (credential.uid) {
        add_gone(accounts, name, *credential.uid);
    }
}

std::string counted(const std::vector<std::string>& names, const std::string& what) {
    return std::to_string(names.size()) + (names.size() == 1 ? " second step " : " second steps ") + what +
           ": " + first_few(names);
}

void report(const Accounts& accounts, Diagnoses& findings) {
    if (!accounts.vanished.empty()) {
        findings.push_back(warning("accounts", counted(accounts.vanished, "of names that are gone"),
                                   "secondstep disable " + accounts.vanished.front()));
    }
    if (!accounts.renamed.empty()) {
        findings.push_back(warning(
            "accounts",
            counted(accounts.renamed, "of accounts that were renamed") + "; their logins are unavailable",
            "secondstep rename " + accounts.example_of_renaming + "; another person: secondstep disable " +
                accounts.example_of_renaming.substr(0, accounts.example_of_renaming.find(' '))));
    }
    if (!accounts.other_uid.empty()) {
        const std::string& first = accounts.other_uid.front();
        findings.push_back(warning(
            "accounts",
            counted(accounts.other_uid, "of names with another uid now") + "; their logins are unavailable",
            "the same person: secondstep rename " + first + " " + first +
                " --same-person; another one: secondstep disable " + first));
    }
    if (!accounts.unknown.empty()) {
        findings.push_back(warning(
            "accounts",
            counted(accounts.unknown, "of names that could not be looked up") + " (" + accounts.cause + ")",
            "see to the name service (nsswitch.conf, its daemons)"));
    }
}

void complete_index(const FileStore& store, Diagnoses& findings) {
    const auto added = store.complete_uid_index();
    if (!added) {
        findings.push_back(wrong("uid index", added.error().detail, "run secondstep setup"));
    } else if (*added > 0) {
        findings.push_back(warning("uid index",
                                   std::to_string(*added) +
                                       (*added == 1 ? " account was" : " accounts were") +
                                       " missing, as in a store of an older version: until now a renamed "
                                       "account was let in without its second step",
                                   "added just now; nothing to do"));
    }
}

}  // namespace

std::string first_few(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < most_names; ++i)
        text += (i == 0 ? "" : ", ") + names[i];
    if (names.size() > most_names) text += " and " + std::to_string(names.size() - most_names) + " more";
    return text;
}

void check_accounts(const FileStore& store, Diagnoses& findings) {
    complete_index(store, findings);
    Accounts accounts;
    PeopleIndex people;
    const auto visited = store.for_each([&](const AccountName& account) {
        const auto record = store.read(RecordName::of(account));
        if (record && record->credential) add(accounts, *record->credential, people);
        return true;
    });
    // check_records has said so.
    if (!visited) return;
    report(accounts, findings);
}

}  // namespace secondstep::tool
