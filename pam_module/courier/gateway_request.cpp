#include "courier/gateway_request.h"

#include <algorithm>

#include "encoding/base64.h"

namespace secondstep::courier {
namespace {

bool needs(const SmsConfig& config, Placeholder placeholder) {
    return config.url.uses(placeholder) || config.body.uses(placeholder) ||
           std::ranges::any_of(config.headers, [&](const Template& line) { return line.uses(placeholder); });
}

Result<void> check_credentials(const SmsConfig& config, const Credentials& credentials) {
    const bool user = needs(config, Placeholder::login_user) || config.login == Login::basic;
    const bool password = needs(config, Placeholder::login_password) || config.login != Login::none;
    if ((user && credentials.sms_user.empty()) || (password && credentials.sms_password.empty())) {
        return fail(Errc::invalid, user
                                       ? "the gateway needs sms_user and sms_password in the credentials file"
                                       : "the gateway needs sms_password in the credentials file");
    }
    return {};
}

void add_login(GatewayRequest& request, Login login, const Credentials& credentials) {
    Secret line;
    if (login == Login::none) return;
    if (login == Login::basic) {
        Secret pair = Secret::copy_of(credentials.sms_user);
        pair.push_back(':');
        pair.append(credentials.sms_password.bytes());
        line.append("Authorization: Basic ");
        line.append(otp::base64_encode(pair.text()).text());
    } else {
        line.append("Authorization: Bearer ");
        line.append(credentials.sms_password.bytes());
    }
    request.headers.push_back(std::move(line));
}

void add_body(GatewayRequest& request, const SmsConfig& config, const Values& values) {
    const bool json = config.body_form == BodyForm::json;
    request.is_post = true;
    request.body = config.body.render(values, json ? Escape::json : Escape::percent);
    request.headers.push_back(Secret::copy_of(json ? "Content-Type: application/json"
                                                   : "Content-Type: application/x-www-form-urlencoded"));
}

}  // namespace

Result<GatewayRequest> make_request(const SmsConfig& config, const Credentials& credentials,
                                    const std::string& to, std::string_view text) {
    if (const Result<void> ok = check_credentials(config, credentials); !ok)
        return std::unexpected(ok.error());
    Values values;
    values.set(Placeholder::to, to);
    values.set(Placeholder::text, text);
    values.set(Placeholder::from, config.from);
    values.set(Placeholder::login_user, credentials.sms_user);
    values.set(Placeholder::login_password, credentials.sms_password.text());
    GatewayRequest request;
    request.url = config.url.render(values, Escape::percent);
    for (const Template& line : config.headers)
        request.headers.push_back(line.render(values, Escape::none));
    add_login(request, config.login, credentials);
    if (config.method == Method::post) add_body(request, config, values);
    return request;
}

}  // namespace secondstep::courier
