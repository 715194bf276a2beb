#pragma once

#include <optional>
#include <string_view>

#include "files/text_lines.h"

namespace secondstep::tool {

// A list of addresses (otpauth://, otpauth-migration://, steam://), one a line; empty lines and those that begin
// with '#' are passed over. Copies nothing, since lines hold keys.
class AddressLines {
  public:
    explicit AddressLines(std::string_view text) : lines_(text) {}
    enum class Kind {
        address,
        cut_off,  // one whose next line is no address: the list may have been wrapped, and then it goes on there
        of_another_app,  // "phonefactor://..."
        other,
    };
    struct Line {
        std::size_t number;  // the first is 1
        std::string_view text;
        Kind kind;
    };
    [[nodiscard]] std::optional<Line> next();

  private:
    std::optional<Line> read();

    TextLines lines_;
    std::optional<Line> ahead_;
};

}  // namespace secondstep::tool
