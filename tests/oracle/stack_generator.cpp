#include "oracle/stack_generator.h"

#include <algorithm>
#include <array>

#include "oracle/pam_codes.h"

namespace secondstep::testing {

namespace {

constexpr std::size_t files_beside = 4;
constexpr std::string_view service = "of-its-own";

}  // namespace

// Some are only named as they are, some are in the second directory alone, some are nowhere.
std::string StackGenerator::path_of(std::string_view name) {
    const unsigned last = static_cast<unsigned>(rules_.directories.size()) - 1;
    return rules_.directories[chance(150) ? last : 0] + "/" + std::string(name);
}

// Debian's libpam looks for what is included by a name without '/' in /etc/pam.d, whatever directory a program asks
// for: files that are included by their whole names alone stand elsewhere.
std::string StackGenerator::beside() const {
    return absolute_ ? "/e" : rules_.directories.front();
}

std::string StackGenerator::name_of(std::size_t number) {
    const std::string name = "f" + std::to_string(number);
    if (!absolute_ && chance(800)) return name;
    return beside() + "/" + name;
}

GeneratedStack StackGenerator::make() {
    GeneratedStack out;
    absolute_ = chance(200);
    out.question = {.service = std::string(service), .directory = absolute_ ? "/d" : ""};
    if (chance(985)) put(out, service, file({}, 9));
    if (chance(600)) put(out, tool::default_service, file({.number = files_beside}, 4));
    for (std::size_t i = 1; i <= files_beside; ++i)
        add_file_beside(i, out.files);
    if (!absolute_ && chance(60))
        out.files.emplace(rules_.directories.back() + "/" + pick({service, "f1"}),
                          file({.number = files_beside}, 4));
    if (chance(15)) add_chain(out.files);
    if (chance(100)) {
        for (auto& [path, text] : out.files)
            text = with_strange_byte(text);
    }
    return out;
}

void StackGenerator::put(GeneratedStack& out, std::string_view name, std::string text) {
    const std::string path = absolute_ ? out.question.directory + "/" + std::string(name) : path_of(name);
    out.files[path] = std::move(text);
}

// No circles but substacks of the file itself, which the limit of their number ends.
void StackGenerator::add_file_beside(std::size_t number, Files& files) {
    const std::string name = "f" + std::to_string(number);
    const bool includes_itself = chance(15);
    std::string text = file({.number = includes_itself ? files_beside : number}, 6);
    if (includes_itself) text += "auth substack " + beside() + "/" + name + "\n";
    if (chance(960)) files[absolute_ ? beside() + "/" + name : path_of(name)] = std::move(text);
}

// Files within each other, about as many as libpam allows.
void StackGenerator::add_chain(Files& files) {
    const unsigned length = 13 + below(6);
    const std::string path = beside() + "/c";
    const std::string kind = pick({"substack", "include", "substack", ""});
    for (unsigned i = 0; i < length; ++i) {
        std::string& text = files[path + std::to_string(i)];
        text = words_together(module_line()) + "\n";
        text += "auth " + (kind.empty() ? pick({"substack", "include"}) : kind) + " " + path +
                std::to_string(i + 1) + "\n";
        text += words_together(module_line()) + "\n";
    }
    files[path + std::to_string(length)] = words_together(module_line()) + "\n";
    for (auto& [name, text] : files) {
        if (name.ends_with("/" + std::string(service))) text.insert(0, "auth substack " + path + "0\n");
    }
}

std::string StackGenerator::file(const Place& place, unsigned most) {
    std::string text;
    const std::string end = chance(15) ? "\r\n" : "\n";
    for (unsigned i = below(most + 1); i > 0; --i) {
        text += line(place);
        if (i > 1 || !chance(60)) text += chance(5) ? "\r\n" : end;
    }
    if (chance(5))
        text += pick({"auth required \\", "\\", "auth required pam_debug.so \\\n", "account \\\n \\\n#\n"});
    return text;
}

std::string StackGenerator::line(const Place& place) {
    std::string text;
    const unsigned what = below(100);
    if (what < 8) return pick({"", "  ", "\t", "#", "  # why", "# auth required pam_that_is_missing.so \\"});
    if (what < 9) return comment();
    if (what < 13) {
        text = broken_line();
    } else if (what < 28) {
        text = words_together(including_line(place));
    } else {
        text = words_together(module_line());
    }
    if (chance(50)) text.insert(0, pick({" ", "\t", "  \t "}));
    if (chance(50)) text += pick({" ", " # why", "#why", "\t#", " # [success=ok \\"});
    if (chance(15)) text = padded(text);
    return text;
}

std::string StackGenerator::words_together(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words)
        text += (text.empty() ? "" : between()) + word;
    return text;
}

