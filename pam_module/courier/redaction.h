#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace secondstep::courier {

// What must not stand in a log, struck out of what others say: gateways repeat the text and the key they
// refuse, spam filters the line they do not like, each in a spelling of its own. Of a secret of four or more
// symbols no four in a row are left, however the text was cut before: as they are, in either case, with
// anything between them that is no letter or digit, escaped as in JSON, URLs, HTML or mail (also twice), in
// UTF-16, in base64 and in hex, alone or beside something else. To be done before a text is shortened.
class Redaction {
  public:
    void hide(std::string_view secret);  // empty: nothing
    // As long as the text, with '*' where something was. Only the beginning of what is very long is looked
    // at, and given back.
    [[nodiscard]] std::string of(std::string_view text) const;

    static constexpr std::size_t longest_text = 8192;

  private:
    friend class Reading;
    // Four symbols in a row of a secret, lower-case: all that is looked for, so that parts are found too.
    std::unordered_set<std::uint32_t> fours_;
    std::unordered_set<std::uint32_t> plain_fours_;  // of its letters and digits alone
    std::vector<std::string> short_ones_;            // less than four symbols: found whole
};

}  // namespace secondstep::courier
