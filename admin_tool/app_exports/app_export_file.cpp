#include "app_exports/app_export_file.h"

#include <utility>

#include "base/text.h"
#include "console/output.h"
#include "console/prompt.h"
#include "files/caller_file.h"
#include "files/callers_rights.h"
#include "files/secret_file.h"

namespace secondstep::tool {

namespace {

std::string shown(const std::string& path) {
    return path == "-" ? "standard input" : printable(path);
}

// Names of its entries are going to be shown.
OrExit<UniqueFd> opened(const std::string& path) {
    const CallersRights rights;
    auto file = open_input(path);
    if (!file) return stop(complain(Exit::unavailable, file.error().detail + rights.explained()));
    return std::move(*file);
}

OrExit<Secret> content_of(const std::string& path) {
    const auto file = opened(path);
    if (!file) return stop(file.error());
    auto content = read_secret(file->get(), largest_app_export);
    if (!content) return stop(complain(Exit::refused, shown(path) + ": " + content.error().detail));
    return std::move(*content);
}

OrExit<Secret> asked_password(const std::optional<std::string>& password_file) {
    if (password_file) return first_line_of(*password_file);
    auto typed = ask(err(), "Password of the export: ", false);
    if (typed && !typed->empty()) return std::move(*typed);
    return stop(
        complain(Exit::refused,
                 "the export is encrypted, and no password was entered (--password-file FILE); nothing is "
                 "changed"));
}

}  // namespace

OrExit<AppExport> open_app_export(const std::string& path, const std::optional<std::string>& password_file) {
    const auto content = content_of(path);
    if (!content) return stop(content.error());
    std::optional<Secret> password;
    if (is_encrypted_app_export(content->text())) {
        auto typed = asked_password(password_file);
        if (!typed) return stop(typed.error());
        password = std::move(*typed);
    }
    auto read = read_app_export(content->text(), password ? &*password : nullptr);
    if (!read) return stop(complain(Exit::refused, shown(path) + ": " + read.error().detail));
    return std::move(*read);
}

}  // namespace secondstep::tool
