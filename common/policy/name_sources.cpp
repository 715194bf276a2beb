#include "policy/name_sources.h"

#include <dlfcn.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>

#include <cerrno>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "policy/name_switch.h"
#include "policy/parsed_file.h"

namespace secondstep {
namespace {

constexpr std::size_t first_buffer = 4096;
constexpr std::size_t largest_buffer = 16UL * 1024 * 1024;

template <typename Key, typename Entry>
using Lookup = nss_status (*)(Key, Entry*, char*, std::size_t, int*);
using ListGroups = nss_status (*)(const char*, gid_t, long*, long*, gid_t**, long, int*);

// One source's code. libc has "files" in itself.
struct Library {
    void* handle = nullptr;
    std::string failure;  // why it could not be opened; empty also when it is not installed: libc skips it
};

Library opened_library(const std::string& source) {
    const std::string file = "libnss_" + source + ".so.2";
    void* const handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle != nullptr) return {handle, {}};
    const char* const error = ::dlerror();  // NOLINT(concurrency-mt-unsafe): one per thread
    const std::string failure = error == nullptr ? "cannot be loaded" : error;
    // Under another name it is a library that this one needs: what is installed and broken cannot tell.
    if (failure.starts_with(file + ":") && failure.ends_with("No such file or directory")) return {};
    return {nullptr, source + ": " + failure};
}

// What was opened stays open, as in libc; what was not may be installed meanwhile. Thread-safe.
class Libraries {
  public:
    Library of(const std::string& source) {
        if (source == "files") return {RTLD_DEFAULT, {}};
        if (void* const known = find(source); known != nullptr) return {known, {}};
        Library library = opened_library(source);
        const std::lock_guard lock(mutex_);
        if (library.handle != nullptr) opened_.emplace(source, library.handle);
        return library;
    }

  private:
    void* find(const std::string& source) {
        const std::lock_guard lock(mutex_);
        const auto known = opened_.find(source);
        return known == opened_.end() ? nullptr : known->second;
    }

    std::mutex mutex_;
    std::map<std::string, void*> opened_;
};

// Nothing: a source that does not know this question.
template <typename Function>
Function function_of(const Library& library, const std::string& source, std::string_view question) {
    const std::string symbol = "_nss_" + source + "_" + std::string(question);
    return reinterpret_cast<Function>(::dlsym(library.handle, symbol.c_str()));
}

std::string failure_of(const NameSource& source, int error) {
    return error == 0 ? source.name + ": unavailable" : fail_errno(source.name, error).error().detail;
}

bool is_failure(nss_status status) {
    return status != NSS_STATUS_SUCCESS && status != NSS_STATUS_NOTFOUND;
}

struct Answer {
    nss_status status = NSS_STATUS_NOTFOUND;
    int error = 0;
};

// Where systemd does not run (a container), its source says of everybody's groups that there is no such
// process. It has no groups then, and is no directory that failed.
Answer without_systemd(const NameSource& source, Answer answer) {
    if (source.name == "systemd" && answer.status == NSS_STATUS_UNAVAIL && answer.error == ESRCH)
        answer.status = NSS_STATUS_NOTFOUND;
    return answer;
}

template <typename Key, typename Entry>
Answer ask(Lookup<Key, Entry> lookup, Key key) {
    Answer answer{NSS_STATUS_TRYAGAIN, ERANGE};
    for (std::size_t size = first_buffer; size <= largest_buffer; size *= 2) {
        std::vector<char> buffer(size);
        Entry entry{};
        answer.error = 0;
        answer.status = lookup(key, &entry, buffer.data(), size, &answer.error);
        if (answer.status != NSS_STATUS_TRYAGAIN || answer.error != ERANGE) break;
    }
    return answer;
}

template <typename Entry, typename Key>
Result<void> none_has(const std::vector<NameSource>& sources, Libraries& libraries, std::string_view question,
                      Key key) {
    for (const NameSource& source : sources) {
        const Library library = libraries.of(source.name);
        if (!library.failure.empty()) return fail(Errc::io, library.failure);
        if (library.handle == nullptr && source.name != "files") continue;
        const auto lookup = function_of<Lookup<Key, Entry>>(library, source.name, question);
        if (lookup == nullptr) continue;
        const Answer answer = without_systemd(source, ask<Key, Entry>(lookup, key));
        if (is_failure(answer.status)) return fail(Errc::io, failure_of(source, answer.error));
        // libc asked a moment ago and was told otherwise.
        if (answer.status == NSS_STATUS_SUCCESS)
            return fail(Errc::io, source.name + ": answers now so, now so");
        if (source.ends_with(answer.status)) break;
    }
    return {};
}

// What initgroups_dyn fills: an array that it may move.
class GroupArray {
  public:
    explicit GroupArray(gid_t primary) : ids_(static_cast<gid_t*>(std::calloc(16, sizeof(gid_t)))) {
        if (ids_ != nullptr) ids_[0] = primary;
    }
    GroupArray(const GroupArray&) = delete;
    GroupArray& operator=(const GroupArray&) = delete;
    ~GroupArray() { std::free(ids_); }

