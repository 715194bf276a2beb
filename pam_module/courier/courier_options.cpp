#include "courier/courier_options.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "base/text.h"
#include "courier/built_in_texts.h"
#include "courier/option_values.h"
#include "policy/option_row.h"
#include "policy/option_types.h"

namespace secondstep::courier {
namespace {

template <typename Enum>
struct Named {
    std::string_view name;
    Enum value;
};

template <typename Enum, std::size_t N>
Result<Enum> one_of(std::string_view value, const Named<Enum> (&known)[N]) {
    std::string names;
    for (const auto& [name, meant] : known) {
        if (name == value) return meant;
        names.append(names.empty() ? "" : ", ").append(name);
    }
    return fail(Errc::invalid, "not one of " + names);
}

using std::string_view;
using Config = CourierConfig;
using option_types::path;
using option_types::sentence;
using option_types::yes_or_no;

constexpr OptionRow<CourierOption, Config> rows[] = {
    {{"mail", "transport", "", "smtp",
      "How mail is sent: smtp (to a mail server, with STARTTLS), smtps (with TLS from the start) or program "
      "(by a local one). Empty: no mail is sent."},
     [](Config& c, string_view v) {
         return put(c.mail.transport,
                    one_of(v, {Named{"smtp", MailTransport::smtp}, Named{"smtps", MailTransport::smtps},
                               Named{"program", MailTransport::program}}));
     }},
    {{"mail", "server", "", "mail.example.com", "The mail server. Its certificate must be for this name."},
     [](Config& c, string_view v) { return put(c.mail.server, server_name(v)); }},
    {{"mail", "port", "", "2525", "Its port; empty: 587 for smtp, 465 for smtps."},
     [](Config& c, string_view v) { return put(c.mail.port, port_number(v)); }},
    {{"mail", "starttls", "required", "none",
      "Whether smtp must be encrypted: required, or none, which is possible only to this machine itself and "
      "without mail_user in the credentials file."},
     [](Config& c, string_view v) {
         return put(c.mail.starttls_required, one_of(v, {Named{"required", true}, Named{"none", false}}));
     }},
    {{"mail", "ca_file", "", "/etc/ssl/certs/site.pem",
      "The certificates of the authorities that the server's certificate may be from; empty: "
      "those the system trusts."},
     [](Config& c, string_view v) { return put(c.mail.ca_file, path(v)); }},
    {{"mail", "from", "", "login@example.com", "The sender's address; replies and bounces go there."},
     [](Config& c, string_view v) { return put(c.mail.from, mail_address(v)); }},
    {{"mail", "from_name", "Second login step", "Example Corp", "The sender's name; may be empty."},
     [](Config& c, string_view v) { return put(c.mail.from_name, sentence(v)); }},
    {{"mail", "helo", "", "web01.example.com",
      "How this machine names itself to the server; empty: its host name."},
     [](Config& c, string_view v) { return put(c.mail.helo, server_name(v)); }},
    {{"mail", "subject", "Login code for {user} on {host}", "Your code for {host}",
      "The subject of a mail with a code. Many telephones show it while they are locked, "
      "so it should not hold the code."},
     [](Config& c, string_view v) {
         return put(c.mail.subject, Template::create(v, built_in::code_placeholders()));
     }},
    {{"mail", "body_file", "", "/etc/secondstep/code-mail.txt",
      "A file with the text of a mail with a code, in UTF-8, with {code} in it; empty: "
      "a built-in English text."},
     [](Config& c, string_view v) { return put(c.mail.body_file, path(v)); }},
    {{"mail", "notice_subject", "Your second login step on {host}", "Something changed on {host}",
      "The subject of a mail that tells somebody what happened to their second step."},
     [](Config& c, string_view v) {
         return put(c.mail.notice_subject, Template::create(v, built_in::notice_placeholders()));
     }},
    {{"mail", "notice_body_file", "", "/etc/secondstep/notice-mail.txt",
      "A file with the text of such a mail, with {notice} in it; empty: a built-in English text."},
     [](Config& c, string_view v) { return put(c.mail.notice_body_file, path(v)); }},
    {{"mail", "program", "/usr/sbin/sendmail -i --", "/usr/bin/msmtp --",
      "With transport program: the program and its arguments, separated by spaces; no shell reads them. The "
      "recipient's address is added as the last argument; the message comes on standard input."},
     [](Config& c, string_view v) { return put(c.mail.program, mail_program(v)); }},

    {{"sms", "profile", "", "kannel",
      "How texts are sent: kannel (its sendsms), form (a form posted to a gateway, as Twilio has it), "
      "json (JSON posted to a gateway) or program (a local one, as gammu-smsd-inject). "
      "Each sets some of the options below, which may be given all the same. Empty: no texts are sent."},
     [](Config& c, string_view v) {
         return put(c.sms.profile,
                    one_of(v, {Named{"kannel", SmsProfile::kannel}, Named{"form", SmsProfile::form},
                               Named{"json", SmsProfile::json}, Named{"program", SmsProfile::program}}));
     }},
    {{"sms", "url", "", "https://sms.example.com/send",
      "Where the gateway is; the values in it are percent-encoded."},
     [](Config& c, string_view v) { return put(c.sms.url, gateway_url(v)); }},
    {{"sms", "plain_http", "no", "yes",
      "Whether the URL may be http:// to another machine, where everybody on the way "
      "reads codes and password."},
     [](Config& c, string_view v) { return put(c.sms.plain_http, yes_or_no(v)); }},
    {{"sms", "method", "get", "post", "The method of the request: get or post."},
     [](Config& c, string_view v) {
         return put(c.sms.method, one_of(v, {Named{"get", Method::get}, Named{"post", Method::post}}));
     }},
    {{"sms", "login", "none", "basic",
      "How sms_user and sms_password of the credentials file are presented: none (only where {login_user} "
      "and {login_password} stand), basic (HTTP basic authentication) or bearer (sms_password is a token)."},
     [](Config& c, string_view v) {
         return put(c.sms.login, one_of(v, {Named{"none", Login::none}, Named{"basic", Login::basic},
                                            Named{"bearer", Login::bearer}}));
     }},
    {{"sms", "headers", "", "X-Api-Key: {login_password} | X-Site: web",
      "More header lines of the request, separated by |."},
     [](Config& c, string_view v) { return put(c.sms.headers, header_lines(v)); }},
    {{"sms", "body_form", "form", "json",
      "What the body of a post is: form or json; the values in it are written accordingly."},
     [](Config& c, string_view v) {
         return put(c.sms.body_form,
                    one_of(v, {Named{"form", BodyForm::form}, Named{"json", BodyForm::json}}));
     }},
    {{"sms", "body", "", "To={to}&Body={text}", "The body of a post."},
     [](Config& c, string_view v) { return put(c.sms.body, gateway_template(v)); }},
    {{"sms", "ca_file", "", "/etc/ssl/certs/site.pem",
      "The authorities that the gateway's certificate may be from; empty: those the system trusts."},
     [](Config& c, string_view v) { return put(c.sms.ca_file, path(v)); }},
    {{"sms", "from", "", "+4930123456", "The sender's number or name, for {from}."},
     [](Config& c, string_view v) { return put(c.sms.from, sms_sender(v)); }},
    {{"sms", "accept_status", "200-299", "202", "The HTTP status, or range of them, of an accepted text."},
     [](Config& c, string_view v) { return put(c.sms.accept_status, status_range(v)); }},
    {{"sms", "accept_text", "", "\"status\":\"ok\"",
      "What the gateway's answer must hold, alternatives separated by |; empty: nothing."},
     [](Config& c, string_view v) { return put(c.sms.accept_text, alternatives(v)); }},
    {{"sms", "refuse_text", "", "\"status\":\"failed\" | \"error\"",
      "What the gateway's answer must not hold, alternatives separated by |."},
     [](Config& c, string_view v) { return put(c.sms.refuse_text, alternatives(v)); }},
    {{"sms", "text",
      "{code} is your code to log in to {host} as {user}. Not you? Change your password, tell {contact}.",
      "{code} logs in {user} on {host}",
      "The text with a code; a last line with host and code follows, by which telephones offer to fill it "
      "in. 160 characters in all; what is longer is cut."},
     [](Config& c, string_view v) { return put(c.sms.text, code_template(v)); }},
    {{"sms", "notice_text", "{host}: {notice} Not you? Tell {contact}.", "{notice}",
      "The text that tells somebody what happened to their second step."},
     [](Config& c, string_view v) {
         return put(c.sms.notice_text, Template::create(v, built_in::notice_placeholders()));
     }},
    {{"sms", "program", "/usr/bin/gammu-smsd-inject TEXT {to}", "/usr/local/bin/send-sms {to}",
      "With profile program: the program and its arguments, separated by spaces; no shell reads them. "
      "{to} and {text} must be arguments of their own. Without {text} the text comes on standard input, "
      "where no other account of this machine sees it."},
     [](Config& c, string_view v) { return put(c.sms.program, sms_program(v)); }},
};

constexpr ProfileDefault profiles[] = {
    {SmsProfile::kannel, "url",
     "http://127.0.0.1:13013/cgi-bin/sendsms?username={login_user}&password={login_password}"
     "&from={from}&to={to}&text={text}&charset=UTF-8&coding=0"},
    {SmsProfile::kannel, "accept_text", "0: Accepted for delivery | 3: Queued for later delivery"},
    {SmsProfile::form, "method", "post"},
    {SmsProfile::form, "body_form", "form"},
    {SmsProfile::form, "body", "To={to}&From={from}&Body={text}"},
    {SmsProfile::form, "login", "basic"},
    {SmsProfile::json, "method", "post"},
    {SmsProfile::json, "body_form", "json"},
    {SmsProfile::json, "body", R"({"to":"{to}","from":"{from}","text":"{text}"})"},
    {SmsProfile::json, "login", "bearer"},
};

std::array<CourierOption, std::size(rows)> all_options() {
    std::array<CourierOption, std::size(rows)> all{};
    std::ranges::transform(rows, all.begin(), [](const auto& row) { return row.option; });
    return all;
}

bool is_section(std::string_view name) {
    return std::ranges::any_of(rows, [&](const auto& row) { return row.option.section == name; });
}

}  // namespace

std::span<const CourierOption> courier_option_table() {
    static const auto all = all_options();
    return all;
}

std::span<const ProfileDefault> profile_defaults() {
    return profiles;
}

Result<void> set_option(CourierConfig& config, std::string_view section, std::string_view name,
                        std::string_view value) {
    if (section.empty()) return fail(Errc::not_found, "options stand behind [mail] or [sms]");
    if (!is_section(section)) {
        return fail(Errc::not_found, "there is no such section; there are [mail] and [sms]");
    }
    const auto* const row = find_row(
        rows, [&](const CourierOption& option) { return option.section == section && option.name == name; });
    if (row == nullptr) {
        const auto in_section = [&](const CourierOption& option) { return option.section == section; };
        return fail(Errc::not_found, "unknown option in [" + std::string(section) + "]" +
                                         meant_among(rows, name, in_section) +
                                         "; courier.conf(5) lists them all");
    }
    // "server =" says the same as leaving it out.
    if (value.empty() && row->option.default_value.empty()) return {};
    return set_by(*row, config, value);
}

}  // namespace secondstep::courier
