#include "migration/import_run.h"

#include <algorithm>

#include "access/earlier_record.h"
#include "enrollment/enrollment.h"
#include "people/audit.h"
#include "people/invoker.h"

namespace secondstep::tool {

namespace {

using Outcome = ImportReport::Outcome;

bool is_counted(const ImportedToken& token) {
    return std::holds_alternative<otp::HotpMoving>(token.token.moving);
}

std::string plural(std::size_t number, std::string_view what) {
    return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

std::string described(const ImportedAccount& account) {
    std::string text = is_counted(account.tokens.front()) ? "hotp, " : "totp, ";
    text += plural(account.tokens.size(), "device");
    if (!account.scratch_codes.empty()) text += ", " + plural(account.scratch_codes.size(), "scratch code");
    return text;
}

Authenticator authenticator_of(const ImportedToken& token, std::size_t number, Randomness& randomness) {
    Authenticator device;
    device.id = randomness.array<8>();
    device.name =
        token.name.empty() ? "imported" + (number > 1 ? "-" + std::to_string(number) : "") : token.name;
    device.algorithm = token.token.algorithm;
    const otp::LoginForm form = otp::form_for_login(token.token).value_or(otp::LoginForm{});
    device.digits = form.digits;
    device.period = form.period;
    device.floor = token.floor.value_or(0);
    device.has_floor = token.floor.has_value();
    device.key = token.token.key.clone();
    return device;
}

const Authenticator* device_with(const Credential& credential, const Secret& key) {
    const auto found = std::ranges::find_if(credential.authenticators, [&](const Authenticator& device) {
        return equal_in_constant_time(device.key, key);
    });
    return found == credential.authenticators.end() ? nullptr : &*found;
}

// Imported before, by this very source.
bool has_all(const Credential& credential, const Credential& wanted) {
    return std::ranges::all_of(wanted.authenticators, [&](const Authenticator& device) {
        return device_with(credential, device.key) != nullptr;
    });
}

// The counters as far on as the source has them.
State advanced(State state, const Credential& credential, const Credential& source) {
    for (const Authenticator& device : credential.authenticators) {
        const Authenticator* const there = device_with(source, device.key);
        if (there == nullptr || !there->has_floor) continue;
        AuthenticatorUse& use = use_of(state, device.id, credential);
        if (use.used && use.last >= there->floor) continue;
        use.used = true;
        use.last = there->floor;
    }
    return state;
}

std::unexpected<Error> enrolled_otherwise() {
    return fail(
        Errc::exists,
        "somebody is enrolled under this name already, with another key; that stays as it is. secondstep "
        "disable deletes it.");
}

}  // namespace

void ImportRun::take(const Reading& reading) {
    const bool for_several = options_.user && reading.accounts.size() > 1;
    for (const ImportedAccount& account : reading.accounts) {
        if (for_several) {
            report_.add({Outcome::not_imported,
                         "",
                         account.place,
                         "--user names one person, and the source has keys of several.",
                         {}});
        } else {
            take(account);
        }
    }
    for (const Unusable& unusable : reading.unusable)
        report_.add({Outcome::not_imported, "", unusable.place, unusable.why, {}});
}

void ImportRun::take(const ImportedAccount& account) {
    const auto owner = owner_of(account);
    // What is not an account here is a word of the file, and not repeated: the place is named.
    const std::string name = owner ? owner->name.text() : "";
    auto outcome = owner ? bring_over(*owner, account) : std::unexpected(owner.error());
    if (!outcome) {
        report_.add({Outcome::not_imported, name, account.place, outcome.error().detail, {}});
        return;
    }
    std::vector<std::string> remarks = account.remarks;
    if (*outcome == Outcome::imported && account.scratch_codes.empty())
        remarks.push_back("Without recovery codes: secondstep recovery-codes " + name +
                          " --renew makes some.");
    const std::string detail =
        *outcome == Outcome::imported ? described(account) : "the same key is there already";
    report_.add({*outcome, name, account.place, detail, std::move(remarks)});
}

Result<ImportRun::Owner> ImportRun::owner_of(const ImportedAccount& account) {
    const std::string given = options_.user.value_or(account.user);
    if (given.empty()) return fail(Errc::invalid, "the source does not say whose this is: --user NAME does.");
    auto name = AccountName::create(given);
    if (!name) return std::unexpected(name.error());
    const auto entry = people_.find(given);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry && options_.portal_users) return Owner{std::move(*name), std::nullopt};
    if (!*entry) return fail(Errc::not_found, "this machine has no such user.");
    // Other spellings of a name lead to one account.
    auto canonical = AccountName::create((*entry)->name);
    if (!canonical) return std::unexpected(canonical.error());
    return Owner{std::move(*canonical), (*entry)->uid};
}

Result<Credential> ImportRun::credential_of(const Owner& owner, const ImportedAccount& account) const {
    const Method method = is_counted(account.tokens.front()) ? Method::hotp : Method::totp;
    Credential credential{owner.name, owner.uid, session_.clock.now(), method, {}, std::nullopt};
    for (const ImportedToken& token : account.tokens) {
        credential.authenticators.push_back(
            authenticator_of(token, credential.authenticators.size() + 1, session_.randomness));
    }
    if (account.scratch_codes.empty()) return credential;
    auto set = dialogue::make_scratch_set(account.scratch_codes, session_.randomness);
    if (!set) return std::unexpected(set.error());
    credential.recovery = std::move(*set);
    return credential;
}

Result<Outcome> ImportRun::bring_over(const Owner& owner, const ImportedAccount& account) {
    const auto credential = credential_of(owner, account);
    if (!credential) return std::unexpected(credential.error());
    // As the store will look at it.
    if (const auto back = decode_credential(encode(*credential)); !back) return std::unexpected(back.error());
    const auto present = session_.store->read(RecordName::of(owner.name));
    if (!present) return std::unexpected(present.error());
    if (present->credential) {
        if (!has_all(*present->credential, *credential)) return enrolled_otherwise();
        if (const auto done = catch_up(owner, *credential); !done) return std::unexpected(done.error());
        return Outcome::unchanged;
    }
    if (auto earlier = refuse_earlier_record(*session_.store, owner.name, credential->uid); !earlier)
        return std::unexpected(earlier.error());
    if (!taken_.insert(RecordName::of(owner.name).stem()).second)
        return fail(Errc::exists, "the source has another key for the same person; one of them was taken.");
    return options_.dry_run ? Outcome::imported : store(*credential);
}

Result<void> ImportRun::catch_up(const Owner& owner, const Credential& source) {
    if (options_.dry_run || source.method != Method::hotp) return {};
    const auto kept = change(*session_.store, RecordName::of(owner.name), Opening::existing,
                             [&](const Account& present) -> Result<Rewrite> {
                                 if (!present.credential || present.credential->method != Method::hotp)
                                     return LeaveAsItIs{};
                                 State next = advanced(present.state, *present.credential, source);
                                 if (next == present.state) return LeaveAsItIs{};
                                 return WriteState{std::move(next)};
                             });
    if (!kept) return std::unexpected(kept.error());
    return {};
}

Result<Outcome> ImportRun::store(const Credential& credential) {
    const ChangeNotice notice =
        dialogue::notice_of(Change::enrolled, credential.enrolled_at, administrator());
    const auto kept =
        change(*session_.store, RecordName::of(credential.account), Opening::enrollment,
               [&](const Account& present) -> Result<Rewrite> {
                   if (present.lost_credential) return std::unexpected(*present.lost_credential);
                   if (present.credential) return enrolled_otherwise();
                   return WriteCredential{credential.clone(),
                                          state_after_enrollment(present.state, credential, notice)};
               });
    if (!kept) return std::unexpected(kept.error());
    if (*kept == Kept::unconfirmed)
        warn_unconfirmed(credential.account.text(), "the imported second step counts");
    audit("import", credential.account.text(), "method=" + std::string(to_text(credential.method)));
    return Outcome::imported;
}

}  // namespace secondstep::tool
