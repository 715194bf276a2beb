#pragma once

#include <cstdlib>

#include "account/account_name.h"
#include "account/credential.h"
#include "base/text.h"
#include "migration/formats/imported_account.h"
#include "otp/otpauth_uri.h"

namespace secondstep::tool {

// What imported_account.h promises of every parser.
inline void check(const Result<Reading>& reading) {
    if (!reading) return;
    for (const ImportedAccount& account : reading->accounts) {
        if (account.tokens.empty() || account.tokens.size() > max_authenticators) std::abort();
        if (!account.user.empty() && !AccountName::create(account.user)) std::abort();
        for (const ImportedToken& token : account.tokens) {
            if (!otp::to_uri(token.token)) std::abort();
            if (!otp::form_for_login(token.token) || !token.remarks.empty()) std::abort();
            if (has_control_characters(token.name + token.serial + token.id)) std::abort();
            if (token.token.moving.index() != account.tokens.front().token.moving.index()) std::abort();
        }
        for (const std::string& remark : account.remarks) {
            if (has_control_characters(remark)) std::abort();
        }
        if (has_control_characters(account.place + account.doubt)) std::abort();
    }
    for (const std::string& remark : reading->remarks) {
        if (has_control_characters(remark)) std::abort();
    }
    for (const Unusable& one : reading->unusable) {
        if (one.why.empty() || has_control_characters(one.place + one.why)) std::abort();
    }
}

}  // namespace secondstep::tool