    Answer fill(ListGroups list, const std::string& name, gid_t primary) {
        if (ids_ == nullptr) return {NSS_STATUS_TRYAGAIN, ENOMEM};
        Answer answer;
        answer.status = list(name.c_str(), primary, &count_, &size_, &ids_, -1, &answer.error);
        return answer;
    }
    [[nodiscard]] std::vector<gid_t> ids() const {
        return ids_ == nullptr ? std::vector<gid_t>{} : std::vector<gid_t>(ids_, ids_ + count_);
    }

  private:
    gid_t* ids_;
    long count_ = 1;
    long size_ = 16;
};

}  // namespace

struct NameSources::Kept {
    Kept(std::string nsswitch, std::string passwd)
        : file(std::move(nsswitch), clock), accounts(std::move(passwd), &LocalAccounts::parse, clock) {}
    SystemClock clock;
    NameSwitchFile file;
    ParsedFile<LocalAccounts> accounts;
    Libraries libraries;
};

NameSources::NameSources(std::string nsswitch, std::string passwd)
    : kept_(std::make_shared<Kept>(std::move(nsswitch), std::move(passwd))) {}

Result<void> NameSources::none_has_account(const std::string& name) const {
    const auto sources = kept_->file.read();
    if (!sources) return std::unexpected(sources.error());
    return none_has<passwd>((*sources)->accounts, kept_->libraries, "getpwnam_r", name.c_str());
}

Result<void> NameSources::none_has_account(uid_t uid) const {
    const auto sources = kept_->file.read();
    if (!sources) return std::unexpected(sources.error());
    return none_has<passwd>((*sources)->accounts, kept_->libraries, "getpwuid_r", uid);
}

Result<void> NameSources::none_has_group(const std::string& name) const {
    const auto sources = kept_->file.read();
    if (!sources) return std::unexpected(sources.error());
    return none_has<group>((*sources)->groups, kept_->libraries, "getgrnam_r", name.c_str());
}

std::optional<LocalAccounts::Ids> NameSources::local_account(const std::string& name) const {
    const auto sources = kept_->file.read();
    if (!sources || (*sources)->accounts.empty()) return std::nullopt;
    const NameSource& first = (*sources)->accounts.front();
    if (first.name != "files" || !first.ends_with(NSS_STATUS_SUCCESS)) return std::nullopt;
    const auto accounts = kept_->accounts.read();
    return accounts ? (*accounts)->find(name) : std::nullopt;
}

NameSources::Groups NameSources::groups_of(const std::string& name, gid_t primary) const {
    const auto sources = kept_->file.read();
    if (!sources) return {{}, sources.error().detail};
    GroupArray array(primary);
    std::string failure;
    for (const NameSource& source : (*sources)->group_lists) {
        const Library library = kept_->libraries.of(source.name);
        if (failure.empty()) failure = library.failure;
        if (library.handle == nullptr && source.name != "files") continue;
        const auto list = function_of<ListGroups>(library, source.name, "initgroups_dyn");
        if (list == nullptr) continue;
        const Answer answer = without_systemd(source, array.fill(list, name, primary));
        if (is_failure(answer.status) && failure.empty()) failure = failure_of(source, answer.error);
        if (source.ends_with(answer.status)) break;
    }
    return {array.ids(), failure};
}

}  // namespace secondstep
