#include "migration/import_source.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/text.h"
#include "console/output.h"
#include "console/prompt.h"
#include "files/caller_file.h"
#include "files/secret_file.h"
#include "files/text_encoding.h"
#include "migration/app_export_source.h"
#include "migration/formats/oath_users.h"
#include "migration/formats/otpauth_lines.h"
#include "migration/formats/pskc.h"
#include "migration/formats/source_kind.h"
#include "migration/formats/token_csv.h"
#include "migration/passphrase_seal.h"
#include "migration/pskc_file.h"
#include "qr/picture_files.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t largest_file = std::size_t{64} << 20U;
constexpr std::size_t largest_home_file = std::size_t{64} << 10U;

constexpr std::array<std::pair<std::string_view, ImportKind>, 6> kinds{
    {{"google-authenticator", ImportKind::google_authenticator},
     {"oath", ImportKind::oath},
     {"pskc", ImportKind::pskc},
     {"csv", ImportKind::csv},
     {"otpauth", ImportKind::otpauth},
     {"app-export", ImportKind::app_export}}};

// A file out of somebody's home may have been replaced by a link to what root alone can read.
Result<UniqueFd> open_without_link(const std::string& path) {
    UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW));
    if (!file.valid() && errno == ELOOP)
        return fail(Errc::untrusted, path + " is a symbolic link; name the file itself");
    if (!file.valid()) return fail_errno(path, errno);
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return fail_errno(path, errno);
    if (!S_ISREG(status.st_mode)) return fail(Errc::untrusted, path + " is not a regular file");
    return file;
}

OrExit<HomeFile> file_named(const std::string& path, ImportKind kind) {
    const bool from_home = kind == ImportKind::google_authenticator;
    const auto file = from_home && path != "-" ? open_without_link(path) : open_input(path);
    if (!file) return stop(complain(Exit::unavailable, file.error().detail));
    auto content = read_secret(file->get(), from_home ? largest_home_file : largest_file);
    if (!content) return stop(complain(Exit::refused, path + ": " + content.error().detail));
    return HomeFile{"", path == "-" ? "standard input" : path, std::move(*content)};
}

OrExit<Secret> asked(std::string_view prompt) {
    auto typed = ask(err(), prompt, false);
    if (!typed || typed->empty())
        return stop(complain(Exit::refused, "nothing was entered; nothing is changed"));
    return std::move(*typed);
}

OrExit<Secret> password(const Call& call, std::string_view prompt) {
    const auto file = call.arguments.text("password-file");
    return file ? first_line_of(*file) : asked(prompt);
}

// The texts of the codes in pictures, as lines.
OrExit<HomeFile> pictures(const std::vector<std::string>& paths) {
    const auto texts = texts_in_pictures(paths);
    if (!texts) return stop(texts.error());
    Secret lines;
    for (const Secret& text : *texts) {
        lines.append(text.bytes());
        lines.push_back('\n');
    }
    return HomeFile{"", "the pictures", std::move(lines)};
}

// No XML, whatever it is: nobody has to install anything to be told.
bool is_something_else(std::string_view text) {
    const SourceKind kind = kind_of_source(text);
    const bool is_xml = kind == SourceKind::pskc || kind == SourceKind::safenet || kind == SourceKind::xml;
    return !is_xml && is_sure(kind);
}

// By a reader that root starts as nobody, and not as the account of the service that the work is done with.
OrExit<void> take_apart_pskc(ImportSource& source) {
    const HomeFile& file = source.files.front();
    source.document = read_pskc_file(*file.content);
    if (*source.document || is_fault_of_file(source.document->error())) return {};
    const Error& error = source.document->error();
    if (error.code == Errc::not_found && is_something_else(file.content->text())) return {};
    return stop(complain(error.code == Errc::not_found ? Exit::unavailable : Exit::refused,
                         printable(file.path) + ": " + error.detail));
}

