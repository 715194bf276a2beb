#include "installation.h"

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "account/account_name.h"
#include "account/seal.h"
#include "enrollment/enrollment.h"
#include "otp/hotp.h"
#include "otp/totp.h"

namespace secondstep::testing {

namespace {

struct Ids {
    uid_t user;
    gid_t group;
};

Ids ids_of(Installation::Owner owner) {
    if (!is_root() || owner == Installation::Owner::test) return {::getuid(), ::getgid()};
    const passwd* nobody = ::getpwnam("nobody");
    if (nobody == nullptr) throw std::runtime_error("no account nobody");
    return {nobody->pw_uid, nobody->pw_gid};
}

template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().detail);
    return std::move(*result);
}

void must_be_zero(int status, const std::string& what) {
    if (status != 0) throw std::runtime_error(what);
}

void write_file(const std::string& path, std::string_view text, mode_t mode) {
    std::ofstream(path, std::ios::trunc) << text;
    must_be_zero(::chmod(path.c_str(), mode), path);
}

}  // namespace

bool is_root() {
    return ::getuid() == 0;
}

std::string own_name() {
    const passwd* self = ::getpwuid(::getuid());
    if (self == nullptr) throw std::runtime_error("the uid of the test is not in passwd");
    return self->pw_name;
}

// While it lives, a test that runs as root has the ids of the owner; otherwise nothing changes.
class Installation::AsOwner {
  public:
    explicit AsOwner(Owner owner) : changed_(is_root() && owner == Owner::service) {
        if (!changed_) return;
        must_be_zero(::setegid(ids_of(owner).group), "setegid");
        must_be_zero(::seteuid(ids_of(owner).user), "seteuid");
    }
    AsOwner(const AsOwner&) = delete;
    AsOwner& operator=(const AsOwner&) = delete;
    ~AsOwner() {
        if (changed_ && (::seteuid(0) != 0 || ::setegid(0) != 0)) std::terminate();
    }

  private:
    bool changed_;
};

Installation::Installation(const std::string& more_configuration, Owner owner)
    : more_configuration_(more_configuration), owner_(owner) {
    const Ids ids = ids_of(owner);
    must_be_zero(::chmod(directory_.path().c_str(), 0755), "chmod");
    write_config(configuration());
    must_be_zero(::mkdir(file("store").c_str(), 0700), "mkdir");
    must_be_zero(::chown(file("store").c_str(), ids.user, ids.group), "chown");
    Keyring ring = Keyring::generate(randomness_);
    write_file(file("host.key"), ring.encode().text(), 0400);
    must_be_zero(::chown(file("host.key").c_str(), ids.user, ids.group), "chown");
    const AsOwner self(owner_);
    store_ = must(FileStore::open({.directory = file("store")}, std::move(ring), clock_, randomness_));
    if (const auto done = store_->create_layout(); !done) throw std::runtime_error(done.error().detail);
}

std::string Installation::configuration() const {
    return "store = " + file("store") + "\nhost_key = " + file("host.key") + "\nsocket = " + socket() +
           "\nservice_account = nobody\n" + more_configuration_;
}

void Installation::write_config(const std::string& text) const {
    write_file(config(), text, 0644);
}

Installation::Enrolled Installation::enroll(const std::string& name, std::optional<uid_t> uid,
                                            unsigned recovery_codes) {
    const AsOwner self(owner_);
    const AccountName account = must(AccountName::create(name));
    const dialogue::Enrollment draft = dialogue::Enrollment::draft({}, randomness_);
    Credential credential{.account = account,
                          .uid = uid,
                          .enrolled_at = clock_.now(),
                          .method = Method::totp,
                          .authenticators = {},
                          .recovery = std::nullopt};
    credential.authenticators.push_back(draft.authenticator().clone());
    Enrolled enrolled{.key = draft.authenticator().key.clone(), .recovery_codes = {}};
    if (recovery_codes > 0) {
        auto made =
            must(dialogue::make_recovery_set(recovery_codes, otp::RecoveryCodeForm::short_code, randomness_));
        credential.recovery = std::move(made.set);
        enrolled.recovery_codes = std::move(made.codes);
    }
    write(credential);
    return enrolled;
}

void Installation::bring_scratch_codes(const std::string& name, const std::vector<Secret>& codes) {
    Credential credential = account(name).credential->clone();
    const AsOwner self(owner_);
    credential.recovery = must(dialogue::make_scratch_set(codes, randomness_));
    write(credential);
}

void Installation::write(const Credential& credential) {
    const auto transaction = must(store_->begin_enrollment(RecordName::of(credential.account)));
    const State next = state_after_enrollment(transaction->account().state, credential, {});
    if (must(transaction->write_credential(credential, next)) != WriteOutcome::done) {
        throw std::runtime_error("the enrollment was not written");
    }
}

void Installation::enroll_address(const std::string& name, std::optional<uid_t> uid,
                                  const std::string& address) {
    const AsOwner self(owner_);
    write({.account = must(AccountName::create(name)),
           .uid = uid,
           .enrolled_at = clock_.now(),
           .method = Method::mail,
           .authenticators = {},
           .recovery = std::nullopt,
           .destination = Destination{randomness_.array<8>(),
                                      must(delivery::Address::create(delivery::Channel::mail, address))}});
}

Installation::Enrolled Installation::enroll_self(unsigned recovery_codes) {
    return enroll(own_name(), ::getuid(), recovery_codes);
}

Account Installation::account(const std::string& name) const {
    const AsOwner self(owner_);
    return must(store_->read(RecordName::of(must(AccountName::create(name)))));
}

std::string code_of(const Secret& key, int steps) {
    const auto now = otp::time_step(SystemClock().now(), otp::thirty_seconds());
    const Secret code =
        must(otp::hotp(key, now + static_cast<std::uint64_t>(static_cast<std::int64_t>(steps)),
                       otp::six_digits(), otp::Algorithm::sha1));
    return std::string(code.text());
}

std::string wrong_code(const Secret& key) {
    for (int guess = 0;; ++guess) {
        const std::string text = std::to_string(100000 + guess);
        bool right = false;
        for (int step = -3; step <= 3; ++step)
            right = right || text == code_of(key, step);
        if (!right) return text;
    }
}

}  // namespace secondstep::testing
