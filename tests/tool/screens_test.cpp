// What people read on terminals of 40, 80 and 132 columns.

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

#include "base/character_width.h"
#include "base/text.h"
#include "command.h"
#include "tool_world.h"

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace secondstep::testing {

namespace {

using Words = std::vector<std::string>;

class Screens : public ToolWorld, public ::testing::WithParamInterface<unsigned short> {
  protected:
    Screens() {
        write_config("contact = IT night desk, extension 17\n");
        set_up();
        for (const std::string user : {"p.alice", "p.invited", "p.forced"})
            enroll(user);
        enroll(std::string(60, 'n'));
        change_state("p.forced", [](State& state) { state.enrollment_forced = true; });
        change_state("p.alice", [this](State& state) {
            const UnixTime now = std::chrono::floor<std::chrono::seconds>(clock_.now());
            state.clients = {{"sshd", "2001:db8:85a3::8a2e:370:7334", now, now + std::chrono::hours{8}}};
        });
    }
    static unsigned short columns() { return GetParam(); }
    [[nodiscard]] std::string screen(const Words& call, const std::string& typed = "") const {
        ChildProcess child(words(call), ChildProcess::Kind::terminal,
                           {{"NO_COLOR", "1"}, {"LC_ALL", "C.UTF-8"}, {"TERM", "xterm"}}, columns(), 60);
        if (!typed.empty()) child.send(typed);
        std::string text = child.finish().out;
        std::erase(text, '\r');
        return text;
    }
};

// What stands there to be copied is left as it is, at any width: a line of a PAM file that is broken is another line.
bool is_to_be_copied(std::string_view line) {
    return line.starts_with("    now   ") || line.starts_with("    mend  ") || line.starts_with("          ");
}

void expect_to_fit(const std::string& screen, std::size_t columns, const Words& call) {
    const std::string about = ::testing::PrintToString(call);
    EXPECT_THAT(screen, Not(IsEmpty())) << about;
    for (const std::string& line : lines_of(screen)) {
        const bool one_word = trimmed(line).find(' ') == std::string_view::npos;
        if (one_word || is_to_be_copied(line)) continue;
        EXPECT_LE(display_width(line), columns) << about << "\n" << line;
    }
}

std::multiset<std::string> words_in(const std::string& text) {
    std::multiset<std::string> all;
    for (const std::string& line : lines_of(text))
        for (const std::string_view word : split(line, ' '))
            if (!word.empty()) all.emplace(word);
    return all;
}

// Nothing but blanks and ends of lines is different from what a program reads.
void expect_whole_words(const std::string& screen, const Finished& whole, const Words& call) {
    EXPECT_EQ(words_in(screen), words_in(whole.out + whole.err)) << ::testing::PrintToString(call);
}

TEST_P(Screens, HelpsFit) {
    std::vector<Words> helps{{"help"}, {"portal", "add", "--help"}, {"portal", "export", "--help"}};
    for (const tool::Command& command : tool::commands())
        helps.push_back({"help", std::string(command.verb)});
    for (const Words& call : helps) {
        const std::string shown = screen(call);
        expect_to_fit(shown, columns(), call);
        expect_whole_words(shown, tool(call), call);
    }
}

TEST_P(Screens, WhatIsReadFits) {
    write_file(file("x"), "auth required pam_secondstep.so\n");
    for (const Words& call :
         std::vector<Words>{{"doctor"},
                            {"check-config", "--pam-dir", file(""), "--sshd-config", "/dev/null"},
                            {"explain", me(), "--service", "sshd", "--from", "192.0.2.7"},
                            {"recovery-codes", "p.alice"},
                            {"enrol"},
                            {"portal", "lst"},
                            {"import"},
                            {"enroll", "p.alice", "--portal-user"},
                            {"portal", "list"}}) {
        const std::string shown = screen(call);
        expect_to_fit(shown, columns(), call);
        if (call[0] != "doctor") expect_whole_words(shown, tool(call), call);
    }
}

TEST_P(Screens, TablesFit) {
    for (const Words& call : std::vector<Words>{{"status"},
                                                {"status", "p.alice"},
                                                {"status", "--not-enrolled"},
                                                {"devices", "p.alice"},
                                                {"clients", "list", "p.alice"}})
        expect_to_fit(screen(call), columns(), call);
    const std::string table = screen({"status"});
    EXPECT_THAT(table, HasSubstr("USER"));
    EXPECT_THAT(table, HasSubstr("NOTE"));
    EXPECT_THAT(table, HasSubstr("re-enroll"));
    const bool wide = columns() >= 80;
    EXPECT_EQ(table.find("LAST USED") != std::string::npos, wide);
    EXPECT_THAT(screen({"clients", "list", "p.alice"}), HasSubstr("2001:db8:85a3::8a2e:370:7334"));
}

TEST_P(Screens, WhatIsGivenOutFits) {
    write_config(ten_codes);
    for (const Words& call :
         std::vector<Words>{{"enroll", "p.new", "--portal-user", "--no-confirm"},
                            {"enroll", "p.new", "--portal-user", "--no-confirm", "--replace"},
                            {"recovery-codes", "p.alice", "--renew", "--yes"},
                            {"invite", me()},
                            {"temporary-code", "p.alice"},
                            {"re-enroll", "p.alice"},
                            {"re-enroll", "p.alice", "--no-code"},
                            {"revoke", "p.alice"},
                            {"unlock", "p.alice"},
                            {"clients", "drop", "p.alice"}})
        expect_to_fit(screen(call), columns(), call);
    const std::string codes = screen({"recovery-codes", "p.alice", "--renew", "--yes"});
    for (const std::string number : {" 1  ", " 5  ", " 6  ", "10  "})
        EXPECT_THAT(codes,
                    ::testing::ContainsRegex(number + "[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"));
}

TEST_P(Screens, RecoveryCodesStandInTheirOrder) {
    write_config(ten_codes);
    Words numbers;
    for (const std::string& line : lines_of(screen({"recovery-codes", "p.alice", "--renew", "--yes"})))
        for (const std::string_view word : split(line, ' '))
            if (word.size() <= 2 && parse_number<unsigned>(word)) numbers.emplace_back(word);
    const Words in_one{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
    const Words in_two{"1", "6", "2", "7", "3", "8", "4", "9", "5", "10"};
    EXPECT_EQ(numbers, columns() < 80 ? in_one : in_two);
}

TEST_P(Screens, QuestionsFitAndWhatIsSaidAfterThemStandsOnALineOfItsOwn) {
    const Words call{"disable", "p.alice"};
    const std::string left = screen(call, "\x04");
    expect_to_fit(left, columns(), call);
    EXPECT_THAT(lines_of(left), Contains(::testing::StartsWith("secondstep: not confirmed"))) << left;
    EXPECT_THAT(left, HasSubstr("[y/N]"));
}

INSTANTIATE_TEST_SUITE_P(Of, Screens, ::testing::Values(40, 80, 132),
                         [](const auto& columns) { return std::to_string(columns.param) + "Columns"; });

}  // namespace

}  // namespace secondstep::testing
