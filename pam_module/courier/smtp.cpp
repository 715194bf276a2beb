#include "courier/smtp.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>

#include "base/host_name.h"
#include "base/text.h"
#include "courier/message_id.h"
#include "courier/transfer.h"

namespace secondstep::courier {

using delivery::Cause;
using delivery::DeliveryOutcome;
using delivery::Report;

namespace {

constexpr std::size_t longest_kept = Redaction::longest_text;
constexpr std::size_t longest_shown = 300;

// "smtp://mail.example.com:587/web01.example.com": what follows the server is the name in EHLO.
std::string url_of(const MailConfig& config) {
    const bool is_v6 = config.server.find(':') != std::string::npos;
    return std::string(config.transport == MailTransport::smtps ? "smtps" : "smtp") + "://" +
           (is_v6 ? "[" + config.server + "]" : config.server) + ":" + std::to_string(config.port) + "/" +
           (config.helo.empty() ? host_name() : config.helo);
}

struct Unread {
    std::string_view rest;
};

std::size_t give_more(char* room, std::size_t size, std::size_t count, void* given) {
    auto& unread = *static_cast<Unread*>(given);
    const std::string_view part = unread.rest.substr(0, size * count);
    std::ranges::copy(part, room);
    unread.rest.remove_prefix(part.size());
    return part.size();
}

// Of our commands only the verb is kept: what follows AUTH is the password.
int listen(CURL*, curl_infotype type, char* data, std::size_t size, void* given) {
    auto& end = *static_cast<SmtpEnd*>(given);
    const std::string_view text(data, size);
    // What led to the end counts, not the farewell.
    end.farewell = end.farewell || (type == CURLINFO_HEADER_OUT && text.starts_with("QUIT"));
    if (end.farewell) return 0;
    if (type == CURLINFO_HEADER_OUT) end.verb = text.substr(0, std::min<std::size_t>(size, 4));
    if (type == CURLINFO_HEADER_IN) {
        std::string_view line = text.substr(0, longest_kept);
        while (line.ends_with('\n') || line.ends_with('\r'))
            line.remove_suffix(1);
        end.last_line = line;
    }
    return 0;
}

void prepare(Transfer& transfer, const MailConfig& config, const Credentials& credentials,
             const std::string& to) {
    const std::string sender = "<" + config.from + ">";
    transfer.set(CURLOPT_URL, url_of(config).c_str());
    const bool plain = config.transport == MailTransport::smtp && !config.starttls_required;
    transfer.set(CURLOPT_USE_SSL, static_cast<long>(plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    transfer.set(CURLOPT_MAIL_FROM, sender.c_str());
    transfer.add(CURLOPT_MAIL_RCPT, ("<" + to + ">").c_str());
    if (!credentials.mail_user.empty()) {
        transfer.set(CURLOPT_USERNAME, credentials.mail_user.c_str());
        Secret password = credentials.mail_password.clone();
        password.push_back('\0');
        transfer.set(CURLOPT_PASSWORD, password.bytes().data());
    }
    transfer.set(CURLOPT_UPLOAD, 1L);
}

}  // namespace

Report judge_smtp(const SmtpEnd& end, const Redaction& redaction) {
    // Before it is shortened: of a secret that is cut in two the first half would stay.
    const std::string line = redaction.of(end.last_line);
    const std::string error = redaction.of(end.error_text);
    const std::string said = printable(line.empty() ? error : line, longest_shown);
    if (end.code == CURLE_OK) {
        const std::string id = message_id_in(line);
        return {.outcome = DeliveryOutcome::sent,
                .cause = Cause::none,
                .detail = std::to_string(end.reply) + (id.empty() ? "" : " id " + id)};
    }
    const bool about_tls = transport_failure(end.code, {}).cause == Cause::certificate;
    if (about_tls || end.reply < 400) return transport_failure(end.code, error);
    if (end.reply < 500) return {.outcome = DeliveryOutcome::deferred, .cause = Cause::none, .detail = said};
    Report refused{.outcome = DeliveryOutcome::failed, .cause = Cause::refused, .detail = said};
    const bool about_login = end.reply == 530 || end.reply == 534 || end.reply == 535 || end.reply == 538;
    if (end.code == CURLE_LOGIN_DENIED || about_login) {
        refused.cause = Cause::login;
    } else if (end.verb == "RCPT") {
        refused.cause = Cause::recipient;
    }
    return refused;
}

Report send_by_smtp(const MailConfig& config, const Credentials& credentials, const std::string& to,
                    std::string_view message, const Redaction& redaction) {
    if (config.transport == MailTransport::smtp && !config.starttls_required &&
        !credentials.mail_user.empty()) {
        return {.outcome = DeliveryOutcome::failed,
                .cause = Cause::misconfigured,
                .detail =
                    "starttls = none together with mail_user in the credentials file would send the "
                    "password unencrypted"};
    }
    Transfer transfer("smtp,smtps", config.ca_file);
    prepare(transfer, config, credentials, to);
    Unread unread{message};
    SmtpEnd end;
    transfer.set(CURLOPT_READFUNCTION, &give_more);
    transfer.set(CURLOPT_READDATA, &unread);
    transfer.set(CURLOPT_VERBOSE, 1L);
    transfer.set(CURLOPT_DEBUGFUNCTION, &listen);
    transfer.set(CURLOPT_DEBUGDATA, &end);
    end.code = transfer.run();
    end.reply = transfer.response_code();
    end.error_text = transfer.error_text();
    return judge_smtp(end, redaction);
}

}  // namespace secondstep::courier
