#include "pam_change/pending_change.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/text.h"

namespace fs = std::filesystem;

namespace secondstep::tool {

namespace {

constexpr std::size_t longest_note = 1 << 20;

ByteView bytes_of(const std::string& text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Result<void> put(int directory, const char* name, const std::string& text) {
    const auto placed = write_durably(directory, name, bytes_of(text), 0600);
    return placed ? Result<void>{} : std::unexpected(placed.error());
}

Result<std::string> text_of(int directory, const char* name) {
    const UniqueFd file(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid() && errno == ENOENT) return fail(Errc::not_found, std::string(name) + " is missing");
    if (!file.valid()) return fail_errno(name, errno);
    const auto content = read_whole(file.get(), longest_note);
    if (!content) return std::unexpected(content.error());
    return std::string(content->begin(), content->end());
}

// A file with one line.
Result<std::string> line_of(int directory, const char* name) {
    auto text = text_of(directory, name);
    if (text && text->ends_with('\n')) text->pop_back();
    return text;
}

Result<UnixTime> time_of(int directory, const char* name) {
    const auto line = line_of(directory, name);
    if (!line) return std::unexpected(line.error());
    const auto seconds = parse_number<std::int64_t>(*line);
    if (!seconds) return fail(Errc::damaged, std::string(name) + " holds no time");
    return from_unix(*seconds);
}

std::string_view to_text(PendingChange::Kind kind) {
    return kind == PendingChange::Kind::addition ? "add" : "remove";
}

// One word or line of each file; the first that fails is the error.
class Fields {
  public:
    explicit Fields(int directory) : directory_(directory) {}
    void take(const char* name, std::string& into) { keep(line_of(directory_, name), into); }
    void take(const char* name, UnixTime& into) { keep(time_of(directory_, name), into); }
    void take_whole(const char* name, std::string& into) { keep(text_of(directory_, name), into); }
    [[nodiscard]] const Result<void>& done() const { return done_; }

  private:
    template <typename T>
    void keep(Result<T> read, T& into) {
        if (read) into = std::move(*read);
        if (!read && done_) done_ = std::unexpected(read.error());
    }
    int directory_;
    Result<void> done_;
};

Result<PendingChange> read_from(int directory) {
    PendingChange out;
    std::string way;
    std::string kind;
    Fields fields(directory);
    fields.take("service", out.service);
    fields.take("path", out.path);
    fields.take("way", way);
    fields.take("kind", kind);
    fields.take("made", out.made);
    fields.take("due", out.due);
    fields.take("log", out.log);
    fields.take_whole("after", out.after);
    if (!fields.done()) return std::unexpected(fields.done().error());
    const auto named = restore_way_named(way);
    if (!named || (kind != "add" && kind != "remove")) return fail(Errc::damaged, "unknown words");
    out.way = *named;
    out.kind = kind == "add" ? PendingChange::Kind::addition : PendingChange::Kind::removal;
    if (::faccessat(directory, "created", F_OK, AT_SYMLINK_NOFOLLOW) == 0) return out;
    auto before = text_of(directory, "before");
    if (!before) return std::unexpected(before.error());
    out.before = std::move(*before);
    return out;
}

Result<void> write_to(int directory, const PendingChange& change, const ServiceFile& file) {
    const auto seconds = [](UnixTime time) { return std::to_string(to_unix(time)) + "\n"; };
    auto done = put(directory, "service", change.service + "\n");
    if (done) done = put(directory, "path", change.path + "\n");
    if (done) done = put(directory, "way", std::string(to_text(change.way)) + "\n");
    if (done) done = put(directory, "kind", std::string(to_text(change.kind)) + "\n");
    if (done) done = put(directory, "made", seconds(change.made));
    if (done) done = put(directory, "due", seconds(change.due));
    if (done) done = put(directory, "log", change.log + "\n");
    if (done) done = put(directory, "after", change.after);
    // With owner, mode and label: the shell that puts it back cannot know them otherwise.
    if (done) done = file.is_vendors() ? put(directory, "created", "") : file.copy_to(directory, "before");
    return done ? fsync_directory(directory) : done;
}

Result<void> check_own(int directory, const std::string& path) {
    struct stat about{};
    if (::fstat(directory, &about) != 0) return fail_errno(path, errno);
    if (about.st_uid == ::geteuid() && (about.st_mode & 0077U) == 0) return {};
    return fail(Errc::untrusted, path + " must be root's alone: chown root and chmod 0700 it");
}

}  // namespace

Result<PendingChanges> PendingChanges::open(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno(path, errno);
    auto directory = open_directory_at(AT_FDCWD, path.c_str());
    if (!directory) return std::unexpected(directory.error());
    if (auto own = check_own(directory->get(), path); !own) return std::unexpected(own.error());
    UniqueFd lock(::openat(directory->get(), "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!lock.valid()) return fail_errno(path + "/lock", errno);
    if (auto locked = try_lock(lock.get()); !locked) {
        if (locked.error().code != Errc::busy) return std::unexpected(locked.error());
        return fail(Errc::busy, "another secondstep pam is at work: wait until it has ended, and try again");
    }
    return PendingChanges(path, std::move(*directory), std::move(lock));
}

Result<std::optional<PendingChange>> PendingChanges::look(const std::string& path) {
    const auto directory = open_directory_at(AT_FDCWD, (path + "/pending").c_str());
    if (!directory && directory.error().code == Errc::not_found) return std::nullopt;
    if (!directory) return std::unexpected(directory.error());
    auto read = read_from(directory->get());
    if (read) return std::optional(std::move(*read));
    // What is being put back at this moment has moved away.
    if (::access((path + "/pending").c_str(), F_OK) != 0 && errno == ENOENT) return std::nullopt;
    return fail(Errc::damaged, path + "/pending: " + read.error().detail);
}

Result<void> PendingChanges::begin(const PendingChange& change, const ServiceFile& file) const {
    std::error_code error;
    fs::remove_all(path_ + "/pending.new", error);
    if (::mkdirat(directory_.get(), "pending.new", 0700) != 0)
        return fail_errno(path_ + "/pending.new", errno);
    const auto made = open_directory_at(directory_.get(), "pending.new");
    if (!made) return std::unexpected(made.error());
    auto done = write_to(made->get(), change, file);
    if (done && ::renameat(directory_.get(), "pending.new", directory_.get(), "pending") != 0) {
        done = errno == ENOTEMPTY || errno == EEXIST
                   ? Result<void>(fail(Errc::exists, "another change is pending"))
                   : Result<void>(fail_errno(path_ + "/pending", errno));
    }
    if (!done) fs::remove_all(path_ + "/pending.new", error);
    return done ? fsync_directory(directory_.get()) : done;
}

Result<void> PendingChanges::end(const PendingChange& change, std::string_view how) const {
    if (::mkdirat(directory_.get(), "backup", 0700) != 0 && errno != EEXIST)
        return fail_errno(path_ + "/backup", errno);
    const std::string name =
        "backup/" + std::to_string(to_unix(change.made)) + "-" + change.service + "-" + std::string(how);
    for (unsigned i = 1;; ++i) {  // several changes of one second
        const std::string free = i == 1 ? name : name + "." + std::to_string(i);
        if (::renameat(directory_.get(), "pending", directory_.get(), free.c_str()) == 0) break;
        if ((errno != ENOTEMPTY && errno != EEXIST) || i == 100) return fail_errno(path_ + "/" + free, errno);
    }
    return fsync_directory(directory_.get());
}

bool PendingChanges::has_backup(const std::string& service, const std::string& text) const {
    std::error_code error;
    for (fs::directory_iterator entry(path_ + "/backup", error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        const auto directory = open_directory_at(AT_FDCWD, entry->path().c_str());
        const auto change = directory ? read_from(directory->get()) : fail(Errc::io, "");
        if (change && change->service == service && change->before == text) return true;
    }
    return false;
}

}  // namespace secondstep::tool
