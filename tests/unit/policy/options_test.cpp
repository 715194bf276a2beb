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

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words)
        out += word + ";";
    return out;
}

std::string limits_in_words(const std::vector<RateLimit>& limits) {
    std::string out;
    for (const RateLimit& limit : limits)
        out += std::to_string(limit.count) + "/" + std::to_string(limit.within.count()) + ";";
    return out;
}

std::map<std::string, std::string> values_of(const Terms& t) {
    return {
        {"action", std::string(to_text(t.action))},
        {"enroll_until", t.enroll_until ? std::to_string(to_unix(*t.enroll_until)) : "none"},
        {"enrollment", std::string(to_text(t.enrollment))},
        {"methods", joined(t.methods)},
        {"remember", std::to_string(t.remember.count())},
        {"repeat", std::to_string(t.repeat.count())},
        {"combined_digits", std::to_string(t.combined_digits)},
        {"allow_self_disable", t.allow_self_disable ? std::to_string(*t.allow_self_disable) : "none"},
    };
}

// Everything in a Config, one comparable text per member.
std::map<std::string, std::string> values_of(const Config& c) {
    std::map<std::string, std::string> out = {
        {"store", c.store},
        {"host_key", c.host_key},
        {"socket", c.socket},
        {"service_account", c.service_account},
        {"allow_network_file_system", std::to_string(c.allow_network_file_system)},
        {"machine_id", c.machine_id},
        {"tries", std::to_string(c.tries)},
        {"window", std::to_string(c.window)},
        {"recovery_codes", std::to_string(c.recovery_codes)},
        {"issuer", c.issuer},
        {"contact", c.contact},
        {"hint", std::to_string(c.hint)},
        {"apps", c.apps},
        {"sent_code_digits", std::to_string(c.sent_code_digits)},
        {"sent_code_lifetime", std::to_string(c.sent_code_lifetime.count())},
        {"sent_codes_per_account", limits_in_words(c.sent_codes_per_account)},
        {"sent_codes_per_host", limits_in_words(c.sent_codes_per_host)},
        {"notify", std::to_string(c.notify)},
        {"notify_address", c.notify_address},
        {"courier_socket", c.courier_socket},
        {"portal_phone_users", joined(c.portal_phone_users)},
        {"portal_page_listen",
         c.portal_page_listen.address + " " + std::to_string(c.portal_page_listen.port)},
        {"portal_page_host", c.portal_page_host},
        {"portal_page_certificate", c.portal_page_certificate},
        {"portal_page_key", c.portal_page_key},
        {"fleet", std::to_string(static_cast<int>(c.fleet.part))},
        {"fleet_listen", c.fleet.listen.address + " " + std::to_string(c.fleet.listen.port)},
        {"fleet_directory", c.fleet.directory},
        {"fleet_account", c.fleet.account},
        {"break_glass_users", joined(c.fleet.break_glass_users)},
        {"relay_socket", c.fleet.relay_socket},
        {"hosts_socket", c.fleet.hosts_socket},
    };
    for (const FleetConfig::Node& node : c.fleet.nodes)
        out["fleet_nodes"] += node.name + "=" + node.address + " " + std::to_string(node.port);
    out.try_emplace("fleet_nodes");
    out.merge(values_of(c.rules.defaults));
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
    // Every term of it is one of its own: none is left to the defaults.
    const auto defaults = values_of(Terms{});
    for (const auto& [key, value] : values_of(rule.given.completed_by(Terms{})))
        EXPECT_NE(value, defaults.at(key)) << key;
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
    EXPECT_EQ(config.rules.defaults.action, Action::exempt);
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
    ::testing::Values(
        Bad{"tries", "0"}, Bad{"tries", "11"}, Bad{"tries", "-1"}, Bad{"tries", "3 "}, Bad{"tries", "0x3"},
        Bad{"tries", "3.0"}, Bad{"tries", "4294967299"}, Bad{"window", "11"}, Bad{"window", ""},
        Bad{"recovery_codes", "2"}, Bad{"recovery_codes", "17"}, Bad{"allow_network_file_system", "true"},
        Bad{"allow_network_file_system", ""}, Bad{"store", "var/lib"}, Bad{"store", ""},
        Bad{"socket", long_socket.c_str()}, Bad{"service_account", "two words"}, Bad{"service_account", ""},
        Bad{"issuer", "a:b"}, Bad{"contact", long_text.c_str()}, Bad{"trusted_callers", "www-data"},
        Bad{"trusted_callers", "a:b:c"}, Bad{"trusted_callers", ":nginx"}, Bad{"trusted_callers", "a:b,"},
        Bad{"portal_services", "a,,b"}, Bad{"portal_services", "a/b"}, Bad{"action", "Allow"},
        Bad{"action", "deny"}, Bad{"action", ""}, Bad{"enroll_until", "2027-02-29"},
        Bad{"enroll_until", "2027-3-31"}, Bad{"enroll_until", "31.03.2027"},
        Bad{"enroll_until", "2027-03-31 "}, Bad{"enroll_until", "2027-13-01"},
        Bad{"enroll_until", "2027-00-10"}, Bad{"enrollment", "closed"}, Bad{"methods", ""},
        Bad{"methods", "totp, totp"}, Bad{"methods", "u2f"}, Bad{"remember", "8"}, Bad{"remember", "h"},
        Bad{"remember", "25h"}, Bad{"remember", "2d"}, Bad{"remember", "-1h"}, Bad{"remember", "86401s"},
        Bad{"remember", "4294967296s"}, Bad{"remember", "8 h"}, Bad{"repeat", ""}, Bad{"repeat", "1w"},
        Bad{"combined_digits", "5"}, Bad{"combined_digits", "9"}, Bad{"allow_self_disable", "true"},
        Bad{"hint", ""}, Bad{"apps", long_text.c_str()}, Bad{"portal_phone_users", "a,,b"},
        Bad{"portal_page_listen", ""}, Bad{"portal_page_listen", "65536"}, Bad{"portal_page_listen", "https"},
        Bad{"portal_page_listen", ":8443"}, Bad{"portal_page_listen", "web01:8443"},
        Bad{"portal_page_listen", "2001:db8::1"}, Bad{"portal_page_listen", "[::1]"},
        Bad{"portal_page_listen", "[192.0.2.1]:8443"}, Bad{"portal_page_listen", "192.0.2.1:"},
        Bad{"portal_page_host", "https://web01"}, Bad{"portal_page_host", "web01/x"},
        Bad{"portal_page_host", "web01:0"}, Bad{"portal_page_host", "web01:"},
        Bad{"portal_page_host", "2001:db8::1"}, Bad{"portal_page_host", long_text.c_str()},
        Bad{"portal_page_certificate", "login.pem"}, Bad{"portal_page_key", ""}));

