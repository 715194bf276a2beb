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

std::optional<std::string> why_no_key(const Secret& key) {
    if (key.empty()) return "The key is empty.";
    if (key.size() > otp::longest_key) return "The key is longer than 128 bytes.";
    return std::nullopt;
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

ImportedAccount* GatheredAccounts::add(std::string_view user, std::string place, ImportedToken token) {
    std::optional<std::string> why = why_no_key(token.token.key);
    if (const auto form = otp::form_for_login(token.token); !form && !why) why = form.error().detail;
    if (!user.empty() && !why) {
        const auto name = AccountName::create(user);
        if (!name) why = "The user cannot be a login name: " + name.error().detail + ".";
    }
    if (why) {
        refuse(std::move(place), std::move(*why));
        return nullptr;
    }
    ImportedAccount& account = account_of(user, place);
    if (auto not_beside = why_not_beside(account, token)) {
        refuse(std::move(place), std::move(*not_beside));
        return nullptr;
    }
    const std::size_t size = token.token.key.size();
    if (size * 8 < bits_recommended) account.remarks.push_back(short_key_remark(size));
    std::ranges::move(token.remarks, std::back_inserter(account.remarks));
    token.remarks.clear();
    account.tokens.push_back(std::move(token));
    return &account;
}

void GatheredAccounts::refuse(std::string place, std::string why) {
    reading_.unusable.push_back({std::move(place), std::move(why)});
}

ImportedToken hotp_token(otp::KeyDescription token, std::uint64_t next) {
    token.moving = otp::HotpMoving{next};
    return {std::move(token), {}, next == 0 ? std::nullopt : std::optional(next - 1)};
}

}  // namespace secondstep::tool
