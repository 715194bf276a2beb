// Every verb, called twice: whoever keeps machines as a play describes them calls again what was done already.
// A verb that is new in the table has to be put into the list below before this test passes.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>

#include "tool_world.h"
#include "verb_calls.h"

using ::testing::IsEmpty;

namespace secondstep::testing {

namespace {

using Words = std::vector<std::string>;
using tool::Command;

// What becomes of the second of two calls.
enum class Second {
    same,       // ends as the first
    used_up,    // finds nothing left to do, and says so by its status
    elsewhere,  // asks the service, or changes this machine: tested where those are
};
// What it prints with --json: one text, or one on a line for each of what there is, which may be none.
enum class Prints { one, lines };
struct Kind {
    Second second;
    Words options = {};  // that make the call of verb_calls.h one that is repeated
    Prints prints = Prints::one;
};

const std::map<std::string, Kind>& kinds() {
    static const std::map<std::string, Kind> all{
        {"setup", {Second::same}},
        {"enroll", {Second::same, {"--if-missing"}}},
        {"status", {Second::same}},
        {"recovery-codes", {Second::same}},
        {"disable", {Second::used_up}},
        {"devices", {Second::same}},
        {"rename", {Second::same}},  // of a name that has nothing
        {"check-code", {Second::same}},
        {"unlock", {Second::same}},
        {"re-enroll", {Second::same}},
        {"invite", {Second::same}},
        {"temporary-code", {Second::same}},
        {"revoke", {Second::same}},
        {"clients", {Second::same}},
        {"send-test", {Second::same}},
        {"try", {Second::elsewhere}},
        {"portal", {Second::same, {}, Prints::lines}},
        {"code", {Second::same}},  // of a portal that is not linked
        {"import", {Second::same, {}, Prints::lines}},
        {"export", {Second::same}},
        {"explain", {Second::same}},
        {"check-config", {Second::same, {"--pam-dir", "PAM"}}},
        {"pam", {Second::elsewhere}},
        {"adopt", {Second::same}},
        {"fleet", {Second::same}},        // of a machine that is in none
        {"break-glass", {Second::same}},  // likewise
        {"store", {Second::same}},        // of a file that is not there
        {"doctor", {Second::same}},
    };
    return all;
}

bool is_json(const std::string& text, Prints prints = Prints::one) {
    if (prints == Prints::one) return nlohmann::json::accept(text);
    return std::ranges::all_of(lines_of(text),
                               [](const std::string& line) { return nlohmann::json::accept(line); });
}

std::optional<bool> changed_in(const std::string& text) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("changed")) return std::nullopt;
    return json["changed"].get<bool>();
}

class RepeatedCalls : public ToolWorld {
  protected:
    RepeatedCalls() {
        set_up();
        std::filesystem::create_directory(file("pam.d"));
    }
    [[nodiscard]] Words call(const Command& command, const std::string& name) const {
        Words words = call_of(command, name);
        for (const std::string& option : kinds().at(words[0]).options)
            words.push_back(option == "PAM" ? file("pam.d") : option);
        if (speaks_json(command)) words.emplace_back("--json");
        return words;
    }
    struct Twice {
        Finished first;
        Finished second;
    };
    [[nodiscard]] Twice twice(const Words& words) const {
        Finished first = tool(words);
        return {std::move(first), tool(words)};
    }
    // 0: it was done. 6: nobody is enrolled, and so nothing was changed. Others: why is said on stderr.
    static void expect_json_where_it_was_done(const Command& command, const Finished& done,
                                              const Words& words) {
        if (!speaks_json(command) || (done.status != 0 && done.status != 6)) return;
        EXPECT_TRUE(is_json(done.out, kinds().at(words[0]).prints)) << ::testing::PrintToString(words) << "\n"
                                                                    << done.out << done.err;
    }
    void expect_the_same_twice(const Command& command, const std::string& name) {
        const Words words = call(command, name);
        const auto [first, second] = twice(words);
        const std::string shown = ::testing::PrintToString(words) + "\n" + first.out + first.err + second.err;
        EXPECT_EQ(first.signal + second.signal, 0) << shown;
        EXPECT_NE(first.status, 2) << shown;
        if (kinds().at(words[0]).second == Second::same) {
            EXPECT_EQ(first.status, second.status) << shown;
        }
        expect_json_where_it_was_done(command, first, words);
        expect_json_where_it_was_done(command, second, words);
    }
};

TEST_F(RepeatedCalls, AreOfVerbsOfWhichSomebodyHasSaidWhatRepeatingThemDoes) {
    std::vector<std::string> missing;
    for (const Command& command : tool::commands()) {
        if (!kinds().contains(std::string(command.verb))) missing.emplace_back(command.verb);
    }
    EXPECT_THAT(missing, IsEmpty()) << "put it into kinds() above: what does calling it twice do?";
    for (const auto& [verb, kind] : kinds())
        EXPECT_NE(tool::find_command(verb), nullptr) << "no verb any more: " << verb;
}

