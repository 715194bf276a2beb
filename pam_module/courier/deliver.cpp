#include "courier/deliver.h"

#include <utility>

#include "base/clock.h"
#include "base/randomness.h"
#include "base/text.h"
#include "courier/built_in_texts.h"
#include "courier/gateway.h"
#include "courier/gateway_request.h"
#include "courier/local_program.h"
#include "courier/mail_message.h"
#include "courier/redaction.h"
#include "courier/sms_text.h"
#include "courier/smtp.h"

namespace secondstep::courier {

using delivery::Cause;
using delivery::Channel;
using delivery::DeliveryOutcome;
using delivery::Message;
using delivery::MessagePurpose;
using delivery::Report;

namespace {

Report misconfigured(std::string detail) {
    return {.outcome = DeliveryOutcome::failed, .cause = Cause::misconfigured, .detail = std::move(detail)};
}

// The values of a message, fit to be read: what has no form of its own is made printable.
class MessageValues {
  public:
    explicit MessageValues(const Message& message)
        : user_(printable(message.user)),
          host_(printable(message.host)),
          service_(message.service.empty() ? std::string(name_for_none(message.purpose))
                                           : printable(message.service)),
          contact_(message.contact.empty() ? std::string(built_in::no_contact) : printable(message.contact)),
          notice_(printable(message.notice, 1024)),
          minutes_(std::to_string(message.valid.count())) {
        values_.set(Placeholder::code, message.code.text());
        values_.set(Placeholder::user, user_);
        values_.set(Placeholder::host, host_);
        values_.set(Placeholder::service, service_);
        values_.set(Placeholder::contact, contact_);
        values_.set(Placeholder::notice, notice_);
        values_.set(Placeholder::minutes, minutes_);
        values_.set(Placeholder::to, message.to.text());
    }
    MessageValues(const MessageValues&) = delete;
    MessageValues& operator=(const MessageValues&) = delete;
    ~MessageValues() = default;

    [[nodiscard]] Secret in(const Template& text) const { return text.render(values_, Escape::none); }
    [[nodiscard]] Secret in(std::string_view built_in) const {
        const auto text = Template::create(built_in, built_in::all_placeholders());
        return text ? in(*text) : Secret();
    }
    [[nodiscard]] const std::string& host() const { return host_; }

  private:
    static std::string_view name_for_none(MessagePurpose purpose) {
        return purpose == MessagePurpose::link ? built_in::no_portal : built_in::no_service;
    }

