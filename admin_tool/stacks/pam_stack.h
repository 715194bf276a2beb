#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stacks/libpam_rules.h"
#include "stacks/pam_control.h"
#include "stacks/remark.h"

namespace secondstep::tool {

enum class Facility : std::uint8_t { auth, account, password, session };

// One entry of the list that libpam walks through, with where it stands.
struct StackLine {
    enum class Kind : std::uint8_t {
        module,
        substack,  // stands before the lines of the file it names, which are one level deeper
        broken,    // libpam cannot read it, and takes it for a module that always answers perm_denied
    };
    Kind kind = Kind::module;
    Facility facility = Facility::auth;
    Control control = Control::failing();  // of a broken line too: "auht sufficient pam_x.so" is passed over
    std::string module;                    // "pam_unix" of "/lib/security/pam_unix.so"
    std::string
        path;  // as libpam takes it: "pam_unix.so", "/opt/x/pam_x.so"; for a substack the file it names
    std::vector<std::string> arguments;  // as the module gets them: "a b" of "[a b]"
    unsigned level = 0;
    std::string file;
    unsigned line = 0;
    unsigned last_line = 0;  // of a line that is continued; otherwise `line`
    // "-auth": libpam logs nothing if there is no such module. It answers module_unknown all the same.
    bool may_be_missing = false;
    // No module can be opened under this name, and it answers module_unknown: known from the name alone here
    // (one that ends with a carriage return); who has looked at the machine may set it too.
    bool is_missing = false;
    // libpam gave up the file at the name in this line, and has it in the list of pam_authenticate and not in that of
    // pam_setcred (so too for sessions).
    bool is_of_first_call_only = false;
    // The line of the service's own file through which this one came: itself, or an include of it. 0: it stands in
    // for a part that the service has no line of (Stack::instead).
    unsigned own_line = 0;
    std::string text;  // without comment, one blank between words; empty if libpam cannot read the line

    [[nodiscard]] bool has(std::string_view argument) const;
};

// What pam_start(3) does with a service. In all but the first nobody gets in through it, whatever its lines say.
enum class Start : std::uint8_t {
    works,
    fails,    // a file that it needs is not there, or cannot be read to its end: an error
    crashes,  // Debian's libpam, where a line includes a file without a name: the program dies
    hangs,    // before 1.6.0, where a continued line fills the buffer to the last byte: it reads on for ever
};

// A file as it was when a stack was read.
struct SourceFile {
    std::string path;
    std::string text;
};

// What one service does, with everything that it includes.
struct Stack {
    std::string service;
    LibpamRules rules;
    std::vector<SourceFile>
        files;  // each once, in the order in which they were asked for; its own is the first
    std::vector<StackLine> lines;    // of its own file, and what that includes
    std::vector<StackLine> instead;  // of the service "other", for each part that `lines` has nothing of
    Start start = Start::works;
    std::vector<std::string> included;  // names of files, each once; without what "other" includes
    Remarks problems;                   // lines that libpam cannot read, and why it does not start

    // What libpam walks through. One line that is broken if it does not start: then every walk ends in a refusal.
    [[nodiscard]] std::vector<StackLine> of(Facility facility) const;
};

// The text of a file; nullopt if it cannot be opened. (libpam can open a directory, which is an empty file to it.)
using FileReader = std::function<std::optional<std::string>(const std::string& path)>;

// Reads a service as pam_start(3) does, byte for byte: `@include`, `include` and `substack`, and "other" for each
// part that it has no line of. `service`: the name of a file in one of the directories; see service_name().
// Two things are not followed to their end: files that include each other without a substack before 1.6.0, where
// libpam goes on until no file can be opened any more (a broken line here), and more than 4096 lines (Start::fails).
// "other" itself, which libpam would read twice if a program called itself so, is read once.
[[nodiscard]] Stack read_stack(const LibpamRules& rules, const std::string& service, const FileReader& read);

// The same service from the files of `stack`, some of which have other texts now; modules that are known to be missing
// still are.
[[nodiscard]] Stack read_again(const Stack& stack, const std::vector<SourceFile>& changed);

// With everything in one directory, as Debian 12 reads it.
[[nodiscard]] Stack read_stack(const std::string& directory, const std::string& service,
                               const FileReader& read);

}  // namespace secondstep::tool
