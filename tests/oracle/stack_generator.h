#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/asked_libpam.h"
#include "oracle/pretended_files.h"
#include "stacks/libpam_rules.h"

namespace secondstep::testing {

// A service, and all files there are.
struct GeneratedStack {
    Files files;
    Question question;
};

// The same number makes the same stack with every compiler. What can stand in a PAM file stands in some: controls of
// every kind, files within files, lines that are broken, continued, too long, or bytes that are no text at all.
class StackGenerator {
  public:
    StackGenerator(std::uint64_t seed, const tool::LibpamRules& rules)
        : random_(static_cast<std::mt19937::result_type>(seed)), rules_(rules) {}
    [[nodiscard]] GeneratedStack make();

  private:
    // A file may include those of a higher number.
    struct Place {
        std::size_t number = 0;
    };

    unsigned below(unsigned end) { return static_cast<unsigned>(random_() % end); }
    bool chance(unsigned per_thousand) { return below(1000) < per_thousand; }
    std::string pick(std::initializer_list<std::string_view> words) {
        return std::string(*(words.begin() + below(static_cast<unsigned>(words.size()))));
    }

    [[nodiscard]] std::string beside() const;
    std::string name_of(std::size_t number);
    std::string path_of(std::string_view name);
    std::string file(const Place& place, unsigned most);
    std::string line(const Place& place);
    std::string words_together(const std::vector<std::string>& words);
    std::string between();
    std::string type();
    std::string in_some_case(std::string word);
    std::string control(std::vector<std::string>& named);
    std::string bracket(std::vector<std::string>& named);
    std::string action();
    std::string code(const std::vector<std::string>& named);
    std::vector<std::string> module_line();
    std::vector<std::string> including_line(const Place& place);
    std::string broken_line();
    std::string comment();
    std::string padded(std::string line);
    std::string with_strange_byte(std::string text);
    void put(GeneratedStack& out, std::string_view name, std::string text);
    void add_file_beside(std::size_t number, Files& files);
    void add_chain(Files& files);

    std::mt19937 random_;
    const tool::LibpamRules& rules_;
    bool absolute_ = false;  // names of included files
    unsigned number_ = 0;    // of the module lines, to tell them apart
};

}  // namespace secondstep::testing
