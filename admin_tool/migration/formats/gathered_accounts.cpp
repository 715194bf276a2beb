#include "migration/formats/gathered_accounts.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "account/account_name.h"
#include "account/credential.h"

namespace secondstep::tool {
namespace {

constexpr std::size_t bits_recommended = 128;

std::string_view method_of(const ImportedToken& token) {
    return std::holds_alternative<otp::TotpMoving>(token.token.moving) ? "TOTP" : "HOTP";
}

std::optional<std::string> why_no_login(std::string_view user, const ImportedToken& token) {
    if (const auto form = otp::form_for_login(token.token); !form) return form.error().detail;
    if (user.empty()) return std::nullopt;
    const auto name = AccountName::create(user);
    if (name) return std::nullopt;
    return "The user cannot be a login name: " + name.error().detail + ".";
}

// Why `account` cannot have `token` beside those it has.
std::optional<std::string> why_not_beside(const ImportedAccount& account, const ImportedToken& token) {
    if (account.tokens.empty()) return std::nullopt;
    const std::string_view first = method_of(account.tokens.front());
    if (first != method_of(token))
        return "An account has one method, and this one's first token is " + std::string(first) + ".";
    if (account.tokens.size() >= max_authenticators)
        return "An account has at most " + std::to_string(max_authenticators) + " authenticators.";
    return std::nullopt;
}

std::string short_key_remark(std::size_t bytes) {
    return "The key has only " + std::to_string(bytes * 8) +
           " bits; RFC 4226 wants 128. It is taken over; enroll anew when there is time.";
}

}  // namespace

ImportedAccount& GatheredAccounts::account_of(std::string_view user, const std::string& place) {
    if (!user.empty()) {
        const auto [known, is_new] = by_user_.try_emplace(std::string(user), reading_.accounts.size());
        if (!is_new) return reading_.accounts[known->second];
    }
    ImportedAccount& account = reading_.accounts.emplace_back();
    account.user = user;
    account.place = place;
    return account;
}

ImportedAccount* GatheredAccounts::place_for(std::string_view user, const std::string& place,
                                             const ImportedToken& token) {
    if (auto why = why_no_login(user, token)) {
        refuse(place, std::move(*why));
        return nullptr;
    }
    ImportedAccount& account = account_of(user, place);
    if (auto not_beside = why_not_beside(account, token)) {
        refuse(place, std::move(*not_beside));
        return nullptr;
    }
    return &account;
}

ImportedAccount* GatheredAccounts::add(std::string_view user, std::string place, ImportedToken token) {
    ImportedAccount* const account = place_for(user, place, token);
    if (account == nullptr) return nullptr;
    const std::size_t size = token.token.key.size();
    if (size * 8 < bits_recommended) account->remarks.push_back(short_key_remark(size));
    if (token.token.account.empty()) token.token.account = otp::fit_for_label(token.name);
    if (token.token.account.empty()) token.token.account = "token";
    for (otp::Remark& remark : token.remarks) {
        if (remark.in_doubt) account->doubt = remark.sentence;
        account->remarks.push_back(std::move(remark.sentence));
    }
    token.remarks.clear();
    token.place = std::move(place);
    account->tokens.push_back(std::move(token));
    return account;
}

void GatheredAccounts::add(std::string_view user, ImportedAccount account) {
    ImportedAccount* taker = nullptr;
    for (ImportedToken& token : account.tokens) {
        ImportedAccount* const place = place_for(user, account.place, token);
        if (place == nullptr) continue;
        taker = place;
        taker->tokens.push_back(std::move(token));
    }
    if (taker == nullptr) return;
    std::ranges::move(account.remarks, std::back_inserter(taker->remarks));
    std::ranges::move(account.scratch_codes, std::back_inserter(taker->scratch_codes));
    if (!account.doubt.empty()) taker->doubt = std::move(account.doubt);
    taker->is_label = account.is_label;
}

void GatheredAccounts::refuse(std::string place, std::string why, std::string serial) {
    reading_.unusable.push_back({std::move(place), std::move(why), std::move(serial)});
}

ImportedToken token_of(otp::DescribedKey described) {
    ImportedToken token{.token = std::move(described.key)};
    token.remarks = std::move(described.remarks);
    const auto* counted = std::get_if<otp::HotpMoving>(&token.token.moving);
    if (counted != nullptr && counted->counter > 0) token.floor = counted->counter - 1;
    return token;
}

std::string sentence_of(const Error& error) {
    std::string sentence = error.detail;
    if (sentence.empty()) return "It cannot be read.";
    if (sentence.front() >= 'a' && sentence.front() <= 'z')
        sentence.front() = static_cast<char>(sentence.front() - 'a' + 'A');
    if (!sentence.ends_with('.')) sentence += '.';
    return sentence;
}

void remark_on_length(otp::DescribedKey& described, std::string_view named) {
    const std::size_t size = described.key.key.size();
    if (!named.empty() || (size != 32 && size != 64)) return;
    described.remarks.push_back(
        {"The key has " + std::to_string(size) + " bytes, as keys for SHA-" + (size == 32 ? "256" : "512") +
         " have, and the source names no algorithm: SHA-1 is taken. --confirm tries a code."});
}

}  // namespace secondstep::tool
