#include "policy/config.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>

#include "base/file.h"
#include "base/text.h"
#include "policy/config_text.h"
#include "policy/options.h"

namespace secondstep {
namespace {

constexpr std::size_t largest_file = 1024UL * 1024;

// Everything that is wrong, so that an administrator mends it in one go.
class Problems {
  public:
    void add(Errc code, const std::string& sentence) {
        if (sentences_.empty()) code_ = code;
        sentences_ += (sentences_.empty() ? "" : "\n") + sentence;
    }
    [[nodiscard]] bool none() const { return sentences_.empty(); }
    [[nodiscard]] std::unexpected<Error> error() const { return fail(code_, sentences_); }

  private:
    Errc code_ = Errc::invalid;
    std::string sentences_;
};

// Puts sections together; they may come from several files.
class Assembly {
  public:
    explicit Assembly(Problems& problems) : problems_(problems) {}

    void take(const ConfigText& text) {
        for (const std::string& problem : text.problems)
            problems_.add(Errc::invalid, problem);
        for (const ConfigSection& section : text.sections)
            take(section);
    }

    Config finish() && { return std::move(config_); }

  private:
    // A second one is refused, never "the last one wins": which of two lines is meant is not ours to guess.
    static bool is_first(std::map<std::string, std::string>& seen, const std::string& name,
                         std::string_view where) {
        where.remove_suffix(std::string_view(": ").size());
        return seen.try_emplace(name, where).second;
    }

    void take(const ConfigSection& section) {
        if (section.name.empty()) {
            for (const ConfigEntry& entry : section.entries)
                apply(config_, entry, keys_);
        } else {
            take_rule(section);
        }
    }

    void take_rule(const ConfigSection& section) {
        const std::string where = position(section.file, section.line);
        if (!is_first(rules_, section.name, where)) {
            problems_.add(Errc::invalid,
                          where + "a rule of this name is there already, at " + rules_[section.name]);
        }
        Rule rule;
        rule.name = section.name;
        std::map<std::string, std::string> keys;
        for (const ConfigEntry& entry : section.entries)
            apply(rule, entry, keys);
        if (!keys.contains("action")) {
            problems_.add(Errc::invalid, where + "this rule has no action");
        }
        config_.rules.rules.push_back(std::move(rule));
    }

    template <typename Target>
    void apply(Target& target, const ConfigEntry& entry, std::map<std::string, std::string>& seen) {
        const std::string where = position(entry.file, entry.line);
        if (!is_first(seen, entry.key, where)) {
            problems_.add(Errc::invalid, where + "this option is there already, at " + seen[entry.key] +
                                             in_column(entry.key_column));
            return;
        }
        // An option whose default is empty may be given empty: "issuer =" says the same as leaving it out.
        if (entry.value.empty() && has_empty_default(target, entry.key)) return;
        if (const Result<void> set = set_option(target, entry.key, entry.value); !set) {
            const bool unknown = set.error().code == Errc::not_found;
            problems_.add(Errc::invalid, where + set.error().detail +
                                             in_column(unknown ? entry.key_column : entry.value_column));
        }
    }

    static bool has_empty_default(const Config&, const std::string& key) {
        return std::ranges::any_of(option_table(), [&key](const Option& option) {
            return option.scope == Option::Scope::global && option.name == key &&
                   option.default_value.empty();
        });
    }
    // An empty condition would be about everybody, or nobody: never what was meant.
    static bool has_empty_default(const Rule&, const std::string&) { return false; }

    Problems& problems_;
    Config config_;
    std::map<std::string, std::string> keys_;  // where each was first seen
    std::map<std::string, std::string> rules_;
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

void read_into(Assembly& assembly, Problems& problems, const Result<UniqueFd>& directory,
               const std::string& path) {
    const Result<std::string> text =
        directory ? read_trusted(directory->get(), std::filesystem::path(path).filename())
                  : std::unexpected(directory.error());
    if (!text) {
        problems.add(text.error().code, path + ": " + text.error().detail);
    } else {
        assembly.take(split_config(*text, path));
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

void read_fragments(Assembly& assembly, Problems& problems, int parent, const std::string& folder) {
    const Result<UniqueFd> directory = trusted_directory(open_directory_at(parent, "conf.d"));
    if (!directory) {
        if (directory.error().code != Errc::not_found)
            problems.add(directory.error().code, folder + ": " + directory.error().detail);
        return;
    }
    const Result<std::vector<std::string>> names = fragment_names(folder);
    if (!names) return problems.add(names.error().code, names.error().detail);
    for (const std::string& name : *names)
        read_into(assembly, problems, directory, std::filesystem::path(folder) / name);
}

Result<Config> finished(Assembly assembly, const Problems& problems) {
    if (!problems.none()) return problems.error();
    return std::move(assembly).finish();
}

}  // namespace

Result<Config> load_config(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    Problems problems;
    Assembly assembly(problems);
    const std::string parent = folder.empty() ? "." : folder.string();
    const Result<UniqueFd> directory = trusted_directory(open_directory(parent));
    read_into(assembly, problems, directory, path);
    if (directory) read_fragments(assembly, problems, directory->get(), parent + "/conf.d");
    return finished(std::move(assembly), problems);
}

Result<Config> load_candidate(const std::string& path, std::string_view text, const std::string& name) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    const std::string parent = folder.empty() ? "." : folder.string();
    Problems problems;
    Assembly assembly(problems);
    assembly.take(split_config(text, name));
    if (const Result<UniqueFd> directory = trusted_directory(open_directory(parent))) {
        read_fragments(assembly, problems, directory->get(), parent + "/conf.d");
    } else if (directory.error().code != Errc::not_found) {
        problems.add(directory.error().code, parent + ": " + directory.error().detail);
    }
    return finished(std::move(assembly), problems);
}

Result<Config> parse_config(std::string_view text, const std::string& name) {
    Problems problems;
    Assembly assembly(problems);
    assembly.take(split_config(text, name));
    return finished(std::move(assembly), problems);
}

}  // namespace secondstep
