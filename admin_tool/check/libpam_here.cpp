#include "check/libpam_here.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>

#include <algorithm>

#include "base/file.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t largest_library = 16UL * 1024 * 1024;

// Whatever the linker's configuration says, it is the judge. Empty: it finds none.
std::string libpam_of_the_linker() {
    void* const library = ::dlopen("libpam.so.0", RTLD_LAZY | RTLD_LOCAL);
    if (library == nullptr) return {};
    const link_map* map = nullptr;
    const bool known = ::dlinfo(library, RTLD_DI_LINKMAP, static_cast<void*>(&map)) == 0 && map != nullptr;
    std::string path = known ? map->l_name : "";
    ::dlclose(library);
    return path;
}

}  // namespace

std::vector<std::string> module_directories_in(std::string_view bytes) {
    std::vector<std::string> found;
    while (!bytes.empty()) {
        const std::size_t end = std::min(bytes.find('\0'), bytes.size());
        std::string_view word = bytes.substr(0, end);
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
        if (word.ends_with('/')) word.remove_suffix(1);
        const bool is_directory = word.starts_with('/') && word.ends_with("/security");
        if (is_directory && std::ranges::find(found, word) == found.end()) found.emplace_back(word);
    }
    return found;
}

LibpamHere libpam_here(const std::string& path) {
    const std::string file = path.empty() ? libpam_of_the_linker() : path;
    const UniqueFd opened(file.empty() ? -1 : ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (opened.get() < 0) return {};
    const Result<Bytes> content = read_whole(opened.get(), largest_library);
    if (!content) return {};
    const std::string bytes(content->begin(), content->end());
    return {rules_of_library(bytes), module_directories_in(bytes)};
}

}  // namespace secondstep::tool