OrExit<void> unlock_pskc(ImportSource& source, const Call& call) {
    if (const auto done = take_apart_pskc(source); !done) return done;
    // What is no PSKC at all is for the report to say.
    const auto protection = protection_of_pskc(*source.document);
    if (!protection) return {};
    if (*protection == PskcProtection::password) {
        auto typed = password(call, "Password of the file: ");
        if (!typed) return stop(typed.error());
        source.unlock.password = std::move(*typed);
    } else if (*protection == PskcProtection::pre_shared_key) {
        const auto file = call.arguments.text("key-file");
        auto text = file ? first_line_of(*file) : asked("Key of the file, in hexadecimal: ");
        if (!text) return stop(text.error());
        auto key = pre_shared_key_of(text->text());
        if (!key) return stop(complain(Exit::refused, key.error().detail));
        source.unlock.key = std::move(*key);
    }
    return {};
}

// What `secondstep export` sealed.
OrExit<void> open_export(ImportSource& source, const Call& call) {
    Result<Secret>& content = source.files.front().content;
    if (!content || !is_sealed_with_passphrase(content->text())) return {};
    const auto typed = password(call, "Passphrase of the file: ");
    if (!typed) return stop(typed.error());
    auto opened = open_with_passphrase(*content, *typed);
    if (!opened) return stop(complain(Exit::refused, opened.error().detail));
    content = std::move(*opened);
    return {};
}

OrExit<void> read_files(ImportSource& source, const Call& call) {
    const auto& words = call.arguments.operands();
    if (call.arguments.is_on("all-homes")) {
        auto homes = files_in_homes(".google_authenticator", largest_home_file);
        if (!homes) return stop(homes.error());
        source.files = std::move(*homes);
        return {};
    }
    auto file =
        call.arguments.has("qr") ? pictures(call.arguments.texts("qr")) : file_named(words[1], source.kind);
    if (!file) return stop(file.error());
    file->user = call.arguments.text("user").value_or("");
    source.files.push_back(std::move(*file));
    return {};
}

// A reading without an account, when the file is of another kind than the one asked for, or has nothing at
// all: the one sentence that says what it is, and no error for each of its lines.
Result<Reading> named(Result<Reading> reading, std::string_view text, ImportKind kind, const HomeFile& file) {
    if (reading && !reading->accounts.empty()) return reading;
    const bool silent = reading && reading->unusable.empty();
    if (!silent && !is_sure(kind_of_source(text))) return reading;
    const auto instead = found_instead(text, to_text(kind));
    if (!instead && !silent) return reading;
    Reading nothing;
    nothing.unusable.push_back({printable(file.path), instead.value_or("no key was found in it.")});
    return nothing;
}

OrExit<ImportSource> with_key_of_app_export(ImportSource source, const Call& call) {
    const std::string& path = call.arguments.operands()[1];
    auto key = key_of_app_export(call, path);
    if (!key) return stop(key.error());
    source.chosen = std::move(*key);
    source.files.push_back({*call.arguments.text("user"), path == "-" ? "standard input" : path, Secret()});
    return source;
}

std::string instead_of_file(ImportKind kind) {
    if (kind == ImportKind::google_authenticator) return ", or --all-homes";
    return kind == ImportKind::otpauth ? ", or --qr PICTURE" : "";
}

