#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "base/text.h"
#include "tool_world.h"
#include "verb_calls.h"

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

namespace secondstep::testing {

namespace {

using Words = std::vector<std::string>;

constexpr std::string_view marker = "Xq7MarkerXq7";

// What somebody may have who names a file that they must not read: every '@' is the marker.
std::map<std::string, std::string> shapes() {
    std::map<std::string, std::string> all{
        {"host key", "key=@e28a7f5e9b80\n"},
        {"assignments", "@ = @\ntries = @\nactoin = @\nstore = @\nissuer = @:@\n  remember=@\n"},
        {"sections",
         "[@]\n[rule @]\n[rule @ !]\n[rule a]\naction = @\n[rule b]\naction = allow\ngroups = !@,,@\n"},
        {"courier", "[mail]\n@ = @\ntransport = @\nfrom = @\n[@]\n[sms]\nbody = {@}\n"},
        {"csv", "user,secret\n@,@\n@,@,@\n"},
        {"csv without a head", "@,@,@,@\n\"@\n"},
        {"good csv", "user,secret\n@,JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n"},
        {"names", "@\n1000\n@/@\n-@\n"},
        {"passwd", "@:x:1000:1000:@:/home/@:/bin/@\n"},
        {"shadow", "alice:$y$j9T$@$@:19000:0:99999:7:::\n"},
        {"xml", "<?xml version=\"1.0\"?>\n<!DOCTYPE @ [<!ENTITY e \"@\">]>\n<@ a=\"@\">@</@>\n"},
        {"broken xml", "<?xml version=\"1.0\"?>\n<KeyContainer Version=\"@\"><@>@</KeyContainer>\n"},
        {"pskc",
         "<?xml version=\"1.0\"?><KeyContainer Version=\"1.0\" xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\">"
         "<KeyPackage><DeviceInfo><Manufacturer>@</Manufacturer><SerialNo>@</SerialNo></DeviceInfo>"
         "<Key Id=\"@\" Algorithm=\"@\"><Data><Secret><PlainValue>@</PlainValue></Secret></Data></Key>"
         "</KeyPackage></KeyContainer>\n"},
        {"good pskc",
         "<?xml version=\"1.0\"?><KeyContainer Version=\"1.0\" xmlns=\"urn:ietf:params:xml:ns:keyprov:pskc\">"
         "<KeyPackage><DeviceInfo><Manufacturer>@</Manufacturer><Model>@</Model></DeviceInfo>"
         "<Key Algorithm=\"urn:ietf:params:xml:ns:keyprov:pskc:totp\"><Issuer>@</Issuer><Data><Secret><PlainValue>"
         "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue></Secret></Data><UserId>@</UserId></Key></KeyPackage>"
         "</KeyContainer>\n"},
        {"draft pskc",
         "<KeyContainer><EncryptionMethod Algorithm=\"@\"/><DigestMethod Algorithm=\"@\"/><Device><DeviceId><SerialNo>@"
         "</SerialNo></DeviceId><Key KeyAlgorithm=\"@\" KeyId=\"@\"><Data Name=\"@\"><Value>@</Value></Data></Key></Device>"
         "</KeyContainer>\n"},
        {"other columns", "@;secret;user\n@;JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP;@\n"},
        {"oath list", "@, 3132333435363738393031323334353637383930, @, @, @\n"},
        {"owners", "@,@\n@,@,@\nserial,@\n"},
        {"yubikey log", "LOGGING START,@\nOATH-HOTP,@,1,@,@,@,@,@,0,0,0,6,0,0,0,0,0,0\n@\n"},
        {"phonefactor", "phonefactor://@\n@\n"},
        {"otpauth",
         "otpauth://totp/@:@?secret=@&issuer=@\notpauth://@/@\notpauth-migration://offline?data=@\n"},
        {"good otpauth", "otpauth://totp/@?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n"},
        {"oath users", "HOTP/T30 @ - 00@\n@ @ @ @\nHOTP/T30 @ - 3132333435363738393031323334353637383930\n"},
        {"google authenticator", "@\n\" @ @\n\" TOTP_AUTH\n@\n"},
        {"good google authenticator", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP\n\" @ @\n\" TOTP_AUTH\n@\n"},
        {"pem", "-----BEGIN @-----\n@\n-----END @-----\n"},
        {"json", "{\"@\": \"@\"}\n"},
        {"stack",
         "@ @ @\nauth @ @\nauth [@=ok] pam_unix.so\npassword = @\n@include @\nauth include @\n"
         "auth required pam_unix.so\nauth required pam_secondstep.so\naccount @ pam_secondstep.so\n"},
        {"sshd", "@ @\nMatch @\n@=@\n"},
    };
    all["binary"] = std::string("\0\1\2@\xff\xfe\0@\n\0", 9);
    all["picture"] = std::string("\x89PNG\r\n\x1a\n\0\0\0\rIHDR@@@@", 20);
    all["sealed"] = "secondstep-sealed @\n@\n";
    all["long line"] = std::string(5000, '@') + "\n";
    for (auto& [name, text] : all) {
        std::string out;
        for (const char c : text)
            c == '@' && !text.empty() ? out += marker : out += c;
        // The word of PAM that begins with the sign.
        for (const std::string& word : {std::string(marker) + "include "})
            for (std::size_t at = out.find("\n" + word); at != std::string::npos; at = out.find("\n" + word))
                out.replace(at + 1, word.size(), "@include ");
        text = out;
    }
    return all;
}

// As root the tests' person is root, whom `portal` and others know as well as anybody.
class ForeignFiles : public ToolWorld {
  protected:
    ForeignFiles() {
        set_up();
        enroll("p.known");
        write_file(file("list.csv"), "p.new\n");
        std::filesystem::create_directory(file("pam.d"));
    }

