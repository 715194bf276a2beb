#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "courier/template.h"

namespace secondstep::courier {

enum class MailTransport : std::uint8_t { none, smtp, smtps, program };
enum class SmsProfile : std::uint8_t { none, kannel, form, json, program };
enum class Method : std::uint8_t { get, post };
enum class BodyForm : std::uint8_t { form, json };
enum class Login : std::uint8_t { none, basic, bearer };

struct MailConfig {
    MailTransport transport = MailTransport::none;
    std::string server;
    std::uint16_t port = 0;  // after finish(): what the transport wants
    bool starttls_required = true;
    std::string ca_file;  // empty: the system's authorities
    std::string from;
    std::string from_name = "Second login step";
    std::string helo;  // empty: the host's name
    Template subject;
    Template body;
    std::string body_file;  // after finish(): read into body
    Template notice_subject;
    Template notice_body;
    std::string notice_body_file;
    std::vector<std::string> program;
};

struct StatusRange {
    unsigned lowest = 200;
    unsigned highest = 299;
};

struct SmsConfig {
    SmsProfile profile = SmsProfile::none;
    Template url;
    bool plain_http = false;
    Method method = Method::get;
    Login login = Login::none;
    std::vector<Template> headers;  // each "Name: value"
    BodyForm body_form = BodyForm::form;
    Template body;
    std::string ca_file;
    std::string from;
    StatusRange accept_status;
    std::vector<std::string> accept_text;  // one of them must be in the answer; none: anything
    std::vector<std::string> refuse_text;  // none of them may be
    Template text;
    Template notice_text;
    std::vector<Template> program;  // {to} and {text} are whole arguments
};

// /etc/secondstep/courier.conf, typed and checked. Every option, its default and what the profiles put in its
// place stand in courier_options.cpp.
struct CourierConfig {
    MailConfig mail;
    SmsConfig sms;
};

// Reads a regular file owned by root or the euid and not writable for anybody else, and the body files it
// names. Errors: invalid, untrusted, not_found, io; each "FILE:LINE: what is wrong and what would be right",
// several problems together, one a line.
[[nodiscard]] Result<CourierConfig> load_courier_config(const std::string& path);

// The same for a text; `name` stands for its file in the messages.
[[nodiscard]] Result<CourierConfig> parse_courier_config(std::string_view text, const std::string& name);

// "localhost", 127.0.0.0/8, ::1: what is sent there does not leave this machine.
[[nodiscard]] bool is_loopback(std::string_view server);

}  // namespace secondstep::courier
