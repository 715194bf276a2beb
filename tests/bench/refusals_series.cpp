#include <security/pam_appl.h>

#include <algorithm>
#include <array>
#include <random>

#include "google_authenticator.h"
#include "load_cost.h"
#include "people.h"
#include "secondstep.h"
#include "series.h"

namespace secondstep::bench {
namespace {

struct Round {
    Samples valid, wrong, not_enrolled, unknown, google_valid, google_wrong;
};

struct Attempt {
    Contender* contender;
    const BenchAccount* account;
    std::string answer;
    int expected;
    Samples* inside;
};

// One of each kind in turn, and nobody twice in a round: half of the people are right and half are wrong. Who comes
// after somebody else's module finds caches and a service that have gone cold, so what comes after what is drawn.
class Refusals {
  public:
    explicit Refusals(const Lab& lab) : people_(lab), strangers_(names_in(lab.file("strangers"))) {
        contenders_.push_back(secondstep_at(lab, "people"));
        contenders_.push_back(google_authenticator(lab));
    }

    Round measure() {
        Round round;
        const People::Pass pass = people_.renew().front();
        prepare(contenders_, pass);
        contenders_[0].forget_names();
        const std::size_t pairs = std::min(pass.size() / 2, strangers_.size());
        for (std::size_t i = 0; i < pairs; ++i)
            one_of_each(pass[2 * i], *pass[2 * i + 1].account, strangers_[i], round);
        return round;
    }
    [[nodiscard]] const std::vector<Contender>& contenders() const { return contenders_; }

  private:
    void one_of_each(const DueLogin& right, const BenchAccount& other, const BenchAccount& stranger,
                     Round& round) {
        Contender* const ours = contenders_.data();
        Contender* const google = ours + 1;
        const std::string wrong = wrong_code(other);
        const BenchAccount ghost{"ghost" + std::to_string(++ghosts_), Secret()};
        std::array<Attempt, 6> attempts = {{
            {ours, right.account, right.code, PAM_SUCCESS, &round.valid},
            {ours, &other, wrong, PAM_AUTH_ERR, &round.wrong},
            {ours, &stranger, wrong, PAM_AUTH_ERR, &round.not_enrolled},
            {ours, &ghost, wrong, PAM_AUTH_ERR, &round.unknown},
            {google, right.account, right.code, PAM_SUCCESS, &round.google_valid},
            {google, &other, wrong, PAM_AUTH_ERR, &round.google_wrong},
        }};
        std::ranges::shuffle(attempts, order_);
        for (const Attempt& attempt : attempts)
            attempt.contender->answer(*attempt.account, attempt.answer, attempt.expected, *attempt.inside);
    }

    People people_;
    std::vector<BenchAccount> strangers_;
    std::vector<Contender> contenders_;
    int ghosts_ = 0;
    std::mt19937 order_;
};

Figure ratio(const std::vector<Round>& rounds, Samples Round::* what, Samples Round::* valid) {
    return over_rounds(rounds,
                       [&](const Round& r) { return (r.*what).median_us() / (r.*valid).median_us(); });
}

}  // namespace

void refusals_series(const Lab& lab, const Table& table) {
    keep_modules_loaded(lab);
    Refusals refusals(lab);
    std::vector<Round> rounds;
    for (int i = 0; i < lab.rounds(); ++i)
        rounds.push_back(refusals.measure());
    table.row("wrong code / valid code", ratio(rounds, &Round::wrong, &Round::valid), between(0.9, 1.1));
    table.row("not enrolled (action = require) / valid code",
              ratio(rounds, &Round::not_enrolled, &Round::valid), between(0.9, 1.1));
    table.row("name that is no account / valid code", ratio(rounds, &Round::unknown, &Round::valid),
              between(0.9, 1.1));
    table.row("google-authenticator: wrong code / valid code",
              ratio(rounds, &Round::google_wrong, &Round::google_valid), shown());
    table.row("  google-authenticator: valid code",
              over_rounds(rounds, [](const Round& r) { return r.google_valid.median_us(); }), shown(), "µs");
    table.row("  valid code", over_rounds(rounds, [](const Round& r) { return r.valid.median_us(); }),
              shown(), "µs");
    table.unexpected(refusals.contenders());
}

}  // namespace secondstep::bench
