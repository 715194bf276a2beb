#include "policy/name_sources.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <grp.h>
#include <nss.h>
#include <pwd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/file.h"
#include "base/text.h"

namespace secondstep {
namespace {

constexpr std::size_t first_buffer = 4096;
constexpr std::size_t largest_buffer = 16UL * 1024 * 1024;
constexpr std::size_t largest_file = 1024UL * 1024;

template <typename Key, typename Entry>
using Lookup = nss_status (*)(Key, Entry*, char*, std::size_t, int*);
using ListGroups = nss_status (*)(const char*, gid_t, long*, long*, gid_t**, long, int*);

constexpr std::array<std::pair<std::string_view, nss_status>, 4> statuses{
    {{"success", NSS_STATUS_SUCCESS},
     {"notfound", NSS_STATUS_NOTFOUND},
     {"unavail", NSS_STATUS_UNAVAIL},
     {"tryagain", NSS_STATUS_TRYAGAIN}}};

struct Source {
    std::string name;
    std::vector<nss_status> last_after;  // no source after this one is asked when it answers so
};

[[nodiscard]] bool ends_with(const Source& source, nss_status status) {
    return std::ranges::find(source.last_after, status) != source.last_after.end();
}

// "[NOTFOUND=return !UNAVAIL=return SUCCESS=merge]", without its brackets
void take_actions(Source& source, std::string_view actions) {
    for (std::string_view action : split(actions, ' ')) {
        const bool negated = action.starts_with('!');
        if (negated) action.remove_prefix(1);
        const std::size_t equals = std::min(action.find('='), action.size());
        const std::string named = lowercase_ascii(action.substr(0, equals));
        const bool returns = lowercase_ascii(action.substr(equals)) == "=return";
        for (const auto& [word, status] : statuses) {
            if ((word == named) == negated) continue;
            std::erase(source.last_after, status);
            if (returns) source.last_after.push_back(status);
        }
    }
}

// "files [NOTFOUND=return] sss"
std::vector<Source> sources_in(std::string_view line) {
    std::vector<Source> sources;
    while (!(line = trimmed(line)).empty()) {
        if (line.front() == '[') {
            const std::size_t end = std::min(line.find(']'), line.size());
            if (!sources.empty()) take_actions(sources.back(), line.substr(1, end - 1));
            line.remove_prefix(std::min(end + 1, line.size()));
            continue;
        }
        const std::size_t end = std::min(line.find_first_of(" \t["), line.size());
        sources.push_back({std::string(line.substr(0, end)), {NSS_STATUS_SUCCESS}});
        line.remove_prefix(end);
    }
    return sources;
}

// Nothing: there is no such file. What is there and cannot be read says nothing of which sources there are.
Result<std::optional<std::string>> text_of(const std::string& path) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid() && errno == ENOENT) return std::nullopt;
    if (!file.valid()) return fail_errno(path, errno);
    const Result<Bytes> content = read_whole(file.get(), largest_file);
    if (!content) return std::unexpected(content.error());
    return std::string(content->begin(), content->end());
}

// Nothing: the file has no such line.
std::optional<std::vector<Source>> line_of(std::string_view text, std::string_view database) {
    std::optional<std::vector<Source>> sources;
    for (const std::string_view whole : split(text, '\n')) {
        const std::string_view line = trimmed(whole.substr(0, whole.find('#')));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || trimmed(line.substr(0, colon)) != database) continue;
        sources = sources_in(line.substr(colon + 1));
    }
    return sources;
}

// What libc does without a line of its own, or without a file.
Result<std::vector<Source>> sources_of(const std::string& nsswitch, std::string_view database) {
    const Result<std::optional<std::string>> text = text_of(nsswitch);
    if (!text) return std::unexpected(text.error());
    auto sources = line_of(text->value_or(""), database);
    return sources ? std::move(*sources) : std::vector<Source>{{"files", {NSS_STATUS_SUCCESS}}};
}

