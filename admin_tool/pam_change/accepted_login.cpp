#include "pam_change/accepted_login.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "paths.h"
#include "process/program_output.h"

namespace secondstep::tool {

namespace {

using Json = nlohmann::json;

constexpr std::array<const char*, 3> log_files{"/var/log/auth.log", "/var/log/secure", "/var/log/messages"};
constexpr std::size_t most_of_a_file = 16 << 20;
// Newest first, and so many that they fit into what is taken of a program's output.
constexpr const char* most_lines = "--lines=150";

// The value of "key=value" in a line of secondstepd: `rhost="x service=sshd"` has no service.
std::string field(std::string_view message, std::string_view key) {
    while (!message.empty()) {
        const std::size_t equals = message.find('=');
        if (equals == std::string_view::npos) return "";
        const bool found = message.substr(0, equals) == key;
        message.remove_prefix(equals + 1);
        std::string value;
        const bool quoted = message.starts_with('"');
        std::size_t i = quoted ? 1 : 0;
        for (; i < message.size() && message[i] != (quoted ? '"' : ' '); ++i) {
            if (quoted && message[i] == '\\' && i + 1 < message.size()) ++i;
            value += message[i];
        }
        if (found) return value;
        message.remove_prefix(std::min(message.size(), i + (quoted ? 2 : 1)));
    }
    return "";
}

bool is_accepted(const LogLine& line, const std::string& service) {
    return line.by_service && field(line.message, "verdict") == "accepted" &&
           field(line.message, "service") == service;
}

bool is_session(const LogLine& line, const std::string& service) {
    return line.by_root &&
           line.message.starts_with("pam_unix(" + service + ":session): session opened for user ");
}

std::string text_in(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// As the kernel names it: where /usr/sbin is a link to /usr/bin, it is in the latter.
std::string service_program() {
    std::error_code error;
    const auto path = std::filesystem::canonical(paths::service_program, error);
    return error ? paths::service_program : path.string();
}

// su(1) opens sessions under the uid of who called it.
bool is_set_uid_of_root(const std::string& program) {
    struct stat about{};
    return program.starts_with('/') && ::stat(program.c_str(), &about) == 0 && about.st_uid == 0 &&
           (about.st_mode & S_ISUID) != 0;
}

// After the word that names the program: "sshd[80]: pam_unix(...". Nothing if the line has no such word.
std::optional<std::string_view> message_of(std::string_view line, std::string_view program) {
    const std::size_t end = line.find(": ");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view head = line.substr(0, end);
    std::string_view word = head.substr(head.rfind(' ') + 1);
    word = word.substr(0, word.find('['));
    if (!program.empty() && word != program) return std::nullopt;
    return line.substr(end + 2);
}

Result<std::string> tail_of(const std::string& path, ino_t inode, off_t offset) {
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat about{};
    if (!file.valid() || ::fstat(file.get(), &about) != 0) return fail_errno(path, errno);
    if (!S_ISREG(about.st_mode)) return fail(Errc::io, path + " is no file");
    // Another file, or a shorter one: it was rotated, and is about later times only.
    const off_t from = about.st_ino == inode && about.st_size >= offset ? offset : 0;
    std::string text(std::min(static_cast<std::size_t>(about.st_size - from), most_of_a_file), '\0');
    const ssize_t size =
        ::pread(file.get(), text.data(), text.size(), about.st_size - static_cast<off_t>(text.size()));
    if (size < 0) return fail_errno(path, errno);
    text.resize(static_cast<std::size_t>(size));
    return text;
}

Result<std::vector<LogLine>> asked_journal(const LoginWanted& wanted,
                                           const std::vector<std::string>& matches) {
    std::vector<std::string> words{"journalctl",
                                   "--quiet",
                                   "--no-pager",
                                   "--output=json",
                                   "--reverse",
                                   "--all",
                                   most_lines,
                                   "--since=@" + std::to_string(to_unix(wanted.since)),
                                   "--output-fields=_UID,_EXE,MESSAGE"};
    words.insert(words.end(), matches.begin(), matches.end());
    const auto done = process::output_of(words, std::chrono::seconds(30));
    if (!done) return std::unexpected(done.error());
    if (done->status != 0)
        return fail(Errc::io, "journalctl did not succeed: " + printable(done->err.substr(0, 300)));
    return lines_of_journal(done->out, wanted.service_uid);
}

Result<bool> journal_shows(const LoginWanted& wanted) {
    auto lines = asked_journal(wanted, {"_EXE=" + service_program()});
    if (!lines) return std::unexpected(lines.error());
    const auto others = asked_journal(wanted, {"SYSLOG_FACILITY=10", "SYSLOG_FACILITY=4"});
    if (!others) return std::unexpected(others.error());
    lines->insert(lines->end(), others->begin(), others->end());
    return shows(*lines, wanted);
}

}  // namespace

bool shows(const std::vector<LogLine>& lines, const LoginWanted& wanted) {
    constexpr auto latest = std::chrono::microseconds::max();
    auto accepted = wanted.verdict ? latest : std::chrono::microseconds(wanted.since.time_since_epoch());
    for (const LogLine& line : lines)
        if (wanted.verdict && is_accepted(line, wanted.service)) accepted = std::min(accepted, line.time);
    if (accepted == latest) return false;
    if (!wanted.session) return wanted.verdict;
    return std::ranges::any_of(lines, [&](const LogLine& line) {
        return is_session(line, wanted.service) && (!wanted.verdict || line.time >= accepted);
    });
}

std::vector<LogLine> lines_of_journal(std::string_view json, unsigned service_uid) {
    const std::string service = service_program();
    std::vector<LogLine> out;
    for (const std::string_view text : split(json, '\n')) {
        const Json object = Json::parse(text, nullptr, false);
        if (!object.is_object()) continue;
        LogLine line;
        const auto time = parse_number<std::int64_t>(text_in(object, "__REALTIME_TIMESTAMP"));
        const auto uid = parse_number<unsigned>(text_in(object, "_UID"));
        const std::string program = text_in(object, "_EXE");
        if (!time || !uid) continue;
        line.time = std::chrono::microseconds(*time);
        line.by_service = program == service && (*uid == 0 || *uid == service_uid);
        line.by_root = *uid == 0 || is_set_uid_of_root(program);
        line.message = text_in(object, "MESSAGE");
        out.push_back(std::move(line));
    }
    return out;
}

std::vector<LogLine> lines_of_file(std::string_view text) {
    std::vector<LogLine> out;
    for (const std::string_view each : split(text, '\n')) {
        LogLine line;
        line.time = std::chrono::microseconds(out.size());
        const auto of_service = message_of(each, "secondstepd");
        const auto message = of_service ? of_service : message_of(each, "");
        line.by_service = of_service.has_value();
        line.by_root = true;
        if (message) line.message = *message;
        out.push_back(std::move(line));
    }
    return out;
}

std::string end_of_log() {
    if (::access("/run/systemd/journal/socket", F_OK) == 0) return "journal";
    for (const char* path : log_files) {
        struct stat about{};
        if (::stat(path, &about) == 0 && S_ISREG(about.st_mode))
            return std::string(path) + " " + std::to_string(about.st_ino) + " " +
                   std::to_string(about.st_size);
    }
    return "none";
}

Result<bool> login_is_logged(const std::string& log, const LoginWanted& wanted) {
    if (log == "journal") return journal_shows(wanted);
    const auto words = split(log, ' ');
    const auto inode = words.size() == 3 ? parse_number<ino_t>(words[1]) : std::nullopt;
    const auto offset = words.size() == 3 ? parse_number<off_t>(words[2]) : std::nullopt;
    if (!inode || !offset) return fail(Errc::not_found, "there is neither a journal nor /var/log/auth.log");
    const auto text = tail_of(std::string(words[0]), *inode, *offset);
    if (!text) return std::unexpected(text.error());
    return shows(lines_of_file(*text), wanted);
}

}  // namespace secondstep::tool
