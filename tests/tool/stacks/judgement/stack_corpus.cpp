#include "stacks/judgement/stack_corpus.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace fs = std::filesystem;

namespace secondstep::tool {

namespace {

const std::string data = std::string(SECONDSTEP_SOURCE_DIR) + "/tests/data/";

std::string text_of(const fs::path& path) {
    const std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

BeforeStack before_by(const std::string& word) {
    if (word == "nothing") return BeforeStack::nothing;
    if (word == "key") return BeforeStack::key;
    if (word == "key_or_none") return BeforeStack::key_or_none;
    if (word == "cannot_tell") return BeforeStack::cannot_tell;
    throw std::runtime_error("no such thing before a stack: " + word);
}

std::vector<std::string> parted(const std::string& text, char by) {
    std::istringstream stream(text);
    std::vector<std::string> parts;
    for (std::string part; std::getline(stream, part, by);)
        parts.push_back(part);
    return parts;
}

class Entry {
  public:
    explicit Entry(const std::string& directory)
        : directory_(directory), name_(fs::path(directory).filename()) {
        roots_.push_back(directory);
        std::istringstream expected(text_of(directory_ + "/expected"));
        for (std::string line; std::getline(expected, line);)
            take(line);
        const Result<Config> config =
            parse_config(text_of(directory_ + "/secondstep.conf"), "secondstep.conf");
        if (!config) throw std::runtime_error(name_ + ": " + config.error().detail);
        for (CorpusService& service : services_) {
            service.config = *config;
            service.stack = stack_of(service.service);
        }
    }

    std::vector<CorpusService> take_services() { return std::move(services_); }

  private:
    void take(const std::string& line) {
        std::istringstream words(line);
        std::string word;
        if (!(words >> word) || word.starts_with('#')) return;
        if (word == "services") return take_roots(words);
        if (word == "service") return take_names(words);
        if (word == "before") {
            words >> word;
            for (std::size_t i = group_; i < services_.size(); ++i)
                services_[i].before = before_by(word);
            return;
        }
        take_finding(word, words);
    }

    void take_roots(std::istringstream& words) {
        for (std::string word; words >> word;)
            roots_.push_back(data + "services/" + word);
    }

    void take_names(std::istringstream& words) {
        group_ = services_.size();
        for (std::string word; words >> word;) {
            CorpusService& service = services_.emplace_back();
            service.corpus = name_;
            service.service = fs::path(word).filename();
        }
    }

    void take_finding(const std::string& first, std::istringstream& words) {
        ExpectedFinding finding{.level = first, .places = {}, .finding = {}};
        if (first == "may") {
            finding.is_needed = false;
            words >> finding.level;
        }
        std::string places;
        if (!(words >> places >> finding.finding) || group_ == services_.size())
            throw std::runtime_error(name_ + ": cannot be read: " + first);
        finding.places = parted(places, '|');
        for (std::size_t i = group_; i < services_.size(); ++i)
            services_[i].expected.push_back(finding);
    }

    [[nodiscard]] Stack stack_of(const std::string& service) const {
        LibpamRules rules;
        rules.directories = {"", "usr-lib-pam.d"};
        return read_stack(rules, service, [this](const std::string& path) -> std::optional<std::string> {
            for (const std::string& root : roots_) {
                const fs::path file = fs::path(root + "/" + path);
                if (fs::is_regular_file(file)) return text_of(file);
            }
            return std::nullopt;
        });
    }

    std::string directory_;
    std::string name_;
    std::vector<std::string> roots_;
    std::vector<CorpusService> services_;
    std::size_t group_ = 0;  // where the services of the last line "service" begin
};

std::string place_of(const Remark& remark) {
    const std::string file = remark.file.starts_with('/') ? remark.file.substr(1) : remark.file;
    return file + ":" + std::to_string(remark.line);
}

bool fits(const ExpectedFinding& expected, const Remark& remark) {
    const std::string level = remark.level == Remark::Level::error ? "error" : "warning";
    const auto levels = parted(expected.level, '|');
    const auto findings = parted(expected.finding, '|');
    return std::ranges::find(levels, level) != levels.end() &&
           std::ranges::find(findings, to_text(remark.finding)) != findings.end() &&
           std::ranges::find(expected.places, place_of(remark)) != expected.places.end();
}

}  // namespace

std::vector<CorpusService> read_corpus_entry(const std::string& directory) {
    return Entry(directory).take_services();
}

std::vector<std::vector<CorpusService>> read_corpus() {
    std::vector<std::string> directories;
    for (const fs::directory_entry& entry : fs::directory_iterator(data + "stacks")) {
        if (entry.is_directory()) directories.push_back(entry.path());
    }
    std::ranges::sort(directories);
    std::vector<std::vector<CorpusService>> corpus;
    std::ranges::transform(directories, std::back_inserter(corpus), read_corpus_entry);
    return corpus;
}

std::vector<std::string> differences(const CorpusService& service, const Remarks& found) {
    std::vector<std::string> out;
    const std::string where = service.corpus + ": " + service.service + ": ";
    for (const Remark& remark : found) {
        if (std::ranges::any_of(service.expected,
                                [&](const ExpectedFinding& expected) { return fits(expected, remark); }))
            continue;
        out.push_back(where + (remark.level == Remark::Level::error ? "error " : "warning ") +
                      place_of(remark) + " " + std::string(to_text(remark.finding)) + ": " + remark.text);
    }
    for (const ExpectedFinding& expected : service.expected) {
        if (!expected.is_needed ||
            std::ranges::any_of(found, [&](const Remark& remark) { return fits(expected, remark); }))
            continue;
        out.push_back(where + "missed: " + expected.level + " " + expected.places.front() + " " +
                      expected.finding);
    }
    return out;
}

}  // namespace secondstep::tool
