#include "process/command_line.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"

// By hand and not by getopt_long(3), which takes abbreviations, nor by a library, which costs a service that is started
// for one login more than the rest of its start.
namespace secondstep::process {
namespace {

constexpr std::size_t meaning_column = 24;
constexpr std::size_t widest_line = 80;

// "--config=/x" => "config" and "/x"
struct Word {
    std::string_view name;
    std::optional<std::string_view> value;
};

std::optional<Word> option_in(std::string_view word) {
    if (!word.starts_with("--") || word.size() == 2) return std::nullopt;
    word.remove_prefix(2);
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return Word{word, std::nullopt};
    return Word{word.substr(0, equals), word.substr(equals + 1)};
}

class CommandLine {
  public:
    CommandLine(std::span<const char* const> words, std::span<const CommandLineOption> options)
        : left_(words), options_(options), given_(options.size()) {}

    Result<void> parse() {
        while (!left_.empty()) {
            if (auto taken = take_option(next()); !taken) return taken;
        }
        return {};
    }

  private:
    std::string_view next() {
        const std::string_view word = left_.front();
        left_ = left_.subspan(1);
        return word;
    }

    Result<void> take_option(std::string_view text) {
        // As for getopt(3): options end here, and nothing else is taken.
        if (text == "--" && left_.empty()) return {};
        const std::optional<Word> word = option_in(text);
        if (!word && text.starts_with('-'))
            return fail(Errc::invalid, "unrecognised option '" + printable(text) + "'");
        if (!word) return fail(Errc::invalid, "'" + printable(text) + "' is not an option");
        const auto found = std::ranges::find(options_, word->name, &CommandLineOption::name);
        if (found == options_.end())
            return fail(Errc::invalid, "unrecognised option '--" + printable(word->name) + "'");
        const std::size_t index = static_cast<std::size_t>(found - options_.begin());
        if (given_[index]) return refused(*found, "cannot be specified more than once");
        given_[index] = true;
        return set(*found, word->value);
    }

    Result<void> set(const CommandLineOption& option, std::optional<std::string_view> value) {
        if (bool* const* on = std::get_if<bool*>(&option.target)) {
            if (value) return refused(option, "does not take any arguments");
            **on = true;
            return {};
        }
        if (!value && left_.empty())
            return refused(option, "needs a value: " + std::string(option.value_name));
        if (!value) value = next();
        if (value->empty()) return refused(option, "has an empty value");
        *std::get<std::string*>(option.target) = *value;
        return {};
    }

    static Result<void> refused(const CommandLineOption& option, const std::string& why) {
        return fail(Errc::invalid, "option '--" + std::string(option.name) + "' " + why);
    }

    std::span<const char* const> left_;
    std::span<const CommandLineOption> options_;
    std::vector<bool> given_;
};

void append_meaning(std::string& out, std::string_view meaning) {
    std::size_t column = meaning_column;
    for (const std::string_view word : split(meaning, ' ')) {
        if (column > meaning_column && column + 1 + word.size() > widest_line) {
            out += "\n" + std::string(meaning_column, ' ');
            column = meaning_column;
        } else if (column > meaning_column) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
    out += '\n';
}

}  // namespace

Result<void> parse_command_line(int argc, const char* const* argv, std::span<const CommandLineOption> options,
                                std::string_view program) {
    // Whoever starts a program with no name at all has argc 0.
    const std::span<const char* const> words(argv, static_cast<std::size_t>(std::max(argc, 0)));
    auto parsed = CommandLine(words.subspan(std::min<std::size_t>(1, words.size())), options).parse();
    if (!parsed)
        return fail(parsed.error().code,
                    parsed.error().detail + "; see: " + std::string(program) + " --help");
    return {};
}

std::string described(std::span<const CommandLineOption> options) {
    std::string out = "Options:\n";
    for (const CommandLineOption& option : options) {
        std::string line = "  --" + std::string(option.name);
        if (!option.value_name.empty()) line += " " + std::string(option.value_name);
        line.resize(std::max(line.size() + 1, meaning_column), ' ');
        append_meaning(out += line, option.meaning);
    }
    return out;
}

}  // namespace secondstep::process