// Of the list of groups. Where it has a line of its own, a source that had some is the last.
Result<std::vector<Source>> sources_of_groups(const std::string& nsswitch) {
    const Result<std::optional<std::string>> text = text_of(nsswitch);
    if (!text) return std::unexpected(text.error());
    if (auto own = line_of(text->value_or(""), "initgroups")) return std::move(*own);
    Result<std::vector<Source>> sources = sources_of(nsswitch, "group");
    if (!sources) return sources;
    for (Source& source : *sources)
        std::erase(source.last_after, NSS_STATUS_SUCCESS);
    return sources;
}

// One source's code. libc has "files" in itself.
struct Library {
    void* handle = nullptr;
    std::string failure;  // why it could not be opened; empty also when it is not installed: libc skips it
};

Library library_of(const std::string& source) {
    if (source == "files") return {RTLD_DEFAULT, {}};
    const std::string file = "libnss_" + source + ".so.2";
    void* const handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle != nullptr) return {handle, {}};
    const char* const error = ::dlerror();  // NOLINT(concurrency-mt-unsafe): one per thread
    const std::string failure = error == nullptr ? "cannot be loaded" : error;
    // Under another name it is a library that this one needs: what is installed and broken cannot tell.
    if (failure.starts_with(file + ":") && failure.ends_with("No such file or directory")) return {};
    return {nullptr, source + ": " + failure};
}

// Nothing: a source that does not know this question.
template <typename Function>
Function function_of(const Library& library, const std::string& source, std::string_view question) {
    const std::string symbol = "_nss_" + source + "_" + std::string(question);
    return reinterpret_cast<Function>(::dlsym(library.handle, symbol.c_str()));
}

std::string failure_of(const Source& source, int error) {
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
Answer without_systemd(const Source& source, Answer answer) {
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
Result<void> none_has(const Result<std::vector<Source>>& sources, std::string_view question, Key key) {
    if (!sources) return std::unexpected(sources.error());
    for (const Source& source : *sources) {
        const Library library = library_of(source.name);
        if (!library.failure.empty()) return fail(Errc::io, library.failure);
        if (library.handle == nullptr && source.name != "files") continue;
        const auto lookup = function_of<Lookup<Key, Entry>>(library, source.name, question);
        if (lookup == nullptr) continue;
        const Answer answer = without_systemd(source, ask<Key, Entry>(lookup, key));
        if (is_failure(answer.status)) return fail(Errc::io, failure_of(source, answer.error));
        // libc asked a moment ago and was told otherwise.
        if (answer.status == NSS_STATUS_SUCCESS)
            return fail(Errc::io, source.name + ": answers now so, now so");
        if (ends_with(source, answer.status)) break;
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

Result<void> NameSources::none_has_account(const std::string& name) const {
    return none_has<passwd>(sources_of(nsswitch_, "passwd"), "getpwnam_r", name.c_str());
}

Result<void> NameSources::none_has_account(uid_t uid) const {
    return none_has<passwd>(sources_of(nsswitch_, "passwd"), "getpwuid_r", uid);
}

Result<void> NameSources::none_has_group(const std::string& name) const {
    return none_has<group>(sources_of(nsswitch_, "group"), "getgrnam_r", name.c_str());
}

bool NameSources::begin_with_files() const {
    const Result<std::vector<Source>> sources = sources_of(nsswitch_, "passwd");
    return sources && !sources->empty() && sources->front().name == "files";
}

NameSources::Groups NameSources::groups_of(const std::string& name, gid_t primary) const {
    const Result<std::vector<Source>> sources = sources_of_groups(nsswitch_);
    if (!sources) return {{}, sources.error().detail};
    GroupArray array(primary);
    std::string failure;
    for (const Source& source : *sources) {
        const Library library = library_of(source.name);
        if (failure.empty()) failure = library.failure;
        if (library.handle == nullptr && source.name != "files") continue;
        const auto list = function_of<ListGroups>(library, source.name, "initgroups_dyn");
        if (list == nullptr) continue;
        const Answer answer = without_systemd(source, array.fill(list, name, primary));
        if (is_failure(answer.status) && failure.empty()) failure = failure_of(source, answer.error);
        if (ends_with(source, answer.status)) break;
    }
    return {array.ids(), failure};
}

}  // namespace secondstep