TEST(Options, ThePageListensOnAPortOrAnAddressWithOne) {
    const auto listens = [](const char* text) {
        Config config;
        EXPECT_TRUE(set_option(config, "portal_page_listen", text)) << text;
        return config.portal_page_listen.address + " " + std::to_string(config.portal_page_listen.port);
    };
    EXPECT_EQ(listens("0"), " 0");
    EXPECT_EQ(listens("1024"), " 1024");
    EXPECT_EQ(listens("65535"), " 65535");
    EXPECT_EQ(listens("192.0.2.1:8443"), "192.0.2.1 8443");
    EXPECT_EQ(listens("[2001:db8::1]:8443"), "2001:db8::1 8443");
    EXPECT_EQ(listens("443"), " 443") << "root's page binds it before it gives root up";
}

TEST(Options, ThePageHasANameThatFitsIntoALink) {
    Config config;
    for (const char* good : {"web01", "login.example.com", "login.example.com:443", "192.0.2.1:8443",
                             "[2001:db8::1]", "[2001:db8::1]:443"}) {
        EXPECT_TRUE(set_option(config, "portal_page_host", good)) << good;
        EXPECT_EQ(config.portal_page_host, good);
    }
}

TEST(Options, ARuleTakesWhatItDoesNotGiveFromTheGlobalOptions) {
    for (const Option& option : option_table()) {
        if (option.scope != Option::Scope::rule || !values_of(Terms{}).contains(std::string(option.name))) {
            continue;
        }
        const std::string name(option.name);
        Rule rule;
        const Result<void> set = set_option(rule, name, std::string(option.example));
        ASSERT_TRUE(set) << set.error().detail;
        for (const auto& [key, value] : values_of(rule.given.completed_by(Terms{}))) {
            EXPECT_EQ(value != values_of(Terms{}).at(key), key == name) << name << " and " << key;
        }
    }
    const Result<Config> config =
        parse_config("remember = 8h\nrepeat = 5m\n[rule a]\naction = require\nrepeat = 0\n", "c");
    ASSERT_TRUE(config) << config.error().detail;
    const Terms terms = config->rules.rules.at(0).given.completed_by(config->rules.defaults);
    EXPECT_EQ(terms.remember, std::chrono::hours(8));
    EXPECT_EQ(terms.repeat, std::chrono::seconds(0));
}