std::string StackGenerator::between() {
    if (chance(930)) return pick({" ", " ", " ", "\t", "  ", " \t "});
    return pick({" \\\n", "\\\n", " \\ \t\n  ", " \\\n\n", " \\\n# why\n ", "\\\n\n\n  # \\\n\t", " \\\n\\\n",
                 " \\\n \\\n#x\\\n"});
}

std::string StackGenerator::in_some_case(std::string word) {
    if (!chance(40)) return word;
    for (char& c : word) {
        if (c >= 'a' && c <= 'z' && chance(500)) c = static_cast<char>(c - 'a' + 'A');
    }
    return word;
}

std::string StackGenerator::type() {
    const unsigned what = below(100);
    const std::string word = what < 60 ? "auth" : what < 92 ? "account" : what < 96 ? "password" : "session";
    const std::string in_case = in_some_case(word);
    if (chance(60)) return "-" + in_case;
    return chance(8) ? "[" + in_case + "]" : in_case;
}

std::string StackGenerator::action() {
    const unsigned what = below(100);
    if (what < 70) return pick({"ok", "ignore", "done", "bad", "die", "reset"});
    if (what < 97) return std::to_string(1 + below(what < 92 ? 4 : 14));
    return pick({"0",
                 "00",
                 "01",
                 "2147483647",
                 "2147483648",
                 "4294967290",
                 "4294967291",
                 "4294967292",
                 "4294967293",
                 "4294967294",
                 "4294967295",
                 "4294967296",
                 "4294967297",
                 "4294967289",
                 "99999999999999999999",
                 "18446744073709551618",
                 "-1",
                 "+1",
                 "OK",
                 "okay",
                 "1x",
                 ""});
}

std::string StackGenerator::bracket(std::vector<std::string>& named) {
    std::string text;
    for (unsigned i = below(5) + (chance(950) ? 1 : 0); i > 0; --i) {
        const unsigned what = below(100);
        std::string name = what < 30   ? "success"
                           : what < 50 ? "default"
                           : what < 98 ? std::string(pam_code_names.at(below(pam_code_names.size())))
                                       : pick({"Success", "nonsense", "successful", "", "auth_er", "="});
        if (name != "default") named.push_back(name);
        text += name + pick({"=", "=", "=", "=", "=", " = ", "= ", " =", "\t=\v"}) + action();
        if (!chance(15)) text += pick({" ", " ", "  ", "\t"});
    }
    if (chance(10)) text += pick({"\\]", "[", "\\", "]", "success", "default=", "=", "\\\n default=die"});
    return text;
}

std::string StackGenerator::control(std::vector<std::string>& named) {
    if (chance(450)) {
        named = {"success", "new_authtok_reqd", "ignore", "auth_err"};
        const std::string word = in_some_case(pick({"required", "requisite", "sufficient", "optional"}));
        return chance(10) ? "[" + word + "]" : word;
    }
    const std::string inside = bracket(named);
    if (!chance(20)) return "[" + inside + "]";
    return inside.find_first_of(" \t") == std::string::npos ? inside : "[" + inside;
}

// One that the control speaks of, more often than not.
std::string StackGenerator::code(const std::vector<std::string>& named) {
    if (chance(450)) return "success";
    if (!named.empty() && chance(600)) return named[below(static_cast<unsigned>(named.size()))];
    return std::string(pam_code_names.at(below(pam_code_names.size())));
}

