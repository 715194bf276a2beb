#include "people.h"

#include <pwd.h>
#include <unistd.h>

#include <exception>
#include <fstream>
#include <stdexcept>

#include "account/account_name.h"
#include "base/clock.h"
#include "base/randomness.h"
#include "enrollment/enrollment.h"
#include "required.h"
#include "store/file_store.h"

namespace secondstep::bench {
namespace {

constexpr const char* host_key = "/etc/secondstep/host.key";
constexpr const char* service_account = "secondstep";

template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().detail);
    return std::move(*result);
}

// While it lives, this process has the ids of the service account, to which the store belongs.
class AsService {
  public:
    AsService() {
        const passwd* const entry = ::getpwnam(service_account);
        require(entry != nullptr, service_account);
        require(::setegid(entry->pw_gid) == 0 && ::seteuid(entry->pw_uid) == 0, "seteuid");
    }
    AsService(const AsService&) = delete;
    AsService& operator=(const AsService&) = delete;
    ~AsService() {
        if (::seteuid(0) != 0 || ::setegid(0) != 0) std::terminate();
    }
};

uid_t uid_of(const std::string& name) {
    const passwd* const entry = ::getpwnam(name.c_str());
    require(entry != nullptr, "a name that is not in passwd");
    return entry->pw_uid;
}

// Whatever the account had before, and whatever it answered wrong: an earlier series would slow down a later one.
Secret enroll(const FileStore& store, const std::string& name, Randomness& randomness) {
    const AccountName account = must(AccountName::create(name));
    const dialogue::Enrollment draft = dialogue::Enrollment::draft({}, randomness);
    Credential credential{.account = account,
                          .uid = uid_of(name),
                          .enrolled_at = SystemClock().now(),
                          .method = Method::totp,
                          .authenticators = {},
                          .recovery = std::nullopt};
    credential.authenticators.push_back(draft.authenticator().clone());
    const auto transaction = must(store.begin_enrollment(RecordName::of(account)));
    const State next =
        state_after_enrollment(state_without_owner(transaction->account().state), credential, {});
    if (must(transaction->write_credential(credential, next)) != WriteOutcome::done)
        throw std::runtime_error("an enrollment was not written");
    return draft.authenticator().key.clone();
}

}  // namespace

std::vector<BenchAccount> names_in(const std::string& path) {
    std::ifstream names(path);
    std::vector<BenchAccount> accounts;
    for (std::string name; names >> name;)
        accounts.push_back({name, Secret()});
    return accounts;
}

People::People(const Lab& lab) : store_(lab.file("people.store")), accounts_(names_in(lab.file("people"))) {}

void People::enroll_everybody() {
    const SystemClock clock;
    SystemRandomness randomness;
    const AsService self;
    const auto store =
        must(FileStore::open({.directory = store_}, must(load_keyring(host_key)), clock, randomness));
    for (BenchAccount& account : accounts_)
        account.key = enroll(*store, account.name, randomness);
}

std::array<People::Pass, People::passes> People::renew() {
    enroll_everybody();
    std::array<Pass, passes> all;
    otp::TimeStep step = step_now();
    for (Pass& pass : all) {
        for (const BenchAccount& account : accounts_)
            pass.push_back({&account, code_at(account, step)});
        ++step;
    }
    return all;
}

}  // namespace secondstep::bench
