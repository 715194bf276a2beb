#include "enrollment/bulk_output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/text.h"
#include "files/caller_file.h"
#include "files/csv.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t chunk = 65536;

// Lines of a file that holds secrets.
class SecretLines {
  public:
    explicit SecretLines(int fd) : fd_(fd), buffer_(chunk) {}

    // The next complete line with its '\n'; nothing at the end. What stands after the last '\n' is no line.
    Result<std::optional<Secret>> next() {
        Secret line;
        for (;;) {
            const auto more = fill();
            if (!more) return std::unexpected(more.error());
            if (!*more) return std::nullopt;
            const std::string_view rest = buffer_.text().substr(at_, end_ - at_);
            const std::size_t newline = rest.find('\n');
            const std::size_t size = newline == std::string_view::npos ? rest.size() : newline + 1;
            line.append(rest.substr(0, size));
            at_ += size;
            if (newline != std::string_view::npos) return line;
        }
    }

  private:
    Result<bool> fill() {
        if (at_ < end_) return true;
        ssize_t n = ::pread(fd_, buffer_.bytes().data(), buffer_.size(), offset_);
        while (n < 0 && errno == EINTR)
            n = ::pread(fd_, buffer_.bytes().data(), buffer_.size(), offset_);
        if (n < 0) return fail_errno("reading the output file", errno);
        at_ = 0;
        end_ = static_cast<std::size_t>(n);
        offset_ += n;
        return n > 0;
    }

    int fd_;
    Secret buffer_;
    off_t offset_ = 0;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
};

// "alice,..." => alice; "\"a\"\"b\",..." => a"b
std::string first_field(std::string_view line) {
    if (!line.starts_with('"')) return std::string(line.substr(0, line.find(',')));
    std::string field;
    for (std::size_t i = 1; i < line.size(); ++i) {
        if (line[i] == '"' && (i + 1 >= line.size() || line[i + 1] != '"')) break;
        if (line[i] == '"') ++i;
        field += line[i];
    }
    return field;
}

bool has_authenticator(const Account& account, std::string_view id) {
    if (!account.credential) return false;
    return std::ranges::any_of(account.credential->authenticators,
                               [&](const Authenticator& each) { return hex(each.id) == id; });
}

bool is_right(const AccountStore& store, const Secret& line) {
    const std::string_view text = line.text().substr(0, line.size() - 1);
    const std::size_t comma = text.rfind(',');
    const auto account = AccountName::create(first_field(text));
    if (!account || comma == std::string_view::npos) return false;
    const auto present = store.read(RecordName::of(*account));
    return !present || has_authenticator(*present, text.substr(comma + 1));
}

Result<void> flush(Secret& lines, int to) {
    auto written = write_all(to, lines.text(), "the output file");
    lines.wipe();
    return written;
}

}  // namespace

void append_bulk_line(Secret& lines, const AccountName& account, const Secret& uri,
                      const std::vector<Secret>& codes, const AuthenticatorId& id) {
    lines.append(csv_field(account.text()));
    lines.push_back(',');
    lines.append(uri.text());
    lines.push_back(',');
    for (std::size_t i = 0; i < codes.size(); ++i) {
        if (i > 0) lines.push_back(' ');
        lines.append(codes[i].text());
    }
    lines.append("," + hex(id) + "\n");
}

Result<void> copy_right_lines(const AccountStore& store, int from, int to) {
    SecretLines input(from);
    Secret lines = Secret::copy_of(bulk_header);
    auto line = input.next();  // the header
    for (line = input.next(); line && *line; line = input.next()) {
        if (!is_right(store, **line)) continue;
        lines.append((*line)->text());
        if (lines.size() < chunk) continue;
        if (auto written = flush(lines, to); !written) return written;
    }
    if (!line) return std::unexpected(line.error());
    if (auto written = flush(lines, to); !written) return written;
    return ::fsync(to) == 0 ? Result<void>() : Result<void>(fail_errno("the output file", errno));
}

