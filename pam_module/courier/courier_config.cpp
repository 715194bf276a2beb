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

// Everything that is wrong, so that an administrator mends it in one go.
class Assembly {
  public:
    Assembly() {
        for (const CourierOption& option : courier_option_table())
            set_default(option.section, option.name, option.default_value);
    }

    void take(const ConfigText& text) {
        for (const std::string& problem : text.problems)
            add(problem);
        take_profile(text);
        for (const ConfigSection& section : text.sections) {
            note_section(section);
            for (const ConfigEntry& entry : section.entries)
                take(section.name, entry);
        }
    }

    Result<CourierConfig> finish() && {
        finish_mail();
        finish_sms();
        if (!problems_.empty()) return fail(Errc::invalid, problems_);
        return std::move(config_);
    }

  private:
    void add(const std::string& sentence) { problems_ += (problems_.empty() ? "" : "\n") + sentence; }

    void set_default(std::string_view section, std::string_view name, std::string_view value) {
        if (value.empty()) return;
        if (const Result<void> set = set_option(config_, section, name, value); !set) add(set.error().detail);
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

    void note_section(const ConfigSection& section) {
        if (section.name.empty()) return;
        const std::string where = position(section.file, section.line);
        const auto [first, is_new] = sections_.try_emplace(section.name, where);
        if (!is_new)
            add(where + "a section of this name is there already, at " +
                first->second.substr(0, first->second.size() - 2));
        if (is_new && section.entries.empty()) {
            // set_option() names the sections there are.
            const Result<void> known = set_option(config_, section.name, "", "");
            if (section.name != "mail" && section.name != "sms") add(where + known.error().detail);
        }
    }

    void take(const std::string& section, const ConfigEntry& entry) {
        const std::string where = position(entry.file, entry.line);
        const auto [first, is_new] = entries_.try_emplace({section, entry.key}, where);
        if (!is_new)
            return add(where + "this option is there already, at " +
                       first->second.substr(0, first->second.size() - 2) + in_column(entry.key_column));
        const Result<void> set = set_option(config_, section, entry.key, entry.value);
        if (set) return;
        const bool unknown = set.error().code == Errc::not_found;
        add(where + set.error().detail + in_column(unknown ? entry.key_column : entry.value_column));
    }

    // For what is wrong about options together: where the section begins.
    void complain(const std::string& section, const std::string& sentence) {
        add(sections_[section] + "[" + section + "] " + sentence);
    }

    void finish_mail() {
        MailConfig& mail = config_.mail;
        read_body(mail.body, mail.body_file, "body_file", built_in::code_mail, "{code}");
        read_body(mail.notice_body, mail.notice_body_file, "notice_body_file", built_in::notice_mail,
                  "{notice}");
        if (mail.transport == MailTransport::none) {
            if (sections_.contains("mail")) complain("mail", "has no transport: smtp, smtps or program");
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
            if (sections_.contains("sms")) complain("sms", "has no profile: kannel, form, json or program");
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

    CourierConfig config_;
    std::string problems_;
    std::map<std::string, std::string> sections_;                         // where each was first seen
    std::map<std::pair<std::string, std::string>, std::string> entries_;  // the same
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
    Assembly assembly;
    assembly.take(split_config(text, name, SectionForm::word));
    return std::move(assembly).finish();
}

}  // namespace secondstep::courier
