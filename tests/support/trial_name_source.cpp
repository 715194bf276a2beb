// A source of the name service whose failures are chosen: libnss_trial.so.2, "trial" in nsswitch.conf. It
// knows the account remo and the group remote2fa, in which remo is by the list of groups alone (as with
// RFC2307bis, where no entry of a group names its members).
//
// What fails stands in a text, "getpwnam=unavail:111 initgroups=tryagain:0": the status and the errno
// of a call. The text comes from trial_name_source_says(), or else from the file /etc/trial-name-source
// at each call. "silent" in the place of a status: the call never returns to secondstepd,
// and is "unavail" to all others.
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

namespace {

constexpr uid_t account_uid = 7001;
constexpr gid_t group_gid = 7100;
char account_name[] = "remo";
char group_name[] = "remote2fa";
char empty[] = "";
char home[] = "/nonexistent";
char shell[] = "/bin/sh";

std::string& text() {
    static std::string value = "from the file";
    return value;
}

std::string failures() {
    if (text() != "from the file") return text();
    std::ifstream file("/etc/trial-name-source");
    return {std::istreambuf_iterator<char>(file), {}};
}

struct Failure {
    nss_status status = NSS_STATUS_SUCCESS;  // none
    int error = 0;
};

Failure failure_of(const std::string& call) {
    const std::string all = failures();
    const std::size_t at = all.find(call + "=");
    if (at == std::string::npos) return {};
    const std::string rest = all.substr(at + call.size() + 1);
    while (rest.starts_with("silent") && std::strcmp(program_invocation_short_name, "secondstepd") == 0)
        ::pause();
    const std::size_t colon = rest.find(':');
    return {rest.starts_with("tryagain") ? NSS_STATUS_TRYAGAIN : NSS_STATUS_UNAVAIL,
            colon == std::string::npos ? 0 : std::atoi(rest.c_str() + colon + 1)};
}

// True: the call ends with `failure`.
bool fails(const std::string& call, int* error, Failure& failure) {
    failure = failure_of(call);
    if (failure.status == NSS_STATUS_SUCCESS) return false;
    *error = failure.error;
    return true;
}

nss_status fill(passwd* entry) {
    *entry = {account_name, empty, account_uid, account_uid, empty, home, shell};
    return NSS_STATUS_SUCCESS;
}

}  // namespace

// libc looks for these by name.
#pragma GCC visibility push(default)
extern "C" {

void trial_name_source_says(const char* what) {
    text() = what;
}

nss_status _nss_trial_getpwnam_r(const char* name, passwd* entry, char*, std::size_t, int* error) {
    Failure failure;
    if (fails("getpwnam", error, failure)) return failure.status;
    return std::strcmp(name, account_name) == 0 ? fill(entry) : NSS_STATUS_NOTFOUND;
}

nss_status _nss_trial_getpwuid_r(uid_t uid, passwd* entry, char*, std::size_t, int* error) {
    Failure failure;
    if (fails("getpwuid", error, failure)) return failure.status;
    return uid == account_uid ? fill(entry) : NSS_STATUS_NOTFOUND;
}

nss_status _nss_trial_getgrnam_r(const char* name, group* entry, char* buffer, std::size_t, int* error) {
    Failure failure;
    if (fails("getgrnam", error, failure)) return failure.status;
    if (std::strcmp(name, group_name) != 0) return NSS_STATUS_NOTFOUND;
    auto* const members = reinterpret_cast<char**>(buffer);
    members[0] = nullptr;
    *entry = {group_name, empty, group_gid, members};
    return NSS_STATUS_SUCCESS;
}

nss_status _nss_trial_initgroups_dyn(const char* name, gid_t, long* count, long*, gid_t** ids, long,
                                     int* error) {
    Failure failure;
    if (fails("initgroups", error, failure)) return failure.status;
    if (std::strcmp(name, account_name) != 0) return NSS_STATUS_NOTFOUND;
    (*ids)[(*count)++] = group_gid;  // callers begin with room for several
    return NSS_STATUS_SUCCESS;
}
}
#pragma GCC visibility pop
