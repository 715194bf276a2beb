#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace secondstep::tool {

// The lines of a text it does not own: LF or CR LF, a UTF-8 mark at the beginning passed over, the last line
// with or without an end. Copies nothing, since lines hold keys.
class TextLines {
  public:
    explicit TextLines(std::string_view text);
    struct Line {
        std::size_t number;  // the first is 1
        std::string_view text;
    };
    [[nodiscard]] std::optional<Line> next();

  private:
    std::string_view rest_;
    std::size_t number_ = 0;
};

// "users.oath:3", whatever bytes the file's name has.
[[nodiscard]] std::string place_of(std::string_view file, std::size_t line);

}  // namespace secondstep::tool
