#include "migration/import_run.h"

#include <utility>

#include "access/earlier_record.h"
#include "account/devices.h"
#include "base/text.h"
#include "enrollment/enrollment.h"
#include "migration/token_confirmation.h"

namespace secondstep::tool {

namespace {

using Outcome = ImportReport::Outcome;
using Step = ImportStore::Step;

std::string plural(std::size_t number, std::string_view what) {
    return std::to_string(number) + " " + std::string(what) + (number == 1 ? "" : "s");
}

std::string described(const ImportedAccount& account) {
    std::string text = account.tokens.front().token.is_counted() ? "hotp, " : "totp, ";
    text += plural(account.tokens.size(), "device");
    if (!account.scratch_codes.empty()) text += ", " + plural(account.scratch_codes.size(), "scratch code");
    return text;
}

Authenticator authenticator_of(const ImportedToken& token, const otp::LoginForm& form,
                               const Credential& beside, Randomness& randomness) {
    Authenticator device;
    device.id = randomness.array<8>();
    device.name = free_name(beside, token.name.empty() ? "imported" : token.name);
    device.algorithm = token.token.algorithm;
    device.digits = form.digits;
    device.period = form.period;
    device.floor = token.floor.value_or(0);
    device.has_floor = token.floor.has_value();
    device.key = token.token.key.clone();
    return device;
}

// What those who were enrolled already have to know.
void remark_on(Step step, const Account& before, std::vector<std::string>& remarks) {
    if (step == Step::add)
        remarks.emplace_back("It stands beside " + names_of_devices(*before.credential) +
                             "; the recovery codes stay as they are.");
    if (step == Step::replace)
        remarks.emplace_back("What was there before (" + std::string(to_text(before.credential->method)) +
                             ") and its recovery codes no longer work.");
}

}  // namespace

bool ImportRun::is_for_one(const Reading& reading) const {
    return reading.accounts.size() == 1 && reading.accounts.front().tokens.size() == 1;
}

void ImportRun::take(const std::string& place, Reading reading) {
    AssignedReading assigned = assign(std::move(reading), options_.assignment);
    for (const std::string& remark : assigned.reading.remarks)
        report_.note(place, remark);
    const bool cannot_confirm = options_.confirm && !is_for_one(assigned.reading);
    for (const ImportedAccount& account : assigned.reading.accounts) {
        if (cannot_confirm)
            report_.add(
                {Outcome::not_imported,
                 "",
                 account.place,
                 "--confirm asks for a code of one device, and there are several: --key SERIAL chooses it.",
                 {}});
        else
            take(account);
    }
    for (const Unusable& unusable : assigned.reading.unusable)
        report_.add({Outcome::not_imported, "", unusable.place, unusable.why, {}, unusable.serial});
    for (const std::string& left_out : assigned.left_out)
        report_.add({Outcome::left_out, "", left_out, "no line of the list gives it to anybody", {}});
}

void ImportRun::take(const ImportedAccount& account) {
    const auto owner = owner_of(account);
    // What is not an account here is a word of the file, and not repeated: the place is named.
    const std::string name = owner ? owner->name.text() : "";
    auto brought = owner ? bring_over(*owner, account) : std::unexpected(owner.error());
    if (!brought) {
        report_.add({Outcome::not_imported, name, account.place, brought.error().detail, {}});
        return;
    }
    std::vector<std::string> remarks = account.remarks;
    std::ranges::move(brought->remarks, std::back_inserter(remarks));
    report_.add({brought->outcome, name, account.place, said_of(*brought, account), std::move(remarks)});
}

std::string ImportRun::said_of(const Brought& brought, const ImportedAccount& account) const {
    if (brought.outcome == Outcome::imported) return described(account);
    std::string said = "the same key is there already";
    for (const std::uint64_t next : brought.counters)
        said += ", and its counter " + std::string(options_.dry_run ? "moves" : "moved") + " on to " +
                std::to_string(next);
    return said;
}

Result<ImportRun::Owner> ImportRun::owner_of(const ImportedAccount& account) {
    const std::string& given = account.user;
    auto name = AccountName::create(given);
    if (!name) return std::unexpected(name.error());
    const auto entry = people_.find(given);
    if (!entry) return std::unexpected(entry.error());
    if (!*entry && options_.portal_users) return Owner{std::move(*name), std::nullopt};
    if (!*entry && given.find('@') != std::string::npos && !options_.assignment.upn_suffix)
        return fail(Errc::not_found,
                    "this machine has no such user; where names have a domain, --upn-suffix DOMAIN takes "
                    "NAME@DOMAIN as NAME.");
    if (!*entry) return fail(Errc::not_found, "this machine has no such user.");
    // Other spellings of a name lead to one account.
    auto canonical = AccountName::create((*entry)->name);
    if (!canonical) return std::unexpected(canonical.error());
    return Owner{std::move(*canonical), (*entry)->uid};
}

Result<Credential> ImportRun::credential_of(const Owner& owner, const ImportedAccount& account) const {
    const Method method = account.tokens.front().token.is_counted() ? Method::hotp : Method::totp;
    Credential credential{owner.name, owner.uid, session_.clock.now(), method, {}, std::nullopt};
    for (const ImportedToken& token : account.tokens) {
        const auto form = otp::form_for_login(token.token);
        if (!form) return std::unexpected(form.error());
        credential.authenticators.push_back(authenticator_of(token, *form, credential, session_.randomness));
    }
    if (account.scratch_codes.empty()) return credential;
    auto set = dialogue::make_scratch_set(account.scratch_codes, session_.randomness);
    if (!set) return std::unexpected(set.error());
    credential.recovery = std::move(*set);
    return credential;
}

// What is asked of a key that nobody here has yet.
Result<void> ImportRun::check_new(const Owner& owner, Step step, const ImportedAccount& account) {
    if (step == Step::enroll) {
        if (auto earlier = refuse_earlier_record(*session_.store, owner.name, owner.uid); !earlier)
            return earlier;
    }
    if (!account.doubt.empty() && !options_.confirm)
        return fail(Errc::invalid,
                    account.doubt + " --confirm takes it after a code of the device was right.");
    if (!taken_.insert(RecordName::of(owner.name).stem()).second)
        return fail(Errc::exists, "the source has another key for the same person; one of them was taken.");
    return {};
}

Result<ImportRun::Brought> ImportRun::bring_over(const Owner& owner, const ImportedAccount& account) {
    auto credential = credential_of(owner, account);
    if (!credential) return std::unexpected(credential.error());
    // As the store will look at it.
    if (const auto back = decode_credential(encode(*credential)); !back) return std::unexpected(back.error());
    const auto present = session_.store->read(RecordName::of(owner.name));
    if (!present) return std::unexpected(present.error());
    prefer_what_is_there(*credential, account, *present);
    const auto step = store_.step_for(*present, *credential);
    if (!step) return std::unexpected(step.error());
    if (*step == Step::none) return catch_up(*present, *credential);
    if (const auto good = check_new(owner, *step, account); !good) return std::unexpected(good.error());
    return bring_new(owner, account, *present, std::move(*credential));
}

Result<ImportRun::Brought> ImportRun::catch_up(const Account& present, const Credential& wanted) {
    auto counters = store_.catch_up(present, wanted);
    if (!counters) return std::unexpected(counters.error());
    if (counters->empty()) return Brought{Outcome::unchanged};
    return Brought{Outcome::moved_on, {}, std::move(*counters)};
}

Result<ImportRun::Brought> ImportRun::bring_new(const Owner& owner, const ImportedAccount& account,
                                                const Account& present, Credential credential) {
    if (options_.confirm) {
        if (const auto right = confirm(credential, account); !right) return std::unexpected(right.error());
    }
    const auto step = store_.step_for(present, credential);
    if (!step) return std::unexpected(step.error());
    Brought brought{Outcome::imported};
    remark_on(*step, present, brought.remarks);
    if (*step != Step::add && account.scratch_codes.empty())
        brought.remarks.push_back("Without recovery codes: secondstep recovery-codes " + owner.name.text() +
                                  " --renew makes some.");
    if (options_.dry_run) return brought;
    if (const auto done = store_.carry_out(*step, credential); !done) return std::unexpected(done.error());
    return brought;
}

void ImportRun::prefer_what_is_there(Credential& credential, const ImportedAccount& account,
                                     const Account& present) const {
    if (account.tokens.size() != 1 || !account.tokens.front().as_hexadecimal) return;
    Credential other = credential.clone();
    other.authenticators.front().key = account.tokens.front().as_hexadecimal->clone();
    const auto step = store_.step_for(present, other);
    if (step && *step == Step::none) credential = std::move(other);
}

Result<void> ImportRun::confirm(Credential& credential, const ImportedAccount& account) {
    Authenticator& device = credential.authenticators.front();
    std::vector<Authenticator> readings;
    readings.push_back(device.clone());
    if (const auto& hexadecimal = account.tokens.front().as_hexadecimal) {
        Authenticator other = device.clone();
        other.key = hexadecimal->clone();
        readings.push_back(std::move(other));
    }
    auto right = confirm_device(std::move(readings), credential.method, credential.account.text(),
                                session_.config.window, session_.clock, screen_);
    if (!right) return std::unexpected(right.error());
    device = std::move(*right);
    return {};
}

}  // namespace secondstep::tool
