#include "policy/options.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/text.h"

namespace secondstep {
namespace {

std::string shipped_file() {
    std::ifstream in(SECONDSTEP_SOURCE_DIR "/etc/secondstep.conf");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

// What etc/secondstep.conf says about one option.
struct Documented {
    std::string value;
    std::string remark;  // the lines above it, joined
};

std::string scoped(Option::Scope scope, std::string_view name) {
    return (scope == Option::Scope::rule ? "rule." : "") + std::string(name);
}

// "#key = value" lines, each with the remark before it.
std::map<std::string, Documented> documented_options() {
    std::map<std::string, Documented> found;
    std::string remark;
    auto scope = Option::Scope::global;
    const std::string text = shipped_file();
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with("# ")) {
            remark += (remark.empty() ? "" : " ") + std::string(line.substr(2));
        } else if (line == "#[rule NAME]") {
            scope = Option::Scope::rule;
            remark.clear();
        } else if (const std::size_t equals = line.find('='); line.starts_with('#') && equals != line.npos) {
            const std::string name = scoped(scope, trimmed(line.substr(1, equals - 1)));
            EXPECT_FALSE(found.contains(name)) << name << " stands there twice";
            found[name] = {std::string(trimmed(line.substr(equals + 1))), remark};
            remark.clear();
        } else {
            remark.clear();
        }
    }
    return found;
}

std::string uncommented(const std::string& text) {
    std::string out;
    for (const std::string_view line : split(text, '\n')) {
        const bool option = line.starts_with('#') && !line.starts_with("# ") && line.size() > 1;
        out += std::string(option ? line.substr(1) : line) + '\n';
    }
    return out;
}

// Everything in a Config, one comparable text per member.
std::map<std::string, std::string> values_of(const Config& c) {
    std::map<std::string, std::string> out = {
        {"store", c.store},
        {"host_key", c.host_key},
        {"socket", c.socket},
        {"service_account", c.service_account},
        {"allow_network_file_system", std::to_string(c.allow_network_file_system)},
        {"tries", std::to_string(c.tries)},
        {"window", std::to_string(c.window)},
        {"recovery_codes", std::to_string(c.recovery_codes)},
        {"issuer", c.issuer},
        {"contact", c.contact},
        {"action", std::string(to_text(c.rules.default_action))},
    };
    for (const auto& caller : c.trusted_callers)
        out["trusted_callers"] += caller.user + ":" + caller.service;
    for (const auto& service : c.portal_services)
        out["portal_services"] += service;
    out.try_emplace("trusted_callers");
    out.try_emplace("portal_services");
    return out;
}

TEST(Options, TheShippedFileListsEveryOptionWithItsDefaultAndMeaning) {
    const auto documented = documented_options();
    for (const Option& option : option_table()) {
        const std::string name = scoped(option.scope, option.name);
        ASSERT_TRUE(documented.contains(name)) << name << " is missing in etc/secondstep.conf";
        const bool global = option.scope == Option::Scope::global;
        EXPECT_EQ(documented.at(name).value, global ? option.default_value : option.example) << name;
        EXPECT_NE(documented.at(name).remark.find(option.meaning), std::string::npos) << name;
    }
}

TEST(Options, TheShippedFileListsNothingElse) {
    std::set<std::string> known;
    for (const Option& option : option_table())
        known.insert(scoped(option.scope, option.name));
    for (const auto& [name, documented] : documented_options())
        EXPECT_TRUE(known.contains(name)) << name;
    EXPECT_EQ(known.size(), option_table().size());
}

TEST(Options, TheShippedFileIsTheDefaults) {
    const Result<Config> config = parse_config(shipped_file(), "secondstep.conf");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(values_of(*config), values_of(Config{}));
    EXPECT_TRUE(config->rules.rules.empty());
}

TEST(Options, TheShippedFileWithoutItsCommentSignsIsTheDefaultsAndOneRule) {
    const Result<Config> config = parse_config(uncommented(shipped_file()), "secondstep.conf");
    ASSERT_TRUE(config) << config.error().detail;
    EXPECT_EQ(values_of(*config), values_of(Config{}));
    ASSERT_EQ(config->rules.rules.size(), 1U);
    const Rule& rule = config->rules.rules.front();
    EXPECT_EQ(rule.users.size(), 2U);
    EXPECT_EQ(rule.groups.size(), 2U);
    EXPECT_TRUE(rule.groups.at(1).negated);
    EXPECT_EQ(rule.services.size(), 2U);
    EXPECT_EQ(rule.networks.size(), 3U);
    EXPECT_EQ(rule.action, Action::require);
}

// An option that is parsed and then forgotten would be silently ignored.
TEST(Options, EveryOptionChangesItsOwnValueAndNoOther) {
    std::set<std::string> changed_by_some_option;
    const auto defaults = values_of(Config{});
    for (const Option& option : option_table()) {
        if (option.scope != Option::Scope::global) continue;
        const std::string name(option.name);
        Config config;
        const Result<void> set = set_option(config, name, std::string(option.example));
        ASSERT_TRUE(set) << set.error().detail;
        for (const auto& [key, value] : values_of(config)) {
            EXPECT_EQ(value != defaults.at(key), key == name) << name << " and " << key;
        }
        changed_by_some_option.insert(name);
    }
    for (const auto& [key, value] : defaults)
        EXPECT_TRUE(changed_by_some_option.contains(key)) << key;
}

TEST(Options, AllOptionsTogetherInOneFileAreAllThere) {
    std::string text;
    for (const Option& option : option_table()) {
        if (option.scope == Option::Scope::global) {
            text += std::string(option.name) + " = " + std::string(option.example) + "\n";
        }
    }
    const Result<Config> config = parse_config(text, "c");
    ASSERT_TRUE(config) << config.error().detail;
    for (const auto& [key, value] : values_of(*config))
        EXPECT_NE(value, values_of(Config{}).at(key)) << key;
}

TEST(Options, TheValuesAreWhatTheWordsSay) {
    Config config;
    ASSERT_TRUE(set_option(config, "trusted_callers", "www-data:nginx, apache:web"));
    ASSERT_EQ(config.trusted_callers.size(), 2U);
    EXPECT_EQ(config.trusted_callers[1].user, "apache");
    EXPECT_EQ(config.trusted_callers[1].service, "web");
    ASSERT_TRUE(set_option(config, "tries", "10"));
    EXPECT_EQ(config.tries, 10U);
    ASSERT_TRUE(set_option(config, "allow_network_file_system", "yes"));
    EXPECT_TRUE(config.allow_network_file_system);
    ASSERT_TRUE(set_option(config, "action", "exempt"));
    EXPECT_EQ(config.rules.default_action, Action::exempt);
}

struct Bad {
    const char* key;
    const char* value;
};

class BadValue : public ::testing::TestWithParam<Bad> {};

TEST_P(BadValue, IsRefusedAndChangesNothing) {
    Config config;
    const Result<void> set = set_option(config, GetParam().key, GetParam().value);
    ASSERT_FALSE(set) << GetParam().key << " = " << GetParam().value;
    EXPECT_EQ(set.error().code, Errc::invalid);
    EXPECT_TRUE(set.error().detail.starts_with(std::string(GetParam().key) + ": ")) << set.error().detail;
    EXPECT_EQ(values_of(config), values_of(Config{}));
}

const std::string long_text(121, 'x');
const std::string long_socket = "/" + std::string(107, 's');

INSTANTIATE_TEST_SUITE_P(
    Options, BadValue,
    ::testing::Values(Bad{"tries", "0"}, Bad{"tries", "11"}, Bad{"tries", "-1"}, Bad{"tries", "3 "},
                      Bad{"tries", "0x3"}, Bad{"tries", "3.0"}, Bad{"tries", "4294967299"},
                      Bad{"window", "11"}, Bad{"window", ""}, Bad{"recovery_codes", "2"},
                      Bad{"recovery_codes", "17"}, Bad{"allow_network_file_system", "true"},
                      Bad{"allow_network_file_system", ""}, Bad{"store", "var/lib"}, Bad{"store", ""},
                      Bad{"socket", long_socket.c_str()}, Bad{"service_account", "two words"},
                      Bad{"service_account", ""}, Bad{"issuer", "a:b"}, Bad{"contact", long_text.c_str()},
                      Bad{"trusted_callers", "www-data"}, Bad{"trusted_callers", "a:b:c"},
                      Bad{"trusted_callers", ":nginx"}, Bad{"trusted_callers", "a:b,"},
                      Bad{"portal_services", "a,,b"}, Bad{"portal_services", "a/b"}, Bad{"action", "Allow"},
                      Bad{"action", "deny"}, Bad{"action", ""}));

TEST(Options, SaysThatEnrollAtLoginIsNotThereYet) {
    Config config;
    Rule rule;
    EXPECT_NE(set_option(config, "action", "enroll").error().detail.find("not there yet"), std::string::npos);
    EXPECT_NE(set_option(rule, "action", "enroll").error().detail.find("not there yet"), std::string::npos);
    for (const char* key : {"methods", "remember", "enroll_until"}) {
        EXPECT_NE(set_option(rule, key, "1").error().detail.find("not there yet"), std::string::npos) << key;
    }
}

TEST(Options, SaysWhereAMisplacedOptionBelongs) {
    Config config;
    Rule rule;
    EXPECT_NE(set_option(config, "users", "alice").error().detail.find("[rule NAME]"), std::string::npos);
    EXPECT_NE(set_option(rule, "tries", "3").error().detail.find("before the first"), std::string::npos);
    EXPECT_NE(set_option(rule, "nonsense", "3").error().detail.find("unknown option 'nonsense'"),
              std::string::npos);
}

// Program_options guesses abbreviations of names; a table looked up by exact names does not.
TEST(Options, DoesNotTakeAbbreviations) {
    Config config;
    EXPECT_EQ(set_option(config, "trie", "5").error().code, Errc::not_found);
    EXPECT_EQ(set_option(config, "TRIES", "5").error().code, Errc::not_found);
    EXPECT_EQ(config.tries, 3U);
}

}  // namespace
}  // namespace secondstep