    // The calls in which an option means something, beside being tried alone and with a
    // user: "PATH" is the file.
    [[nodiscard]] std::vector<Words> calls() const {
        const std::string out = file("out");
        return {
            {"status", "--users", "PATH"},
            {"status", "--users", "PATH", "--json"},
            {"enroll", "--bulk", "PATH", "--output", out},
            {"enroll", "--bulk", "PATH", "--output", out, "--json"},
            {"enroll", "--bulk", file("list.csv"), "--output", "PATH", "--portal-user"},
            {"enroll", me(), "--no-confirm", "--replace", "--save", "PATH"},
            {"enroll", me(), "--no-confirm", "--replace", "--qr", "png:PATH"},
            {"recovery-codes", "p.known", "--renew", "--yes", "--save", "PATH"},
            {"break-glass", "--new", "--yes", "--save", "PATH"},
            {"import", "google-authenticator", "PATH", "--user", me(), "--dry-run"},
            {"import", "oath", "PATH", "--dry-run"},
            {"import", "oath", "PATH", "--dry-run", "--json"},
            {"import", "pskc", "PATH", "--dry-run"},
            {"import", "pskc", "PATH", "--dry-run", "--json", "--password-file", "PATH", "--key-file",
             "PATH"},
            {"import", "pskc", SECONDSTEP_SOURCE_DIR "/tests/data/import/rfc6030-figure6.xml", "--key-file",
             "PATH"},
            {"import", "csv", "PATH", "--dry-run"},
            {"import", "csv", "PATH", "--dry-run", "--json"},
            {"import", "csv", "PATH", "--dry-run", "--password-file", "PATH"},
            {"import", "csv", "PATH", "--dry-run", "--owners", "PATH"},
            {"import", "csv", "PATH", "--dry-run", "--owners", "PATH", "--json"},
            {"import", "csv", "PATH", "--dry-run", "--columns", "user=1,secret=2"},
            {"import", "csv", "PATH", "--dry-run", "--upn-suffix", "corp.example"},
            {"import", "pskc", "PATH", "--dry-run", "--key", "1001", "--user", me()},
            {"import", "pskc", "PATH", "--dry-run", "--owners", "PATH"},
            {"import", "otpauth", "PATH", "--confirm", "--user", me()},
            {"import", "otpauth", "PATH", "--dry-run"},
            {"import", "otpauth", "PATH", "--dry-run", "--user", me()},
            {"import", "otpauth", "--qr", "PATH", "--dry-run"},
            {"export", "p.known", "--password-file", "PATH", "--output", out},
            {"export", "p.known", "--plain", "--yes", "--output", "PATH"},
            {"portal", "add", "site", "--qr", "PATH", "--yes", "--owner", "host"},
            {"portal", "add", "site", "--export", "PATH", "--yes", "--owner", "host"},
            {"portal", "add", "site", "--export",
             SECONDSTEP_SOURCE_DIR "/tests/data/app_exports/aegis-encrypted.json", "--password-file", "PATH",
             "--yes", "--owner", "host"},
            {"import", "app-export", "PATH", "--user", me(), "--dry-run"},
            {"import", "app-export", "PATH", "--user", me(), "--dry-run", "--json", "--choose", "1"},
            {"portal", "export", "site", "--qr", "svg:PATH", "--yes", "--owner", "host"},
            {"check-config", "--file", "PATH", "--pam-dir", file("pam.d"), "--sshd-config", "PATH"},
            {"check-config", "--file", "PATH", "--pam-dir", file("pam.d"), "--sshd-config", "PATH", "--json"},
            {"check-config", "--pam-dir", file("pam.d"), "--sshd-config", "PATH"},
            {"explain", me(), "--service", "PATH"},
            {"store", "migrate", "--to", "files", "PATH", "--token-file", "PATH"},
            {"store", "migrate", "--to", "fleet", "--token-file", file("list.csv"), "--output", "PATH"},
            {"setup", "--join", "auth1=192.0.2.11:7464", "--name", "web01", "--token-file", "PATH"},
            {"fleet", "create", "--certificate", "PATH", "--key", "PATH", "--ca", "PATH"},
            {"setup", "--join", "auth1=192.0.2.11:7464", "--certificate", "PATH", "--key", "PATH", "--ca",
             "PATH"},
            {"code", "--stdin"},
        };
    }

