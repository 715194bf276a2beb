#include "google_authenticator.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "base/file.h"
#include "encoding/base32.h"
#include "required.h"

namespace secondstep::bench {
namespace {

std::string secret_of(const BenchAccount& account) {
    return std::string(otp::base32_encode(account.key.bytes()).text()) +
           "\n\" RATE_LIMIT 3 30\n\" WINDOW_SIZE 3\n\" DISALLOW_REUSE\n\" TOTP_AUTH\n";
}

void write_secret(const std::string& path, const BenchAccount& account) {
    std::ofstream out(path, std::ios::trunc);
    out << secret_of(account);
    out.close();
    require(out.good() && ::chmod(path.c_str(), 0600) == 0, "a secret of google-authenticator");
}

// It belongs to `owner`, and the disk has nothing left to do for it.
void settle_secret(const std::string& path, const BenchAccount& account, uid_t owner, gid_t group) {
    write_secret(path, account);
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    require(file.valid() && ::fchown(file.get(), owner, group) == 0 && ::fsync(file.get()) == 0, "fsync");
}

void settle_secret_at_home(const BenchAccount& account) {
    const passwd* const owner = ::getpwnam(account.name.c_str());
    require(owner != nullptr, "a name that is not in passwd");
    settle_secret(std::string(owner->pw_dir) + "/.google_authenticator", account, owner->pw_uid,
                  owner->pw_gid);
}

}  // namespace

Contender google_authenticator(const Lab& lab) {
    const std::string directory = lab.file("ga/");
    return {lab,
            {.stack = "google",
             .label = "google-authenticator",
             .enrolled =
                 [directory](const std::vector<BenchAccount>& accounts) {
                     for (const BenchAccount& account : accounts)
                         write_secret(directory + account.name, account);
                 },
             .before_login =
                 [directory](const BenchAccount& account) {
                     settle_secret(directory + account.name, account, 0, 0);
                 }}};
}

Contender google_authenticator_in_homes(const Lab& lab) {
    return {lab,
            {.stack = "google-homes",
             .label = "google-authenticator, files in homes",
             .before_login = settle_secret_at_home}};
}

}  // namespace secondstep::bench
