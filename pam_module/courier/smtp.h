#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>

#include "courier/courier_config.h"
#include "courier/credentials.h"
#include "courier/redaction.h"
#include "delivery/report.h"

namespace secondstep::courier {

// Hands one message to the mail server of the configuration (transport smtp or smtps).
[[nodiscard]] delivery::Report send_by_smtp(const MailConfig& config, const Credentials& credentials,
                                            const std::string& to, std::string_view message,
                                            const Redaction& redaction);

// Where a dialogue with a mail server stood when it ended.
struct SmtpEnd {
    CURLcode code = CURLE_OK;
    long reply = 0;          // the server's last reply code; 0: none
    std::string verb;        // the last command before QUIT: "RCPT", "DATA" ...
    std::string last_line;   // the server's last line before that
    bool farewell = false;   // QUIT was sent
    std::string error_text;  // libcurl's
};

// RFC 5321 section 4.2: 4yz may be taken over later, 5yz will not. At RCPT the recipient is meant; 530, 534,
// 535, 538 (RFC 4954 section 6) are about the login.
// The detail is the server's last line without what `redaction` hides; of a message that was taken over the
// reply and the id alone.
[[nodiscard]] delivery::Report judge_smtp(const SmtpEnd& end, const Redaction& redaction);

}  // namespace secondstep::courier