OrExit<void> check_words(ImportKind kind, const Call& call) {
    const bool homes = call.arguments.is_on("all-homes");
    const bool qr = call.arguments.has("qr");
    const bool google = kind == ImportKind::google_authenticator;
    if ((homes && !google) || (qr && kind != ImportKind::otpauth))
        return stop(complain(Exit::usage, "--all-homes is for google-authenticator, --qr for otpauth"));
    if (call.arguments.operands().size() + (homes || qr ? 1 : 0) != 2)
        return stop(complain(Exit::usage, "import: one file is read" + instead_of_file(kind) +
                                              "; see secondstep import --help"));
    if (call.arguments.has("key-file") && kind != ImportKind::pskc)
        return stop(complain(Exit::usage, "--key-file is for pskc"));
    if (call.arguments.has("password-file") && (google || kind == ImportKind::oath))
        return stop(complain(Exit::usage, "--password-file is for pskc, csv, otpauth and app-export"));
    const bool app = kind == ImportKind::app_export;
    if (call.arguments.has("choose") && !app)
        return stop(complain(Exit::usage, "--choose is for app-export"));
    if (app && !call.arguments.has("user"))
        return stop(complain(Exit::usage, "import app-export takes FILE --user NAME: whose key it is"));
    if (google && homes == call.arguments.has("user"))
        return stop(
            complain(Exit::usage, "import google-authenticator takes FILE --user NAME, or --all-homes"));
    return {};
}

}  // namespace

std::optional<ImportKind> import_kind_of(std::string_view word) {
    for (const auto& [known, kind] : kinds) {
        if (known == word) return kind;
    }
    return std::nullopt;
}

OrExit<ImportSource> ImportSource::gather(const Call& call) {
    const auto& words = call.arguments.operands();
    const auto kind = words.empty() ? std::nullopt : import_kind_of(words.front());
    if (!kind) {
        return stop(
            complain(Exit::usage,
                     "import takes one of google-authenticator, oath, pskc, csv, otpauth and app-export"));
    }
    if (const auto good = check_words(*kind, call); !good) return stop(good.error());
    ImportSource source{*kind, {}, {}, {}, {}};
    if (*kind == ImportKind::app_export) return with_key_of_app_export(std::move(source), call);
    if (const auto read = read_files(source, call); !read) return stop(read.error());
    OrExit<void> opened;
    if (*kind == ImportKind::pskc) opened = unlock_pskc(source, call);
    if (*kind == ImportKind::csv || *kind == ImportKind::otpauth) opened = open_export(source, call);
    if (!opened) return stop(opened.error());
    return source;
}

std::string_view to_text(ImportKind kind) {
    const auto known = std::ranges::find(kinds, kind, &std::pair<std::string_view, ImportKind>::second);
    return known == kinds.end() ? "" : known->first;
}

Result<Reading> ImportSource::parse(const HomeFile& file, const ImportLimits& limits,
                                    const ColumnChoice& columns) const {
    if (chosen) return read_app_key(chosen->clone(), file.user, file.path);
    if (!file.content) return std::unexpected(file.content.error());
    const std::string_view text = file.content->text();
    // XML says itself in what it is written.
    const TextEncoding encoding = kind == ImportKind::pskc ? TextEncoding::utf8 : encoding_of(text);
    if (encoding == TextEncoding::utf8)
        return named(parse_text(text, file, limits, columns), text, kind, file);
    const auto utf8 = in_utf8(text, encoding);
    if (!utf8) return fail(Errc::invalid, printable(file.path) + ": " + utf8.error().detail);
    auto reading = named(parse_text(utf8->text(), file, limits, columns), utf8->text(), kind, file);
    if (reading) reading->remarks.emplace_back("It is in UTF-16.");
    return reading;
}

Result<Reading> ImportSource::parse_text(std::string_view text, const HomeFile& file,
                                         const ImportLimits& limits, const ColumnChoice& columns) const {
    switch (kind) {
        case ImportKind::google_authenticator:
            return read_google_authenticator({text, file.user, file.path}, limits);
        case ImportKind::oath:
            return read_oath_users(text, file.path, limits.now);
        case ImportKind::pskc:
            return read_pskc(*document, file.path, unlock);
        case ImportKind::csv:
            return read_token_csv(text, file.path, columns);
        case ImportKind::otpauth:
        case ImportKind::app_export:  // has been read
            break;
    }
    return read_otpauth_lines(text, file.path);
}

}  // namespace secondstep::tool
