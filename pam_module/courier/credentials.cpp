#include "courier/credentials.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "base/file.h"
#include "base/text.h"
#include "policy/config_text.h"

namespace secondstep::courier {
namespace {

constexpr std::size_t largest_file = 8192;

class Parser {
  public:
    explicit Parser(const std::string& name) : name_(name) {}

    Result<void> take(std::string_view line) {
        ++line_;
        if (line.ends_with('\r')) line.remove_suffix(1);
        line = trimmed(line);
        if (line.empty() || line.front() == '#') return {};
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) return wrong("is not of the form: key = value");
        const std::string_view key = trimmed(line.substr(0, equals));
        const std::string_view value = trimmed(line.substr(equals + 1));
        // It becomes part of a protocol's line, or of a header.
        if (value.empty() || has_control_characters(value)) return wrong("has no value that can be used");
        return set(key, value);
    }

    Result<Credentials> finish() && { return std::move(credentials_); }

  private:
    // What stands in the line may be a password that lost its key: it is not repeated.
    [[nodiscard]] std::unexpected<Error> wrong(const std::string& what) const {
        return fail(Errc::invalid, position(name_, line_) + "the line " + what);
    }

    Result<void> set(std::string_view key, std::string_view value) {
        if (key == "mail_user") return set_user(credentials_.mail_user, value);
        if (key == "sms_user") return set_user(credentials_.sms_user, value);
        if (key == "mail_password") return set_password(credentials_.mail_password, value);
        if (key == "sms_password") return set_password(credentials_.sms_password, value);
        return wrong("has a key other than mail_user, mail_password, sms_user, sms_password");
    }

    Result<void> set_user(std::string& target, std::string_view value) {
        if (!target.empty()) return wrong("repeats a key");
        target = value;
        return {};
    }

    Result<void> set_password(Secret& target, std::string_view value) {
        if (!target.empty()) return wrong("repeats a key");
        target = Secret::copy_of(value);
        return {};
    }

    std::string name_;
    unsigned line_ = 0;
    Credentials credentials_;
};

Result<Secret> read_secret(int fd) {
    struct stat status{};
    if (::fstat(fd, &status) != 0) return fail_errno("fstat", errno);
    Secret content(static_cast<std::size_t>(status.st_size));
    if (const Result<void> done = read_at(fd, 0, content.bytes()); !done)
        return std::unexpected(done.error());
    return content;
}

}  // namespace

Result<Credentials> load_credentials(const std::string& path, uid_t owner) {
    const FileTrust trust{.owner = owner, .root_too = true, .forbidden = 0077, .max_size = largest_file};
    const Result<UniqueFd> file = open_trusted(AT_FDCWD, path.c_str(), O_RDONLY, trust);
    if (!file && file.error().code == Errc::not_found) return Credentials{};
    if (!file) return fail(file.error().code, path + ": " + file.error().detail);
    const Result<Secret> content = read_secret(file->get());
    if (!content) return fail(content.error().code, path + ": " + content.error().detail);
    return parse_credentials(content->text(), path);
}

Result<Credentials> parse_credentials(std::string_view text, const std::string& name) {
    Parser parser(name);
    for (const std::string_view line : split(text, '\n')) {
        if (const Result<void> taken = parser.take(line); !taken) return std::unexpected(taken.error());
    }
    return std::move(parser).finish();
}

}  // namespace secondstep::courier
