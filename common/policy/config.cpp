#include "policy/config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <system_error>

#include "base/file.h"
#include "policy/config_assembly.h"
#include "policy/config_text.h"
#include "policy/options.h"

namespace secondstep {
namespace {

constexpr std::size_t largest_file = 1024UL * 1024;

// FNV-1a: of what root alone writes, so that nobody looks for two texts with the same.
class Fingerprint {
  public:
    void take(std::string_view text) {
        for (const char byte : text)
            hash_ = (hash_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
        hash_ = (hash_ ^ 0x100U) * 0x100000001b3ULL;  // an end, which no byte is
    }
    [[nodiscard]] std::string text() const { return std::to_string(hash_); }

  private:
    std::uint64_t hash_ = 0xcbf29ce484222325ULL;
};

// Options before the first header, then rules.
class ConfigReader {
  public:
    void take(const ConfigText& text) {
        assembly_.add_problems_of(text);
        for (const ConfigSection& section : text.sections)
            take(section);
    }
    void take_file(const std::string& path, std::string_view text) {
        fingerprint_.take(path);
        fingerprint_.take(text);
        config_.fingerprint = fingerprint_.text();
        take(split_config(text, path));
    }
    void add_problem(Errc code, const std::string& sentence) { assembly_.add_problem(code, sentence); }

    // Errors: what was wrong with everything that was taken, and what was added.
    Result<Config> finish() && {
        if (const Result<void> right = assembly_.finish(); !right) return std::unexpected(right.error());
        return std::move(config_);
    }

  private:
    void take(const ConfigSection& section) {
        if (section.name.empty()) {
            for (const ConfigEntry& entry : section.entries)
                apply(config_, entry, options_);
        } else {
            take_rule(section);
        }
    }

    void take_rule(const ConfigSection& section) {
        assembly_.begin(section, "rule");
        Rule rule;
        rule.name = section.name;
        rule.place = section.file + ":" + std::to_string(section.line);
        ConfigAssembly::Places options;
        for (const ConfigEntry& entry : section.entries)
            apply(rule, entry, options);
        if (!options.contains("action"))
            add_problem(Errc::invalid, position(section.file, section.line) + "this rule has no action");
        config_.rules.rules.push_back(std::move(rule));
    }

    template <typename Target>
    void apply(Target& target, const ConfigEntry& read, ConfigAssembly::Places& seen) {
        assembly_.take(seen, read, [&target](const ConfigEntry& entry) -> Result<void> {
            // An option whose default is empty may be given empty: "issuer =" says the same as leaving it out.
            if (entry.value.empty() && has_empty_default(target, entry.key)) return {};
            return set_option(target, entry.key, entry.value);
        });
    }

    static bool has_empty_default(const Config&, const std::string& key) {
        return std::ranges::any_of(option_table(), [&key](const Option& option) {
            return option.scope == Option::Scope::global && option.name == key &&
                   option.default_value.empty();
        });
    }
    // An empty condition would be about everybody, or nobody: never what was meant.
    static bool has_empty_default(const Rule&, const std::string&) { return false; }

    ConfigAssembly assembly_;
    Config config_;
    ConfigAssembly::Places options_;
    Fingerprint fingerprint_;
};

Result<std::string> read_trusted(int directory, const std::string& name) {
    const FileTrust trust{
        .owner = ::geteuid(), .root_too = true, .forbidden = 0022, .max_size = largest_file};
    const Result<UniqueFd> file = open_trusted(directory, name.c_str(), O_RDONLY, trust);
    if (!file) return std::unexpected(file.error());
    const Result<Bytes> content = read_whole(file->get(), largest_file);
    if (!content) return std::unexpected(content.error());
    return std::string(content->begin(), content->end());
}

// Whoever may write the directory may put another of root's files in the place of this one.
Result<void> check_directory(int directory) {
    struct stat status{};
    if (::fstat(directory, &status) != 0) return fail_errno("fstat", errno);
    if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
        return fail(Errc::untrusted,
                    "its directory belongs to uid " + std::to_string(status.st_uid) + ", not to root");
    }
    if ((status.st_mode & 0022) != 0 && (status.st_mode & S_ISVTX) == 0) {
        return fail(Errc::untrusted, "others may write its directory: chmod go-w");
    }
    return {};
}

Result<UniqueFd> trusted_directory(Result<UniqueFd> directory) {
    if (!directory) return directory;
    if (const Result<void> checked = check_directory(directory->get()); !checked) {
        return std::unexpected(checked.error());
    }
    return directory;
}

// Of a file, or of its folder, that cannot be opened: the path stands in front of it once.
std::string without_names(std::string_view detail, const std::filesystem::path& path) {
    for (const std::string& name : {path.filename().string(), path.parent_path().string()})
        if (!name.empty() && detail.starts_with(name + ": ")) detail.remove_prefix(name.size() + 2);
    return std::string(detail);
}

void read_into(ConfigReader& reader, const Result<UniqueFd>& directory, const std::string& path) {
    const Result<std::string> text =
        directory ? read_trusted(directory->get(), std::filesystem::path(path).filename())
                  : std::unexpected(directory.error());
    if (!text) {
        reader.add_problem(text.error().code, path + ": " + without_names(text.error().detail, path));
    } else {
        reader.take_file(path, *text);
    }
}

// "b.conf", "a.conf", ".c.conf", "d.conf.bak" => "a.conf", "b.conf"
Result<std::vector<std::string>> fragment_names(const std::string& folder) {
    std::vector<std::string> names;
    std::error_code error;
    std::filesystem::directory_iterator entry(folder, error);
    for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        const std::string name = entry->path().filename();
        if (name.ends_with(".conf") && !name.starts_with('.')) names.push_back(name);
    }
    if (error) return fail(Errc::io, "cannot list " + folder + ": " + error.message());
    std::ranges::sort(names);
    return names;
}

void read_fragments(ConfigReader& reader, int parent, const std::string& folder) {
    const Result<UniqueFd> directory = trusted_directory(open_directory_at(parent, "conf.d"));
    if (!directory) {
        if (directory.error().code != Errc::not_found)
            reader.add_problem(directory.error().code, folder + ": " + directory.error().detail);
        return;
    }
    const Result<std::vector<std::string>> names = fragment_names(folder);
    if (!names) return reader.add_problem(names.error().code, names.error().detail);
    for (const std::string& name : *names)
        read_into(reader, directory, std::filesystem::path(folder) / name);
}

}  // namespace

Result<Config> load_config(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    ConfigReader reader;
    const std::string parent = folder.empty() ? "." : folder.string();
    const Result<UniqueFd> directory = trusted_directory(open_directory(parent));
    read_into(reader, directory, path);
    if (directory) read_fragments(reader, directory->get(), parent + "/conf.d");
    return std::move(reader).finish();
}

Result<Config> load_candidate(const std::string& path, std::string_view text, const std::string& name) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    const std::string parent = folder.empty() ? "." : folder.string();
    ConfigReader reader;
    reader.take(split_config(text, name));
    if (const Result<UniqueFd> directory = trusted_directory(open_directory(parent))) {
        read_fragments(reader, directory->get(), parent + "/conf.d");
    } else if (directory.error().code != Errc::not_found) {
        reader.add_problem(directory.error().code, parent + ": " + directory.error().detail);
    }
    return std::move(reader).finish();
}

Result<Config> parse_config(std::string_view text, const std::string& name) {
    ConfigReader reader;
    reader.take(split_config(text, name));
    return std::move(reader).finish();
}

}  // namespace secondstep