BulkFile::BulkFile(std::string path, UniqueFd directory, std::string name, UniqueFd file)
    : path_(std::move(path)),
      directory_(std::move(directory)),
      name_(std::move(name)),
      file_(std::move(file)) {}

Result<BulkFile> BulkFile::open(const std::string& path) {
    const auto parts = split_path(path);
    if (!parts) return std::unexpected(parts.error());
    auto directory = open_directory(parts->directory);
    if (!directory) return std::unexpected(directory.error());
    constexpr int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    UniqueFd file(::openat(directory->get(), parts->name.c_str(), flags, 0600));
    if (!file.valid() && errno == ELOOP)
        return fail(Errc::untrusted, path + " is a symbolic link: name the file itself");
    if (!file.valid()) return fail_errno(path, errno);
    BulkFile opened(path, std::move(*directory), parts->name, std::move(file));
    if (auto claimed = opened.claim(); !claimed) return std::unexpected(claimed.error());
    if (auto headed = opened.check_or_write_header(); !headed) return std::unexpected(headed.error());
    return opened;
}

Result<void> BulkFile::claim() {
    struct stat info{};
    if (::fstat(fd(), &info) != 0) return fail_errno(path_, errno);
    if (!S_ISREG(info.st_mode) || info.st_nlink != 1 || info.st_uid != ::geteuid() ||
        (info.st_mode & 0077U) != 0) {
        return fail(Errc::untrusted,
                    path_ + " is not a file of yours that nobody else can read: choose a new name");
    }
    auto locked = try_lock(fd());
    if (!locked && locked.error().code == Errc::busy) {
        return fail(Errc::busy, "another run is writing " + path_ + ": wait for its end");
    }
    if (locked && !still_has_its_name())
        return fail(Errc::busy, path_ + " was just replaced by another run: try again");
    return locked;
}

bool BulkFile::still_has_its_name() const {
    struct stat by_name{};
    struct stat by_fd{};
    return ::fstatat(directory_.get(), name_.c_str(), &by_name, AT_SYMLINK_NOFOLLOW) == 0 &&
           ::fstat(fd(), &by_fd) == 0 && by_name.st_dev == by_fd.st_dev && by_name.st_ino == by_fd.st_ino;
}

Result<void> BulkFile::check_or_write_header() {
    std::array<char, bulk_header.size()> begin{};
    const ssize_t n = ::pread(fd(), begin.data(), begin.size(), 0);
    if (n < 0) return fail_errno(path_, errno);
    const std::string_view present(begin.data(), static_cast<std::size_t>(n));
    if (present == bulk_header) return {};
    if (!bulk_header.starts_with(present)) {
        return fail(Errc::exists,
                    path_ + " is there already and is not the output of enroll --bulk: choose another name");
    }
    // New, or cut off while the header was written: there can be no line yet.
    if (::ftruncate(fd(), 0) != 0) return fail_errno(path_, errno);
    if (auto written = write_durable_text(fd(), bulk_header, path_); !written) return written;
    return fsync_directory(directory_.get());
}

bool BulkFile::has_lines() const {
    struct stat info{};
    return ::fstat(fd(), &info) == 0 && info.st_size > static_cast<off_t>(bulk_header.size());
}

Result<UniqueFd> BulkFile::begin_replacement() const {
    drop_replacement();
    const std::string name = replacement_name();
    UniqueFd file(
        ::openat(directory_.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.valid() || ::fchmod(file.get(), 0600) != 0)
        return fail_errno(path_ + " (its replacement)", errno);
    // Locked before it takes the name, so that no other run finds it free.
    if (auto locked = try_lock(file.get()); !locked) return std::unexpected(locked.error());
    return file;
}

Result<void> BulkFile::replace(UniqueFd replacement) {
    const std::string name = replacement_name();
    if (::renameat(directory_.get(), name.c_str(), directory_.get(), name_.c_str()) != 0)
        return fail_errno(path_, errno);
    file_ = std::move(replacement);
    return fsync_directory(directory_.get());
}

void BulkFile::drop_replacement() const noexcept {
    ::unlinkat(directory_.get(), replacement_name().c_str(), 0);
}

}  // namespace secondstep::tool
