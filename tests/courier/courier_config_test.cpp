#include "courier/courier_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "base/text.h"
#include "courier/courier_options.h"
#include "support/temporary_directory.h"

namespace secondstep::courier {
namespace {

using ::testing::HasSubstr;

std::string refusal(std::string_view text) {
    const auto config = parse_courier_config(text, "c");
    return config ? "accepted" : config.error().detail;
}

const std::string mail = "[mail]\ntransport = smtp\nserver = mail.example.com\nfrom = a@example.com\n";
const std::string sms = "[sms]\nprofile = form\nurl = https://sms.example.com/send\n";

std::string rendered(const Template& text) {
    Values values;
    values.set(Placeholder::to, "TO");
    values.set(Placeholder::text, "TEXT");
    values.set(Placeholder::code, "CODE");
    return std::string(text.render(values, Escape::none).text());
}

TEST(CourierConfigTest, AnEmptyFileSetsNothingUp) {
    const auto config = parse_courier_config("# nothing\n", "c");
    ASSERT_TRUE(config.has_value()) << config.error().detail;
    EXPECT_EQ(config->mail.transport, MailTransport::none);
    EXPECT_EQ(config->sms.profile, SmsProfile::none);
}

TEST(CourierConfigTest, MailHasSafeDefaults) {
    const auto config = parse_courier_config(mail, "c");
    ASSERT_TRUE(config.has_value()) << config.error().detail;
    EXPECT_TRUE(config->mail.starttls_required);
    EXPECT_EQ(config->mail.port, 587);
    EXPECT_THAT(rendered(config->mail.body), HasSubstr("\n    CODE\n"));
    const auto smtps = parse_courier_config("[mail]\ntransport = smtps\nserver = m\nfrom = a@b\n", "c");
    EXPECT_EQ(smtps->mail.port, 465);
}

TEST(CourierConfigTest, NamesFileAndLineOfWhatIsWrong) {
    EXPECT_EQ(refusal("transport = smtp\n"), "c:1: options stand behind [mail] or [sms] (column 1)");
    EXPECT_EQ(refusal(mail + "colour = blue\n"),
              "c:5: unknown option in [mail]; courier.conf(5) lists them all (column 1)");
    EXPECT_EQ(refusal(mail + "from = b@c\n"), "c:5: this option is there already, at c:4 (column 1)");
    EXPECT_THAT(refusal(mail + "[mail]\n"), HasSubstr("c:5: a section of this name is there already"));
    EXPECT_THAT(refusal("[fax]\n"), HasSubstr("c:1: there is no such section; there are [mail] and [sms]"));
    EXPECT_THAT(refusal("[fax]\nfrom = x\n"), HasSubstr("there is no such section"));
    EXPECT_THAT(refusal("[mail\n"), HasSubstr("c:1: this is not a section"));
    EXPECT_THAT(refusal(mail + "subject = {kode}\n"),
                HasSubstr("c:5: subject: something in braces is unknown here"));
}

// The daemon logs what is wrong, and `secondstep doctor` shows it.
TEST(CourierConfigTest, NeverRepeatsWhatStandsInTheFile) {
    const std::string word = "Xq7";
    std::string text = "[" + word + "]\n[mail]\n" + word + " = 1\n" + word + "\n[sms]\n";
    for (const CourierOption& option : courier_option_table())
        text += "[" + std::string(option.section) + "]\n" + std::string(option.name) + " = {" + word + "}" +
                word + "\n";
    const std::string found = refusal(text);
    EXPECT_THAT(found, HasSubstr("c:3: "));
    EXPECT_EQ(found.find(word), std::string::npos) << found;
}

TEST(CourierConfigTest, ReportsEverythingAtOnce) {
    EXPECT_EQ(
        refusal("[mail]\nport = 0\nport_ = 1\n[sms]\nmethod = put\n"),
        "c:2: port: not a number from 1 to 65535 (column 8)\n"
        "c:3: unknown option in [mail]; did you mean 'port'?; courier.conf(5) lists them all (column 1)\n"
        "c:5: method: not one of get, post (column 10)\n"
        "c:1: [mail] has no transport: smtp, smtps or program\n"
        "c:4: [sms] has no profile: kannel, form, json or program");
}

TEST(CourierConfigTest, RefusesValuesThatDoNotFit) {
    for (const std::string line :
         {"transport = uucp", "server = -x", "server = a b", "server = a/b", "server = a@b", "port = 65536",
          "starttls = optional", "ca_file = x.pem", "from = a", "from = a@b\tc", "helo = a/b",
          "body_file = x", "subject = {text}", "program = sendmail", "program = ", "starttls ="}) {
        EXPECT_NE(refusal("[mail]\n" + line + "\n").find("c:2: "), std::string::npos) << line;
    }
    for (const std::string line : {"profile = soap",
                                   "url = ftp://x/",
                                   "url = x",
                                   "url = https://",
                                   "url = https:///x",
                                   "url = https://{to}.example.com/",
                                   "url = https://example.com{to}",
                                   "url = https://u:p@example.com/",
                                   "url = https://x/{code}",
                                   "plain_http = maybe",
                                   "method = GET",
                                   "login = digest",
                                   "headers = X",
                                   "headers = : x",
                                   "headers = X Y: z",
                                   "headers = X: {text}",
                                   "body_form = xml",
                                   "body = {password}",
                                   "accept_status = 20",
                                   "accept_status = 299-200",
                                   "accept_status = 200-299-300",
                                   "text = hello",
                                   "text = {code} {text}",
                                   "program = /x TEXT",
                                   "program = /x --to={to}",
                                   "program = /x {to} -text={text}",
                                   "program = x {to}",
                                   "from = {to}",
                                   "from = a\"b"}) {
        EXPECT_NE(refusal("[sms]\n" + line + "\n").find("c:2: "), std::string::npos) << line;
    }
}

TEST(CourierConfigTest, UnencryptedMailGoesToThisMachineOnly) {
    const auto with_server = [](const std::string& server) {
        return refusal("[mail]\ntransport = smtp\nstarttls = none\nfrom = a@b\nserver = " + server + "\n");
    };
    for (const char* server : {"localhost", "127.0.0.1", "127.8.9.1", "::1", "LOCALHOST"})
        EXPECT_EQ(with_server(server), "accepted") << server;
    for (const char* server : {"mail.example.com", "128.0.0.1", "::2", "127.0.0.1.example.com", "0.0.0.0",
                               "localhost.example.com", "2130706433"})
        EXPECT_THAT(with_server(server), HasSubstr("only to this machine itself")) << server;
}

TEST(CourierConfigTest, UnencryptedGatewaysMustBeAskedFor) {
    const auto with_url = [](const std::string& url, const std::string& more = "") {
        return refusal("[sms]\nprofile = form\nurl = " + url + "\n" + more);
    };
    for (const char* url : {"https://sms.example.com/", "http://127.0.0.1:13013/x", "http://localhost/{to}",
                            "http://[::1]:8080/"})
        EXPECT_EQ(with_url(url), "accepted") << url;
    for (const char* url : {"http://sms.example.com/", "http://127.0.0.1.example.com/", "http://[::2]/"}) {
        EXPECT_THAT(with_url(url), HasSubstr("http:// URL to another machine")) << url;
        EXPECT_EQ(with_url(url, "plain_http = yes\n"), "accepted");
    }
}

TEST(CourierConfigTest, AProfileIsTheGroundAndOptionsOverrideIt) {
    const auto config = parse_courier_config(
        "[sms]\nbody = T={to}\nurl = https://sms.example.com/\nprofile = json\nlogin = basic\n", "c");
    ASSERT_TRUE(config.has_value()) << config.error().detail;
    EXPECT_EQ(config->sms.method, Method::post);
    EXPECT_EQ(config->sms.body_form, BodyForm::json);
    EXPECT_EQ(config->sms.login, Login::basic);
    EXPECT_EQ(rendered(config->sms.body), "T=TO");
    const auto kannel = parse_courier_config("[sms]\nprofile = kannel\n", "c");
    ASSERT_TRUE(kannel.has_value()) << kannel.error().detail;
    EXPECT_EQ(kannel->sms.accept_text.size(), 2U);
    EXPECT_TRUE(kannel->sms.url.uses(Placeholder::login_password));
}

TEST(CourierConfigTest, EveryOptionOfTheTableDoesSomething) {
    for (const CourierOption& option : courier_option_table()) {
        CourierConfig config;
        const auto set = set_option(config, option.section, option.name, option.example);
        EXPECT_TRUE(set.has_value()) << option.name << ": " << set.error().detail;
        EXPECT_NE(option.example, option.default_value) << option.name;
        if (option.default_value.empty()) continue;
        const auto preset = set_option(config, option.section, option.name, option.default_value);
        EXPECT_TRUE(preset.has_value()) << option.name << ": " << preset.error().detail;
    }
    for (const ProfileDefault& preset : profile_defaults()) {
        CourierConfig config;
        EXPECT_TRUE(set_option(config, "sms", preset.name, preset.value)) << preset.name;
    }
}

TEST(CourierConfigTest, ReadsItsBodyFilesAndTrustsNoFileThatOthersMayWrite) {
    const testing::TemporaryDirectory directory;
    const auto write = [&](const std::string& name, const std::string& text) {
        std::ofstream(directory.file(name)) << text;
        EXPECT_EQ(::chmod(directory.file(name).c_str(), 0644), 0);
    };
    write("body", "Ihr Code: {code}\n");
    write("conf", mail + "body_file = " + directory.file("body") + "\n");
    const auto config = load_courier_config(directory.file("conf"));
    ASSERT_TRUE(config.has_value()) << config.error().detail;
    EXPECT_EQ(rendered(config->mail.body), "Ihr Code: CODE\n");

    write("body", "without\n");
    EXPECT_THAT(load_courier_config(directory.file("conf")).error().detail, HasSubstr("has no {code}"));
    write("body", "{code} \xff\n");
    EXPECT_THAT(load_courier_config(directory.file("conf")).error().detail, HasSubstr("is not UTF-8"));
    write("body", "{code} {colour}\n");
    EXPECT_THAT(load_courier_config(directory.file("conf")).error().detail,
                HasSubstr("something in braces is unknown here"));
    write("body", "{code}\n");
    EXPECT_EQ(::chmod(directory.file("body").c_str(), 0666), 0);
    EXPECT_FALSE(load_courier_config(directory.file("conf")));
    EXPECT_EQ(::chmod(directory.file("body").c_str(), 0644), 0);
    EXPECT_TRUE(load_courier_config(directory.file("conf")));
    EXPECT_EQ(::chmod(directory.file("conf").c_str(), 0664), 0);
    EXPECT_FALSE(load_courier_config(directory.file("conf")));
    EXPECT_FALSE(load_courier_config(directory.file("absent")));
}

// --- etc/courier.conf ---

std::string shipped_file() {
    std::ifstream in(SECONDSTEP_SOURCE_DIR "/etc/courier.conf");
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

struct Documented {
    std::string value;
    std::string remark;  // the lines above it, joined
};

std::map<std::string, Documented> documented_options() {
    std::map<std::string, Documented> found;
    std::string remark;
    std::string section;
    const std::string text = shipped_file();
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with("# ")) {
            remark += (remark.empty() ? "" : " ") + std::string(line.substr(2));
        } else if (line.starts_with("#[")) {
            section = std::string(line.substr(2, line.size() - 3)) + ".";
        } else if (const std::size_t equals = line.find('='); line.starts_with('#') && equals != line.npos) {
            const std::string name = section + std::string(trimmed(line.substr(1, equals - 1)));
            EXPECT_FALSE(found.contains(name)) << name << " stands there twice";
            found[name] = {std::string(trimmed(line.substr(equals + 1))), remark};
        }
        if (!line.starts_with("# ")) remark.clear();
    }
    return found;
}

TEST(CourierConfigTest, TheShippedFileListsEveryOptionAndNothingElse) {
    const auto documented = documented_options();
    std::set<std::string> known;
    for (const CourierOption& option : courier_option_table()) {
        const std::string name = std::string(option.section) + "." + std::string(option.name);
        known.insert(name);
        ASSERT_TRUE(documented.contains(name)) << name << " is missing in etc/courier.conf";
        EXPECT_EQ(documented.at(name).value, option.default_value) << name;
        EXPECT_THAT(documented.at(name).remark, HasSubstr(std::string(option.meaning))) << name;
        EXPECT_THAT(documented.at(name).remark, HasSubstr("Example: " + std::string(option.example))) << name;
    }
    for (const auto& [name, ignored] : documented)
        EXPECT_TRUE(known.contains(name)) << name;
}

TEST(CourierConfigTest, TheShippedFileNamesWhatEachProfileSets) {
    const std::string text = shipped_file();
    for (const ProfileDefault& preset : profile_defaults()) {
        EXPECT_THAT(text,
                    HasSubstr("#   " + std::string(preset.name) + " = " + std::string(preset.value) + "\n"));
    }
    EXPECT_TRUE(parse_courier_config(text, "courier.conf")) << "as it is shipped, it sets nothing up";
}

}  // namespace
}  // namespace secondstep::courier
