#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "policy/config_text.h"

namespace secondstep {

// How a configuration is put together out of sections, which may come from several files. Keeps everything that
// is wrong, so that an administrator mends it in one go. What stands there twice is refused, never "the last one
// wins": which of two lines is meant is not ours to guess.
class ConfigAssembly {
  public:
    // Where each name was first seen, as "FILE:LINE".
    using Places = std::map<std::string, std::string>;
    // Types the entry's value and puts it where it belongs. Errors: not_found (it is about the key), or
    // anything else (about the value).
    using SetOption = std::function<Result<void>(const ConfigEntry&)>;

    void add_problem(Errc code, const std::string& sentence);
    void add_problems_of(const ConfigText& text);

    // Whether it is the first of its name. `kind` is what the file calls it: "section", "rule".
    bool begin(const ConfigSection& section, const std::string& kind);
    void take(Places& seen, const ConfigEntry& entry, const SetOption& set);

    // "FILE:LINE: " of the first section of this name. Returns nullopt if there was none.
    [[nodiscard]] std::optional<std::string> beginning_of(const std::string& section) const;

    // Errors: all that was wrong, a sentence a line, with the code of the first.
    [[nodiscard]] Result<void> finish() const;

  private:
    Places sections_;
    Errc code_ = Errc::invalid;
    std::string problems_;
};

}  // namespace secondstep