TEST(Options, KnowsFourMethods) {
    Rule rule;
    ASSERT_TRUE(set_option(rule, "methods", "totp, hotp, mail, sms"));
    EXPECT_EQ(rule.given.methods->size(), 4U);
    for (const char* bad : {"", "email", "totp, totp", "mail sms"})
        EXPECT_FALSE(set_option(rule, "methods", bad)) << bad;
}

TEST(Options, ASentCodeLivesForOneToTenMinutes) {
    Config config;
    ASSERT_TRUE(set_option(config, "sent_code_lifetime", "10m"));
    EXPECT_EQ(config.sent_code_lifetime, std::chrono::minutes{10});
    for (const char* bad : {"", "0", "59s", "601s", "11m", "1h", "5"})
        EXPECT_FALSE(set_option(config, "sent_code_lifetime", bad)) << bad;
}

TEST(Options, LimitsAreNumbersInAStretchOfTime) {
    Config config;
    ASSERT_TRUE(set_option(config, "sent_codes_per_account", " 1/90s ,10/24h"));
    EXPECT_EQ(limits_in_words(config.sent_codes_per_account), "1/90;10/86400;");
    for (const char* bad :
         {"", "3", "3/", "/15m", "0/15m", "11/1d", "3/0", "3/2d", "3/15m,", "-1/1h", "3 / 1h"})
        EXPECT_FALSE(set_option(config, "sent_codes_per_account", bad)) << bad;
    EXPECT_TRUE(set_option(config, "sent_codes_per_host", "5000/1h"));
}

TEST(Options, APatternForNoticesIsAMailAddress) {
    Config config;
    for (const char* good : {"", "{user}@example.com", "security@example.com"})
        EXPECT_TRUE(set_option(config, "notify_address", good)) << good;
    for (const char* bad : {"{user}", "-o@example.com", "a b@example.com"})
        EXPECT_FALSE(set_option(config, "notify_address", bad)) << bad;
}

TEST(Options, DurationsHaveAUnitAndAnEnd) {
    const auto seconds = [](const char* text) {
        Config config;
        EXPECT_TRUE(set_option(config, "remember", text)) << text;
        return config.rules.defaults.remember.count();
    };
    EXPECT_EQ(seconds("0"), 0);
    EXPECT_EQ(seconds("90s"), 90);
    EXPECT_EQ(seconds("30m"), 1800);
    EXPECT_EQ(seconds("8h"), 28800);
    EXPECT_EQ(seconds("1d"), 86400);
    EXPECT_EQ(seconds("24h"), 86400);
}

TEST(Options, SaysWhereAMisplacedOptionBelongs) {
    Config config;
    Rule rule;
    EXPECT_NE(set_option(config, "users", "alice").error().detail.find("[rule NAME]"), std::string::npos);
    EXPECT_NE(set_option(rule, "tries", "3").error().detail.find("before the first"), std::string::npos);
    EXPECT_NE(set_option(rule, "nonsense", "3").error().detail.find("unknown option"), std::string::npos);
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