TEST_F(RepeatedCalls, AboutSomebodyWithASecondStep) {
    unsigned tried = 0;
    for (const Command& command : tool::commands()) {
        const std::string verb(command.verb);
        if (!kinds().contains(verb) || kinds().at(verb).second == Second::elsewhere) continue;
        const std::string name = "p." + verb;
        enroll(name);
        expect_the_same_twice(command, name);
        ++tried;
    }
    EXPECT_GE(tried, 20U);
}

// Nothing is there to be changed: a play gets an answer that it can read all the same.
TEST_F(RepeatedCalls, AboutSomebodyWithoutOne) {
    for (const Command& command : tool::commands()) {
        const std::string verb(command.verb);
        if (!kinds().contains(verb) || kinds().at(verb).second == Second::elsewhere) continue;
        expect_the_same_twice(command, me());
        static_cast<void>(tool({"disable", me(), "--yes"}));
    }
}

TEST_F(RepeatedCalls, ThatFindNothingLeftSaySoInJsonToo) {
    for (const Command& command : tool::commands()) {
        const std::string verb(command.verb);
        if (!kinds().contains(verb) || kinds().at(verb).second != Second::used_up) continue;
        enroll(me());
        const auto [first, second] = twice(call(command, me()));
        EXPECT_EQ(first.status, 0) << verb << first.err;
        EXPECT_EQ(second.status, 6) << verb << second.err;
        EXPECT_EQ(changed_in(first.out), true) << verb;
        EXPECT_EQ(changed_in(second.out), false) << verb << second.out;
    }
}

// A file that is there already is no reason to fail where nothing would be written to it. Every option that
// names one, of every verb that may find nothing to do.
TEST_F(RepeatedCalls, ThatDoNothingTouchNoFiles) {
    unsigned tried = 0;
    for (const Command& command : tool::commands()) {
        const auto options = options_of(command);
        const bool may_do_nothing = std::ranges::any_of(
            options, [](const HelpOption& option) { return option.name.starts_with("--if-"); });
        if (!may_do_nothing) continue;
        for (const HelpOption& option : options) {
            const bool names_a_file = option.value == "FILE" || option.value == "HOW";
            // Another call: it names whom it is about in a file.
            if (!names_a_file || option.name == "--config" || option.name == "--bulk" ||
                option.name == "--output")
                continue;
            const std::string name = "p" + std::to_string(++tried);
            const std::string path = file("made" + name);
            Words words{std::string(command.verb),
                        name,
                        "--portal-user",
                        "--no-confirm",
                        "--if-missing",
                        "--json",
                        option.name,
                        (option.value == "HOW" ? "png:" : "") + path};
            const auto [first, second] = twice(words);
            EXPECT_EQ(first.status, 0) << ::testing::PrintToString(words) << first.err;
            const std::string content = content_of(path);
            EXPECT_FALSE(content.empty()) << path;
            EXPECT_EQ(second.status, 0) << ::testing::PrintToString(words) << second.err;
            EXPECT_EQ(changed_in(second.out), false) << second.out;
            EXPECT_EQ(content_of(path), content);
            // And what is not there is not made.
            words.back() += ".other";
            EXPECT_EQ(tool(words).status, 0);
            EXPECT_FALSE(std::filesystem::exists(path + ".other"));
        }
    }
    EXPECT_GE(tried, 2U);
}

TEST_F(RepeatedCalls, OfABulkEnrollmentGoOnWithNothing) {
    write_file(file("list.csv"), "p.one\np.two\n");
    const Words words{"enroll",        "--bulk",        file("list.csv"), "--output",
                      file("out.csv"), "--portal-user", "--if-missing",   "--json"};
    const auto [first, second] = twice(words);
    EXPECT_EQ(first.status, 0) << first.err;
    EXPECT_EQ(second.status, 0) << second.err;
    EXPECT_TRUE(is_json(first.out)) << first.out;
    EXPECT_TRUE(is_json(second.out)) << second.out;
}

// With a linked portal, where there is one.
TEST_F(RepeatedCalls, OfPortalsAreTheSame) {
    const std::string uri = "otpauth://totp/x:y?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n";
    const Words add{"portal", "add", "site", "--owner", "host", "--yes", "--replace", "--json"};
    for (int i = 0; i < 2; ++i) {
        const Finished done = tool(add, uri);
        EXPECT_EQ(done.status, 0) << done.err;
        EXPECT_TRUE(is_json(done.out)) << done.out;
    }
    for (const Words& words :
         std::vector<Words>{{"portal", "list", "--owner", "host", "--json"},
                            {"portal", "disable", "site", "--owner", "host", "--yes", "--json"},
                            {"portal", "enable", "site", "--owner", "host", "--yes", "--json"},
                            {"code", "site", "--owner", "host", "--json"},
                            {"portal", "change", "site", "--owner", "host", "--note", "x", "--json"}}) {
        const auto [first, second] = twice(words);
        EXPECT_EQ(first.status, 0) << ::testing::PrintToString(words) << first.err;
        EXPECT_EQ(second.status, 0) << ::testing::PrintToString(words) << second.err;
        EXPECT_TRUE(is_json(first.out) && is_json(second.out)) << first.out << second.out;
    }
}

}  // namespace

}  // namespace secondstep::testing