std::vector<std::string> StackGenerator::module_line() {
    std::vector<std::string> named;
    std::vector<std::string> words{type(), control(named)};
    const unsigned what = below(100);
    words.push_back(what < 78   ? SECONDSTEP_PAM_RECORDER
                    : what < 93 ? "pam_debug.so"
                                : "pam_that_is_missing.so");
    words.push_back("line=" + std::to_string(++number_));
    words.push_back("auth=" + code(named));
    words.push_back("acct=" + code(named));
    words.push_back("cred=" + (chance(400) ? "success" : code(named)));
    if (chance(100)) {
        words.push_back(pick({"[a b]", "[x\\]y]", "x[y z]", "[]", "[a]b", "\"q", "use_first_pass", "\\x",
                              "[one\\\n two]", "[auth=die]", "-", "\xff"}));
    }
    if (chance(50)) std::swap(words[3], words.back());
    return words;
}

std::vector<std::string> StackGenerator::including_line(const Place& place) {
    const std::size_t rest = files_beside - std::min(place.number, files_beside);
    if (rest == 0) return module_line();
    const std::string name = name_of(place.number + 1 + below(static_cast<unsigned>(rest)));
    if (chance(250))
        return {in_some_case(chance(30) ? "-@include" : "@include"), chance(20) ? "[" + name + "]" : name};
    std::vector<std::string> words{type(), in_some_case(pick({"include", "substack", "substack"})), name};
    if (chance(30)) words[2] = pick({"nowhere", "/nowhere", ".hidden", "f1\r", "/etc/pam.d/f4."});
    if (chance(30)) words.emplace_back("more");
    return words;
}

std::string StackGenerator::broken_line() {
    const std::string module =
        std::string(" ") + SECONDSTEP_PAM_RECORDER + " auth=" + code({}) + " acct=" + code({});
    if (chance(20)) return pick({"@include", "auth include", "account substack", "-@include  "});
    return pick({"auht required",
                 "auht sufficient",
                 "accoun [default=ok]",
                 "[] required",
                 "auth []",
                 "auth requird",
                 "auth [success",
                 "auth required []",
                 "auth required .so",
                 "account required ?",
                 "auth required /x/",
                 "auth substack .f",
                 "auth [required]",
                 "auth success=ok",
                 "- required",
                 "auth ]",
                 "authh include f4",
                 "account [success=ok",
                 "aut substack f4",
                 "auht sufficient .",
                 "\\",
                 "auth required ?.so"}) +
           (chance(700) ? module : "");
}

// The end of one that is too long counts as a line before 1.6.0.
std::string StackGenerator::comment() {
    std::string text = "#" + std::string(1000 + below(40), 'c');
    if (chance(700)) text += " " + words_together(module_line());
    return text;
}

std::string StackGenerator::padded(std::string line) {
    const unsigned target = (chance(200) ? 2030U : 1008U) + below(32);
    const std::size_t missing = target > line.size() + 6 ? target - line.size() - 6 : 1;
    const std::string padding = chance(500) ? std::string(missing, 'p') : std::string(missing, ' ');
    const std::string at_end = chance(400) ? " \\\n" : "";
    if (chance(300)) return line + " " + padding + at_end + words_together(module_line());
    return line + " " + padding + at_end + pick({"", "more", " more [of it]"});
}

std::string StackGenerator::with_strange_byte(std::string text) {
    constexpr std::array<char, 20> bytes{'\0', '\x01', '\t', '\v', '\f', '\r', ' ', '#', '[',    ']',
                                         '\\', '\n',   '=',  '-',  '/',  '.',  'a', '1', '\x7f', '\xff'};
    for (unsigned i = below(4); i > 0 && !text.empty(); --i) {
        const std::size_t at = below(static_cast<unsigned>(text.size()));
        switch (below(4)) {
            case 0:
                text.erase(at, 1 + below(3));
                break;
            case 1:
                text.insert(at, text.substr(below(static_cast<unsigned>(text.size())), below(40)));
                break;
            default:
                text.insert(at, 1, bytes.at(below(bytes.size())));
        }
    }
    return text;
}

}  // namespace secondstep::testing