    // What is an export indeed is opened with the rights of whoever called sudo, standard input by whoever calls
    // at all, and the names in it are shown to choose from.
    static bool shows_names(const Words& call, const std::string& shape) {
        const bool takes_export = std::ranges::find(call, "--export") != call.end() ||
                                  std::ranges::find(call, "--stdin") != call.end() ||
                                  std::ranges::find(call, "app-export") != call.end();
        return takes_export && shape.ends_with("otpauth");
    }

    void try_call(Words call, const std::string& shape, const std::string& content) {
        if (shows_names(call, shape)) return;
        for (std::string& word : call) {
            const std::size_t at = word.find("PATH");
            if (at != std::string::npos) word.replace(at, 4, file("foreign"));
        }
        write_file(file("foreign"), content);
        write_file(file("pam.d/sshd"), content);
        ::chmod(file("foreign").c_str(), 0600);
        std::filesystem::remove(file("out"));
        const bool own_config = std::ranges::find(call, "--config") != call.end();
        if (!own_config) call = words(call);
        if (own_config) call.insert(call.begin(), SECONDSTEP_TOOL);
        const Finished done = run_program(call, content);
        std::string shown = shape + ":";
        for (const std::string& word : call)
            shown += " " + word;
        const std::string said = lowercase_ascii(done.out + done.err);
        EXPECT_EQ(said.find(lowercase_ascii(marker)), std::string::npos) << shown << "\n"
                                                                         << done.out << done.err;
        EXPECT_EQ(done.signal, 0) << shown;
    }
};

// Each call with a third of the shapes, each shape with a third of the calls; all of them with SECONDSTEP_LONG=1 in the
// environment.
TEST_F(ForeignFiles, AreQuotedByNoVerbThatReadsThem) {
    const std::size_t part = std::getenv("SECONDSTEP_LONG") != nullptr ? 1 : 3;
    std::size_t first = 0;
    for (const auto& [shape, content] : shapes()) {
        std::size_t number = first++;
        for (const Words& call : calls()) {
            if (number++ % part == 0) try_call(call, shape, content);
        }
    }
}

TEST_F(ForeignFiles, AreQuotedByNoOptionWhatever) {
    const auto all = shapes();
    const std::set<std::string> names_of_tables{"assignments", "host key", "stack"};
    for (const tool::Command& command : tool::commands()) {
        const std::string verb(command.verb);
        for (const HelpOption& option : options_of(command)) {
            if (option.value.empty()) continue;
            for (const std::string& shape : names_of_tables) {
                if (option.name != "--config") try_call({verb, option.name, "PATH"}, shape, all.at(shape));
                try_call({verb, me(), option.name, "PATH"}, shape, all.at(shape));
            }
        }
    }
}

TEST_F(ForeignFiles, AreQuotedByNoVerbAsItsConfiguration) {
    const auto all = shapes();
    for (const auto& [shape, content] : all)
        try_call({"--config", "PATH", "status"}, shape, content);
    for (const tool::Command& command : tool::commands()) {
        const std::string verb(command.verb);
        try_call({"--config", "PATH", verb, me()}, "assignments", all.at("assignments"));
        try_call({verb, "--config", "PATH"}, "sections", all.at("sections"));
    }
}

// A new option with a file is to get its call above: trying it alone proves little.
TEST_F(ForeignFiles, AreTriedWithEveryOptionThatTakesOne) {
    std::set<std::string> tried;
    for (const Words& call : calls()) {
        for (std::size_t i = 1; i < call.size(); ++i) {
            if (call[i].find("PATH") != std::string::npos || call[i - 1] == "--pam-dir")
                tried.insert(call[0] + " " + call[i - 1]);
        }
    }
    std::set<std::string> untried;
    std::size_t paths = 0;
    const std::set<std::string> of_a_path{"FILE", "DIR", "CANDIDATE", "HOW"};
    for (const tool::Command& command : tool::commands()) {
        const std::string verb(command.verb);
        for (const HelpOption& option : options_of(command)) {
            if (!of_a_path.contains(option.value) || option.name == "--config") continue;
            ++paths;
            // `code` is `portal code`, and shares its table.
            if (verb != "code" && !tried.contains(verb + " " + option.name))
                untried.insert(verb + " " + option.name);
        }
    }
    EXPECT_THAT(untried, IsEmpty());
    EXPECT_GE(paths, 15U);
    EXPECT_GE(tool::commands().size(), 19U);
}

// sudo's environment: whoever may run status as root need not be able to read what root reads.
TEST_F(ForeignFiles, AreOpenedWithTheRightsOfWhoCalledSudo) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    write_file(file("foreign"), "p.known\n");
    ::chmod(file("foreign").c_str(), 0600);
    const Words call{"status", "--users", file("foreign")};
    EXPECT_THAT(tool(call).out, HasSubstr("p.known"));
    for (const ChildProcess::Environment& environment :
         {ChildProcess::Environment{{"SUDO_UID", "65534"}, {"SUDO_USER", "nobody"}},
          ChildProcess::Environment{{"PKEXEC_UID", "65534"}}}) {
        const Finished refused = tool(call, "", environment);
        EXPECT_EQ(refused.status, 2);
        EXPECT_THAT(refused.err, HasSubstr("Permission denied (opened with the rights of "));
        EXPECT_THAT(refused.out, Not(HasSubstr("p.known")));
        const Finished checked = tool({"check-config", "--file", file("foreign")}, "", environment);
        EXPECT_EQ(checked.status, 2);
        EXPECT_THAT(checked.err, HasSubstr("cannot be read"));
        std::filesystem::copy_file(file("foreign"), file("pam.d/sshd"),
                                   std::filesystem::copy_options::overwrite_existing);
    }
    // What sudo itself was called by root for is root's.
    EXPECT_THAT(tool(call, "", {{"SUDO_UID", "0"}}).out, HasSubstr("p.known"));
    EXPECT_THAT(tool(call, "", {{"SUDO_UID", "nobody"}}).out, HasSubstr("p.known"));
}

TEST_F(ForeignFiles, AreNoConfigurationOfRoots) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    const auto refusal = [this] {
        const Finished done = tool({"status"});
        EXPECT_EQ(done.status, 4) << done.out;
        return done.err;
    };
    ASSERT_EQ(tool({"status"}).status, 0);
    ASSERT_EQ(::chown(file("secondstep.conf").c_str(), 65534, 65534), 0);
    EXPECT_THAT(refusal(), HasSubstr("secondstep.conf: belongs to uid 65534, must belong to uid 0"));
    ASSERT_EQ(::chown(file("secondstep.conf").c_str(), 0, 0), 0);
    ::chmod(file("secondstep.conf").c_str(), 0664);
    EXPECT_THAT(refusal(), HasSubstr("secondstep.conf: has mode 0664"));
    ::chmod(file("secondstep.conf").c_str(), 0644);
    std::filesystem::create_directory(file("conf.d"));
    ASSERT_EQ(::chown(file("conf.d").c_str(), 65534, 65534), 0);
    EXPECT_THAT(refusal(), HasSubstr("its directory belongs to uid 65534, not to root"));
    ASSERT_EQ(::chown(file("conf.d").c_str(), 0, 0), 0);
    write_file(file("conf.d/a.conf"), "tries = 2\n");
    ASSERT_EQ(::chown(file("conf.d/a.conf").c_str(), 65534, 65534), 0);
    EXPECT_THAT(refusal(), HasSubstr("conf.d/a.conf: belongs to uid 65534"));
    ASSERT_EQ(::chown(file("conf.d/a.conf").c_str(), 0, 0), 0);
    EXPECT_EQ(tool({"status"}).status, 0);
    ASSERT_EQ(::chown(file("").c_str(), 65534, 65534), 0);
    EXPECT_THAT(refusal(), HasSubstr("its directory belongs to uid 65534, not to root"));
    ASSERT_EQ(::chown(file("").c_str(), 0, 0), 0);
}

}  // namespace

}  // namespace secondstep::testing
