#include "courier/check.h"

#include <unistd.h>

#include <cstdio>
#include <string>

#include "courier/courier_config.h"
#include "courier/credentials.h"
#include "courier/gateway_request.h"
#include "process/privileges.h"

namespace secondstep::courier {
namespace {

Result<uid_t> owner_of_credentials(const Options& options) {
    if (::geteuid() != 0) return ::geteuid();
    const Result<process::Ids> ids = process::ids_of(options.account);
    if (!ids) return std::unexpected(ids.error());
    return ids->user;
}

std::string how_mail_goes(const MailConfig& mail) {
    const std::string server = mail.server + ":" + std::to_string(mail.port);
    switch (mail.transport) {
        case MailTransport::none:
            return "not set up";
        case MailTransport::smtp:
            return server + (mail.starttls_required ? " with STARTTLS" : " unencrypted");
        case MailTransport::smtps:
            return server + " with TLS";
        case MailTransport::program:
            return "by " + mail.program.front();
    }
    return "";
}

std::string how_texts_go(const SmsConfig& sms) {
    if (sms.profile == SmsProfile::none) return "not set up";
    const Template& where = sms.profile == SmsProfile::program ? sms.program.front() : sms.url;
    const std::string_view beginning = where.beginning();
    return "by " + std::string(beginning.substr(0, beginning.find('?')));
}

// A gateway that answers 200 and says in the body what went wrong would have sent everything.
bool takes_every_answer(const SmsConfig& sms) {
    const bool by_gateway = sms.profile == SmsProfile::form || sms.profile == SmsProfile::json;
    return by_gateway && sms.accept_text.empty() && sms.refuse_text.empty();
}

Result<void> check_login(const CourierConfig& config, const Credentials& credentials) {
    const bool plain = config.mail.transport == MailTransport::smtp && !config.mail.starttls_required;
    if (plain && !credentials.mail_user.empty()) {
        return fail(Errc::invalid, "[mail] starttls = none together with mail_user in the credentials file");
    }
    if (credentials.mail_user.empty() != credentials.mail_password.empty())
        return fail(Errc::invalid, "mail_user and mail_password go together");
    if (config.sms.profile == SmsProfile::none || config.sms.profile == SmsProfile::program) return {};
    const auto request = make_request(config.sms, credentials, "+491510000000", "test");
    if (!request) return fail(request.error().code, "[sms] " + request.error().detail);
    return {};
}

ExitStatus complain(const Error& error) {
    std::fprintf(stderr, "%s\n", error.detail.c_str());
    return ExitStatus::bad_config;
}

}  // namespace

ExitStatus check(const Options& options) {
    const Result<CourierConfig> config = load_courier_config(options.config);
    if (!config) return complain(config.error());
    const Result<uid_t> owner = owner_of_credentials(options);
    if (!owner) return complain(owner.error());
    const Result<Credentials> credentials = load_credentials(options.credentials, *owner);
    if (!credentials) return complain(credentials.error());
    if (const Result<void> login = check_login(*config, *credentials); !login) return complain(login.error());
    std::printf("mail  %s\nsms   %s\n", how_mail_goes(config->mail).c_str(),
                how_texts_go(config->sms).c_str());
    if (takes_every_answer(config->sms)) {
        std::printf(
            "warn  [sms] nothing is demanded of the answer: an error that comes with status 200 counts as "
            "sent; set accept_text to what the gateway answers when it took a text over\n");
    }
    return ExitStatus::ended;
}

}  // namespace secondstep::courier
