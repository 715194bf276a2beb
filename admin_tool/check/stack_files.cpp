#include "check/stack_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "check/unread.h"
#include "files/callers_rights.h"
#include "stacks/judgement/stack_findings.h"

namespace fs = std::filesystem;

namespace secondstep::tool {

namespace {

bool is_left_over(const std::string& name) {
    constexpr std::array<std::string_view, 8> endings{"~",          ".bak",      ".orig",    ".dpkg-old",
                                                      ".dpkg-dist", ".dpkg-new", ".rpmsave", ".rpmnew"};
    return name.starts_with('.') || name.starts_with('#') ||
           std::ranges::any_of(endings, [&name](std::string_view ending) { return name.ends_with(ending); });
}

// Something that others include and that is about one part only (common-auth) is no service: alone it does
// what it never does where it is included.
bool is_fragment(const Stack& stack, const std::vector<Stack>& all) {
    const bool included = std::ranges::any_of(all, [&stack](const Stack& other) {
        return std::ranges::find(other.included, stack.service) != other.included.end();
    });
    const bool one_part = std::ranges::all_of(stack.lines, [&stack](const StackLine& line) {
        return line.facility == stack.lines.front().facility;
    });
    return included && one_part;
}

}  // namespace

std::optional<std::string> text_of_file(const std::string& path) {
    std::error_code error;
    if (!fs::is_regular_file(path, error)) return std::nullopt;
    const std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) return std::nullopt;
    return text.str();
}

// The machine's own libpam may know more directories than were thought of (/usr/etc/pam.d).
StackFiles::StackFiles(const CheckRequest& request, LibpamRules rules)
    : request_(request), rules_(std::move(rules)), directories_(request.pam_directories) {
    const CheckRequest usual(Config{}, "");
    const auto paths_of = [](const std::vector<CheckedPath>& directories) {
        std::vector<std::string> paths;
        std::ranges::transform(directories, std::back_inserter(paths), &CheckedPath::path);
        return paths;
    };
    if (request.is_this_machine() && paths_of(directories_) == paths_of(usual.pam_directories)) {
        for (const std::string& path : rules_.directories)
            if (std::ranges::find(directories_, path, &CheckedPath::path) == directories_.end())
                directories_.push_back({.path = path});
    }
    rules_.directories = paths_of(directories_);
}

std::optional<std::string> StackFiles::text_of(const std::string& path) const {
    if (request_.replaced && request_.replaced->path == path) return request_.replaced->text;
    return text_of_file(path);
}

void StackFiles::take_names(const CheckedPath& directory, std::vector<Place>& places, Remarks& unread) const {
    const auto take = [&](const std::string& name) {
        // Programs ask for names in small letters; such a file can only be included.
        const bool is_service = service_name(name) == name && !is_left_over(name);
        if (!is_service || std::ranges::find(places, name, &Place::service) != places.end()) return;
        places.push_back({name, &directory});
    };
    std::error_code error;
    for (fs::directory_iterator entry(directory.path, error); !error && entry != fs::directory_iterator();
         entry.increment(error)) {
        const std::string name = entry->path().filename();
        std::error_code ignored;
        const bool taken_away = request_.replaced && request_.replaced->path == directory.path + "/" + name &&
                                !request_.replaced->text;
        if (!taken_away && !fs::is_directory(entry->path(), ignored)) take(name);
    }
    const fs::path replaced = request_.replaced && request_.replaced->text ? request_.replaced->path : "";
    if (replaced.parent_path() == directory.path) take(replaced.filename());
    // A distribution without stacks of vendors has no second directory.
    const bool is_optional = &directory != &directories_.front();
    if (!error || (is_optional && error == std::errc::no_such_file_or_directory)) return;
    unread.push_back(cannot_be_read(
        directory.path, is_optional ? "what is in it was not checked" : "no PAM stack was checked"));
}

std::vector<StackFiles::Place> StackFiles::places(Remarks& unread) const {
    std::vector<Place> places;
    for (const CheckedPath& directory : directories_) {
        std::optional<CallersRights> rights;
        if (directory.named_by_call) rights.emplace();
        take_names(directory, places, unread);
    }
    std::ranges::sort(places, {}, &Place::service);
    return places;
}

Stack StackFiles::stack_at(const Place& place, Remarks& unread) const {
    std::optional<CallersRights> rights;
    if (place.directory->named_by_call) rights.emplace();
    const std::string path = place.directory->path + "/" + place.service;
    const FileReader read = [this](const std::string& file) { return text_of(file); };
    if (!read(path)) unread.push_back(cannot_be_read(path, "this stack was not checked"));
    return read_stack(rules_, place.service, read);
}

bool StackFiles::names_second_step(const Stack& stack) const {
    for (const CheckedPath& directory : directories_) {
        std::optional<CallersRights> rights;
        if (directory.named_by_call) rights.emplace();
        if (const auto text = text_of(directory.path + "/" + stack.service))
            return text->find(second_step_module) != std::string::npos;
    }
    return false;
}

std::vector<Stack> StackFiles::services(Remarks& unread) const {
    std::vector<Stack> all;
    for (const Place& place : places(unread))
        all.push_back(stack_at(place, unread));
    std::vector<Stack> services;
    std::ranges::copy_if(all, std::back_inserter(services),
                         [&all](const Stack& stack) { return !is_fragment(stack, all); });
    return services;
}

}  // namespace secondstep::tool
