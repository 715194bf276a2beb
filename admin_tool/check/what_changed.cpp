#include "check/what_changed.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "check/check.h"
#include "check/libpam_here.h"

namespace secondstep::tool {

namespace {

// A link to nothing and a directory are no file, and a file that cannot be looked at is one.
bool has_file(const CheckRequest& request, const std::string& service) {
    std::vector<std::string> directories =
        libpam_here(request.machine.libpam).rules.value_or(LibpamRules{}).directories;
    for (const CheckedPath& directory : request.pam_directories)
        directories.push_back(directory.path);
    return std::ranges::any_of(directories, [&service](const std::string& directory) {
        std::error_code error;
        const auto status = std::filesystem::status(directory + "/" + service, error);
        return status.type() != std::filesystem::file_type::not_found &&
               status.type() != std::filesystem::file_type::directory;
    });
}

}  // namespace

Result<WhatChanged> what_changed(const CheckRequest& request, const ContentFile& file) {
    const auto before = file.read();
    if (!before) return std::unexpected(before.error());
    const CheckReport report = check(request);
    const ServiceExists exists = [&request](const std::string& service) {
        return has_file(request, service);
    };
    WhatChanged out;
    out.is_first = !before->has_value();
    const RememberedCheck known = before->value_or(RememberedCheck{});
    if (!out.is_first) out.worse = what_got_worse(known, report, exists);
    out.next = remembered_after(known, report, exists);
    return out;
}

}  // namespace secondstep::tool
