#include "courier/courier_config.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <map>

#include "base/file.h"
#include "base/text.h"
#include "courier/built_in_texts.h"
#include "courier/courier_options.h"
#include "policy/config_assembly.h"
#include "policy/config_text.h"

namespace secondstep::courier {
namespace {

constexpr std::size_t largest_file = 65536;

Result<std::string> read_trusted(const std::string& path) {
    const FileTrust trust{
        .owner = ::geteuid(), .root_too = true, .forbidden = 0022, .max_size = largest_file};
    const Result<UniqueFd> file = open_trusted(AT_FDCWD, path.c_str(), O_RDONLY, trust);
    if (!file) return fail(file.error().code, path + ": " + file.error().detail);
    const Result<Bytes> content = read_whole(file->get(), largest_file);
    if (!content) return fail(content.error().code, path + ": " + content.error().detail);
    return std::string(content->begin(), content->end());
}

// Sections [mail] and [sms] over the defaults, and the profile's.
class ConfigReader {
  public:
    ConfigReader() {
        for (const CourierOption& option : courier_option_table())
            set_default(option.section, option.name, option.default_value);
    }

    void take(const ConfigText& text) {
        assembly_.add_problems_of(text);
        take_profile(text);
        for (const ConfigSection& section : text.sections)
            take(section);
    }

    Result<CourierConfig> finish() && {
        finish_mail();
        finish_sms();
        if (const Result<void> right = assembly_.finish(); !right) return std::unexpected(right.error());
        return std::move(config_);
    }

  private:
    void set_default(std::string_view section, std::string_view name, std::string_view value) {
        if (value.empty()) return;
        if (const Result<void> set = set_option(config_, section, name, value); !set)
            assembly_.add_problem(Errc::invalid, set.error().detail);
    }

    // A profile is the ground on which the other options are put, wherever in the section its line stands.
    void take_profile(const ConfigText& text) {
        CourierConfig seen;
        for (const ConfigSection& section : text.sections) {
            for (const ConfigEntry& entry : section.entries) {
                if (section.name == "sms" && entry.key == "profile")
                    static_cast<void>(set_option(seen, "sms", "profile", entry.value));
            }
        }
        for (const ProfileDefault& preset : profile_defaults()) {
            if (preset.profile == seen.sms.profile) set_default("sms", preset.name, preset.value);
        }
    }

    void take(const ConfigSection& section) {
        begin(section);
        for (const ConfigEntry& read : section.entries) {
            assembly_.take(options_[section.name], read, [&](const ConfigEntry& entry) {
                return set_option(config_, section.name, entry.key, entry.value);
            });
        }
    }

    void begin(const ConfigSection& section) {
        if (section.name.empty() || !assembly_.begin(section, "section") || !section.entries.empty()) return;
        if (section.name == "mail" || section.name == "sms") return;
        // set_option() names the sections there are.
        const Result<void> known = set_option(config_, section.name, "", "");
        assembly_.add_problem(Errc::invalid, position(section.file, section.line) + known.error().detail);
    }

    // For what is wrong about options together: where the section begins.
    void complain(const std::string& section, const std::string& sentence) {
        assembly_.add_problem(Errc::invalid,
                              assembly_.beginning_of(section).value_or("") + "[" + section + "] " + sentence);
    }

    void finish_mail() {
        MailConfig& mail = config_.mail;
        read_body(mail.body, mail.body_file, "body_file", built_in::code_mail, "{code}");
        read_body(mail.notice_body, mail.notice_body_file, "notice_body_file", built_in::notice_mail,
                  "{notice}");
        if (mail.transport == MailTransport::none) {
            if (assembly_.beginning_of("mail")) complain("mail", "has no transport: smtp, smtps or program");
            return;
        }
        if (mail.from.empty()) complain("mail", "has no from, the sender's address");
        if (mail.transport == MailTransport::program) return;
        if (mail.server.empty()) complain("mail", "has no server");
        if (mail.port == 0) mail.port = mail.transport == MailTransport::smtp ? 587 : 465;
        if (mail.transport == MailTransport::smtp && !mail.starttls_required && !is_loopback(mail.server)) {
            complain("mail",
                     "has starttls = none, which is possible only to this machine itself (127.0.0.1)");
        }
    }

    void read_body(Template& body, const std::string& path, const std::string& option,
                   std::string_view built_in, std::string_view needed) {
        Result<std::string> text = path.empty() ? std::string(built_in) : read_trusted(path);
        if (!text) return complain("mail", option + ": " + text.error().detail);
        const bool is_code = needed == "{code}";
        if (text->find(needed) == std::string::npos) {
            return complain("mail", option + ": " + path + " has no " + std::string(needed));
        }
        if (!is_valid_utf8(*text)) return complain("mail", option + ": " + path + " is not UTF-8");
        Result<Template> made = Template::create(
            *text, is_code ? built_in::code_placeholders() : built_in::notice_placeholders());
        if (!made) return complain("mail", option + ": " + path + ": " + made.error().detail);
        body = std::move(*made);
    }

    void finish_sms() {
        const SmsConfig& sms = config_.sms;
        if (sms.profile == SmsProfile::none) {
            if (assembly_.beginning_of("sms"))
                complain("sms", "has no profile: kannel, form, json or program");
            return;
        }
        if (sms.profile == SmsProfile::program) return;
        if (sms.url.empty()) return complain("sms", "has no url");
        if (sms.url.beginning().starts_with("http://") && !sms.plain_http && !goes_to_this_machine(sms.url)) {
            complain(
                "sms",
                "has an http:// URL to another machine: use https://, or say plain_http = yes if everybody "
                "on the way may read the codes and the password");
        }
        if (sms.method == Method::post && sms.body.empty()) complain("sms", "has method post and no body");
    }

    // "http://127.0.0.1:13013/x", "http://[::1]/"
    static bool goes_to_this_machine(const Template& url) {
        std::string_view host = url.beginning();
        host.remove_prefix(std::min(host.size(), host.find("//") + 2));
        host = host.substr(0, host.find_first_of("/?#"));
        if (host.starts_with('[')) return is_loopback(host.substr(1, host.find(']') - 1));
        return is_loopback(host.substr(0, host.find(':')));
    }

    ConfigAssembly assembly_;
    CourierConfig config_;
    std::map<std::string, ConfigAssembly::Places> options_;  // of each section
};

}  // namespace

bool is_loopback(std::string_view server) {
    const std::string name = lowercase_ascii(server);
    in_addr v4{};
    in6_addr v6{};
    if (name == "localhost") return true;
    if (::inet_pton(AF_INET, name.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
    return ::inet_pton(AF_INET6, name.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

Result<CourierConfig> load_courier_config(const std::string& path) {
    const Result<std::string> text = read_trusted(path);
    if (!text) return std::unexpected(text.error());
    return parse_courier_config(*text, path);
}

Result<CourierConfig> parse_courier_config(std::string_view text, const std::string& name) {
    ConfigReader reader;
    reader.take(split_config(text, name, SectionForm::word));
    return std::move(reader).finish();
}

}  // namespace secondstep::courier
