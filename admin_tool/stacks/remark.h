#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace secondstep::tool {

// What a finding is about; the same word stands in --json ("no-first-factor"), whatever the sentence says.
enum class Finding : std::uint8_t {
    broken_line,          // libpam cannot read it
    asked_after_refusal,  // a code is asked for after every first factor said no
    no_first_factor,      // somebody gets in with the code alone, or with nothing
    no_code,              // who is enrolled gets in without being asked for a code
    wrong_code,           // a wrong code, none, or a service that does not work lets people in
    nobody_gets_in,       // everything is right, and people are refused all the same
    needs_none_refused,   // who is not enrolled, or exempt, is refused
    asked_twice,
    strangers_learn,      // the code is asked for before the password: who is enrolled can be seen
    not_reached,          // no walk reaches the line
    not_asked_to_enroll,  // who has to enroll gets in without it
    cannot_enroll,        // who has to enroll is refused, and not asked to
    nothing_is_sent,      // codes by mail or SMS are not sent here
    combined_prompt,      // prompt=combined and no line that takes the password
    unknown_argument,
    part_without_use,     // the module in the session or password part
    module_missing,       // a module that libpam cannot open
    module_version,       // the module's file is not of this version
    asks_nobody,          // a service that cannot ask meets a rule that enrolls
    twin_without_code,    // su has the module, su-l has not
    somebody_elses_code,  // sudo asks for another person's password, and code
    sshd_setting,
    service_settings,  // the running service has another configuration than the file
    configuration,
    rule,
    unreadable,  // a file that was not checked
};
[[nodiscard]] std::string_view to_text(Finding finding);  // "no-first-factor"

// A change of one file that a mend stands for. Lines count from 1, both ends included.
struct Edit {
    enum class Kind : std::uint8_t { replace, insert_before, insert_after, remove };
    Kind kind = Kind::replace;
    std::string file;
    unsigned first = 0;
    unsigned last = 0;
    std::vector<std::string> lines;  // what is written; empty for `remove`
    friend bool operator==(const Edit&, const Edit&) = default;
};

// One thing check-config has to say about a line, a file, or a setting that is not there.
struct Remark {
    enum class Level : std::uint8_t { warning, error };
    Level level = Level::error;
    std::string file;
    unsigned line = 0;  // 0: about the file as a whole
    std::string text;
    std::string now;   // the line as it stands; may be empty
    std::string mend;  // what to write instead or besides; may be empty
    Finding finding = Finding::configuration;
    // The mend as changes of files, tried by walking the stack with them; empty where it cannot be tried, or where
    // none was found.
    std::vector<Edit> edits = {};
    friend bool operator==(const Remark&, const Remark&) = default;
};

using Remarks = std::vector<Remark>;

}  // namespace secondstep::tool