    std::string user_;
    std::string host_;
    std::string service_;
    std::string contact_;
    std::string notice_;
    std::string minutes_;
    Values values_;
};

struct Letter {
    Secret subject;
    Secret body;
};

Letter write_letter(const MailConfig& config, const Message& message) {
    const MessageValues values(message);
    switch (message.purpose) {
        case MessagePurpose::code:
            return {values.in(config.subject), values.in(config.body)};
        case MessagePurpose::notice:
            return {values.in(config.notice_subject), values.in(config.notice_body)};
        case MessagePurpose::test:
            return {values.in(built_in::test_subject), values.in(built_in::test_mail)};
        case MessagePurpose::link:  // decode_message() takes none to a mailbox
            break;
    }
    return {};
}

Result<Secret> write_text(const SmsConfig& config, const Message& message) {
    const MessageValues values(message);
    switch (message.purpose) {
        case MessagePurpose::code:
            return sms_text(values.in(config.text).text(), values.host(), message.code.text());
        case MessagePurpose::notice:
            return sms_text(values.in(config.notice_text).text(), values.host(), {});
        case MessagePurpose::test:
            return sms_text(values.in(built_in::test_text).text(), values.host(), {});
        case MessagePurpose::link:
            return sms_text_with_link(values.in(built_in::link_text).text(), message.code.text());
    }
    return Secret();
}

// sendmail programs expect the line ends of this system.
Secret with_plain_line_ends(const Secret& mail) {
    Secret out;
    for (const char c : mail.text()) {
        if (c != '\r') out.push_back(c);
    }
    return out;
}

Report mail_by_program(const MailConfig& config, const std::string& to, const Secret& mail,
                       const Redaction& redaction) {
    std::vector<Secret> arguments;
    arguments.reserve(config.program.size() + 1);
    for (const std::string& word : config.program)
        arguments.push_back(Secret::copy_of(word));
    arguments.push_back(Secret::copy_of(to));
    return run_program(arguments, with_plain_line_ends(mail).text(), redaction);
}

Report send_mail(const MailConfig& config, const Credentials& credentials, const Message& message,
                 const Redaction& redaction) {
    if (config.transport == MailTransport::none)
        return misconfigured("mail is not set up: courier.conf has no [mail] with a transport");
    SystemRandomness randomness;
    const Letter letter = write_letter(config, message);
    const Secret mail = to_rfc5322({.from = config.from,
                                    .from_name = config.from_name,
                                    .to = message.to.text(),
                                    .subject = letter.subject.text(),
                                    .body = letter.body.text()},
                                   SystemClock().now(), randomness);
    if (config.transport == MailTransport::program)
        return mail_by_program(config, message.to.text(), mail, redaction);
    return send_by_smtp(config, credentials, message.to.text(), mail.text(), redaction);
}

Report text_by_program(const SmsConfig& config, const std::string& to, const Secret& text,
                       const Redaction& redaction) {
    Values values;
    values.set(Placeholder::to, to);
    values.set(Placeholder::text, text.text());
    std::vector<Secret> arguments;
    bool text_is_argument = false;
    for (const Template& word : config.program) {
        arguments.push_back(word.render(values, Escape::none));
        text_is_argument = text_is_argument || word.uses(Placeholder::text);
    }
    return run_program(arguments, text_is_argument ? std::string_view() : text.text(), redaction);
}

Report send_text(const SmsConfig& config, const Credentials& credentials, const Message& message,
                 const Redaction& redaction) {
    if (config.profile == SmsProfile::none)
        return misconfigured("SMS is not set up: courier.conf has no [sms] with a profile");
    const Result<Secret> text = write_text(config, message);
    if (!text) return misconfigured(text.error().detail);
    if (config.profile == SmsProfile::program)
        return text_by_program(config, message.to.text(), *text, redaction);
    const auto request = make_request(config, credentials, message.to.text(), text->text());
    return request ? send_to_gateway(config, *request, redaction) : misconfigured(request.error().detail);
}

// What nobody may read in the log: the secrets of the message, whom it is for, and our own.
Redaction redaction_for(const Credentials& credentials, const Message& message) {
    Redaction redaction;
    const std::string_view code = message.code.text();
    // Of a link the token opens it; all its other parts are known.
    redaction.hide(message.purpose == MessagePurpose::link ? code.substr(code.rfind('/') + 1) : code);
    const std::string& to = message.to.text();
    // The domain says which server it was about.
    redaction.hide(
        std::string_view(to).substr(0, message.to.channel() == Channel::mail ? to.find('@') + 1 : to.size()));
    redaction.hide(credentials.mail_user);
    redaction.hide(credentials.mail_password.text());
    redaction.hide(credentials.sms_user);
    redaction.hide(credentials.sms_password.text());
    return redaction;
}

}  // namespace

Report deliver(const CourierConfig& config, const Credentials& credentials, const Message& message) {
    const Redaction redaction = redaction_for(credentials, message);
    return message.to.channel() == Channel::mail ? send_mail(config.mail, credentials, message, redaction)
                                                 : send_text(config.sms, credentials, message, redaction);
}

bool uses_local_program(const CourierConfig& config, Channel channel) {
    return channel == Channel::mail ? config.mail.transport == MailTransport::program
                                    : config.sms.profile == SmsProfile::program;
}

}  // namespace secondstep::courier
