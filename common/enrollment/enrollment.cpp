#include "enrollment/enrollment.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/pasted_text.h"
#include "base/text.h"
#include "encoding/base32.h"
#include "enrollment/code_search.h"
#include "otp/totp.h"

namespace secondstep::dialogue {
namespace {

constexpr std::uint64_t counter_look_ahead = 10;
constexpr std::size_t pepper_size = 32;

std::size_t key_size(otp::Algorithm algorithm) {
    switch (algorithm) {
        case otp::Algorithm::sha1:
            return 20;
        case otp::Algorithm::sha256:
            return 32;
        case otp::Algorithm::sha512:
            return 64;
    }
    return 64;
}

RecoverySet empty_set(otp::RecoveryCodeForm form, Randomness& randomness) {
    RecoverySet set;
    set.id = randomness.array<std::tuple_size_v<RecoverySetId>>();
    set.form = form;
    set.pepper = randomness.secret(pepper_size);
    set.salt = randomness.array<std::tuple_size_v<Digest>>();
    return set;
}

bool contains(const std::vector<Digest>& digests, const Digest& digest) {
    return std::ranges::find(digests, digest) != digests.end();
}

}  // namespace

Enrollment Enrollment::draft(const EnrollmentOptions& options, Randomness& randomness) {
    Enrollment draft(options);
    Authenticator& device = draft.authenticator_;
    device.id = randomness.array<std::tuple_size_v<AuthenticatorId>>();
    device.name = options.device_name;
    device.algorithm = options.algorithm;
    device.digits = options.digits;
    device.period = options.period;
    // A counter that starts later: those before it were perhaps shown to somebody.
    device.has_floor = options.method == Method::hotp && options.counter > 0;
    device.floor = device.has_floor ? options.counter - 1 : 0;
    device.key = randomness.secret(key_size(options.algorithm));
    return draft;
}

Enrollment Enrollment::of(const EnrollmentOptions& options, Authenticator device) {
    Enrollment made(options);
    made.authenticator_ = std::move(device);
    return made;
}

Enrollment Enrollment::clone() const {
    Enrollment copy(options_);
    copy.authenticator_ = authenticator_.clone();
    return copy;
}

Result<Secret> Enrollment::uri() const {
    otp::KeyDescription uri{.issuer = options_.issuer,
                            .account = options_.label_account,
                            .key = authenticator_.key.clone(),
                            .algorithm = authenticator_.algorithm,
                            .form = authenticator_.digits,
                            .moving = otp::TotpMoving{authenticator_.period}};
    if (options_.method == Method::hotp) uri.moving = otp::HotpMoving{options_.counter};
    return otp::to_uri(uri);
}

Secret Enrollment::key_text() const {
    return otp::in_groups_of_four(otp::base32_encode(authenticator_.key.bytes()));
}

Result<Enrollment::Outcome> Enrollment::confirm(const Secret& typed, unsigned window, UnixTime now) {
    const Secret digits = pasted_digits(typed.text()).value_or(Secret());
    const bool counted = options_.method == Method::hotp;
    const std::uint64_t middle = counted ? options_.counter : otp::time_step(now, authenticator_.period);
    const std::uint64_t first = counted ? middle : middle - std::min<std::uint64_t>(window, middle);
    const std::uint64_t last = middle + (counted ? counter_look_ahead : window);
    const FoundFactor found = factor_between(
        first, last, [&](std::uint64_t factor) { return has_code(authenticator_, factor, digits); });
    if (!found) return std::unexpected(found.error());
    if (*found) {
        authenticator_.floor = **found;
        authenticator_.has_floor = true;
        return Confirmed{};
    }
    return explain(digits, middle, window, now);
}

// An ignored option first: few codes are compared for it, and so many for the clock that one may fit by chance.
Result<Enrollment::Outcome> Enrollment::explain(const Secret& digits, std::uint64_t step, unsigned window,
                                                UnixTime now) const {
    const bool counted = options_.method == Method::hotp;
    const auto counter = counted ? std::optional(options_.counter) : std::nullopt;
    const auto ignored = ignored_options(authenticator_, counter, digits, window, now);
    if (!ignored) return std::unexpected(ignored.error());
    if (*ignored) return **ignored;
    if (counted) return Wrong{};
    return off_by(digits, step, window);
}

Result<Enrollment::Outcome> Enrollment::off_by(const Secret& typed, std::uint64_t now,
                                               unsigned window) const {
    const FoundFactor found = step_around(authenticator_, now, window + 1ULL, [&](std::uint64_t step) {
        return has_code(authenticator_, step, typed);
    });
    if (!found) return std::unexpected(found.error());
    if (!*found) return Wrong{};
    return ClockOff{offset_of(authenticator_, **found, now)};
}

Result<NewRecoverySet> make_recovery_set(unsigned count, otp::RecoveryCodeForm form, Randomness& randomness) {
    if (form == otp::RecoveryCodeForm::scratch_code)
        return fail(Errc::invalid, "scratch codes are brought along, and never made");
    if (count < min_recovery_codes || count > max_recovery_codes) {
        return fail(Errc::invalid, "a recovery set has 3 to 16 codes");
    }
    NewRecoverySet made{.set = empty_set(form, randomness), .codes = {}};
    while (made.codes.size() < count) {
        Secret code = otp::make_recovery_code(form, randomness);
        const Result<Digest> digest =
            otp::recovery_digest(otp::normalized(form, code), made.set.pepper.bytes(), made.set.salt);
        if (!digest) return std::unexpected(digest.error());
        if (contains(made.set.digests, *digest)) continue;  // two equal codes would be one that works twice
        made.set.digests.push_back(*digest);
        made.codes.push_back(std::move(code));
    }
    return made;
}

Result<RecoverySet> make_scratch_set(std::span<const Secret> codes, Randomness& randomness) {
    RecoverySet set = empty_set(otp::RecoveryCodeForm::scratch_code, randomness);
    for (const Secret& code : codes) {
        const auto normalized = otp::normalize_scratch_code(code.text());
        if (!normalized || code.size() != normalized->symbols.size())
            return fail(Errc::invalid, "a scratch code has 8 digits");
        const Result<Digest> digest = otp::recovery_digest(*normalized, set.pepper.bytes(), set.salt);
        if (!digest) return std::unexpected(digest.error());
        if (contains(set.digests, *digest)) continue;  // it would work twice
        if (set.digests.size() == max_recovery_codes)
            return fail(Errc::invalid, "there are more than 16 scratch codes");
        set.digests.push_back(*digest);
    }
    if (set.digests.empty()) return fail(Errc::invalid, "there is no scratch code");
    return set;
}

State state_after_removal(State before, ChangeNotice notice) {
    before.enrolled = false;
    before.enrollment_forced = false;
    before.registration = {};
    before.temporary = {};
    before.restore = {};
    before.sent = {};
    before.clients.clear();
    before.notice = std::move(notice);
    return before;
}

ChangeNotice notice_of(Change change, UnixTime when, std::string_view from) {
    return {.change = change, .when = when, .from = printable(from, max_notice_from)};
}

}  // namespace secondstep::dialogue
