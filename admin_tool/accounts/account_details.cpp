#include "accounts/account_details.h"

#include <algorithm>
#include <string_view>

#include "account/credential.h"
#include "account/known_sources.h"
#include "account/one_time_grant.h"
#include "account/state.h"
#include "account/throttle.h"
#include "base/local_time.h"
#include "base/text.h"
#include "console/output.h"

namespace secondstep::tool {

namespace {

constexpr std::size_t label_width = 19;
constexpr std::size_t most_places = 5;

std::string with_what(Factor factor) {
    switch (factor) {
        case Factor::authenticator:
            return "with a code";
        case Factor::recovery_code:
            return "with a recovery code";
        case Factor::temporary_code:
            return "with a temporary code";
        case Factor::registration_code:
            return "with a registration code";
    }
    return "";
}

class Details {
  public:
    Details(const Account& account, UnixTime now) : account_(account), state_(account.state), now_(now) {}
    std::vector<Detail> all() && {
        enrollment();
        last_login();
        given_codes();
        failures();
        places();
        clients();
        return std::move(lines_);
    }

  private:
    // The label once, in front of the first of its lines.
    void add(std::string_view label, std::string text) {
        const bool again = std::ranges::find(lines_, label, &Detail::label) != lines_.end();
        lines_.push_back({again ? "" : std::string(label), std::move(text)});
    }
    void enrollment();
    void last_login();
    void given_codes();
    void failures();
    void add_failures(const Failures& failures, const std::string& whose);
    void places();
    void clients();

    const Account& account_;
    const State& state_;
    UnixTime now_;
    std::vector<Detail> lines_;
};

void Details::enrollment() {
    if (!account_.credential) return;
    const Credential& credential = *account_.credential;
    add("Enrolled", local_minute(credential.enrolled_at));
    for (const Authenticator& device : credential.authenticators) {
        const AuthenticatorUse* const use = find_use(state_, device.id);
        const bool used = use != nullptr && use->last_success != never;
        add("Device", printable(device.name) +
                          (used ? ", last used " + local_minute(use->last_success) : ", not used yet"));
    }
    if (state_.recovery.not_saved) add("Recovery codes", "shown, but never confirmed as saved");
}

void Details::last_login() {
    if (state_.last_success == never) return;
    add("Last login",
        local_minute(state_.last_success) + (state_.last_factor ? " " + with_what(*state_.last_factor) : ""));
}

void Details::given_codes() {
    if (is_waiting(state_.temporary, now_))
        add("Temporary code", "works once, until " + local_minute(state_.temporary.until));
    if (is_waiting(state_.registration, now_))
        add(state_.enrollment_forced ? "Code to re-enroll" : "Registration code",
            "works once, until " + local_minute(state_.registration.until));
    if (state_.enrollment_forced) add("Re-enroll", "is asked to enroll again at the next login");
}

void Details::add_failures(const Failures& failures, const std::string& whose) {
    if (failures.count == 0) return;
    add("Failures", std::to_string(failures.count) + " " + whose + ", last " + local_minute(failures.last));
    switch (gate(failures, now_)) {
        case Gate::open:
            return;
        case Gate::waiting:
            return add("", "refused until " + local_clock(end_of_wait(failures, now_)));
        case Gate::closed:
            return add("", "closed: run unlock");
    }
}

void Details::failures() {
    add_failures(state_.strangers, "from unknown places");
    add_failures(state_.own_uid, "from own programs");
    add_failures(state_.trusted_callers, "through a portal");
    for (const KnownSource& known : state_.known)
        add_failures(known.failures, "from " + in_words(known.source));
}

void Details::places() {
    std::size_t shown = 0;
    std::size_t more = 0;
    for (const KnownSource& known : state_.known) {
        if (now_ - known.last_success > known_for) continue;
        if (++shown > most_places) {
            ++more;
        } else {
            add("Known places", in_words(known.source) + ", last login " + local_minute(known.last_success));
        }
    }
    if (more > 0) add("Known places", "and " + std::to_string(more) + " more");
}

void Details::clients() {
    for (const RememberedClient& client : state_.clients) {
        if (client.until < now_) continue;
        add("Not asked again", printable(client.service) + " from " + printable(client.address) + ", until " +
                                   local_minute(client.until));
    }
}

}  // namespace

std::vector<Detail> details_of(const Account& account, UnixTime now) {
    return Details(account, now).all();
}

void show_details(const std::vector<Detail>& details) {
    for (const Detail& detail : details) {
        std::string line = detail.label;
        line.resize(std::max(label_width, line.size() + 1), ' ');
        out().line(line + detail.text, label_width);
    }
}

}  // namespace secondstep::tool
