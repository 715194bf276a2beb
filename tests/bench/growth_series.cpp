#include <algorithm>
#include <filesystem>
#include <fstream>

#include "floor.h"
#include "google_authenticator.h"
#include "load_cost.h"
#include "oath.h"
#include "required.h"
#include "secondstep.h"
#include "series.h"

namespace secondstep::bench {
namespace {

constexpr std::size_t most_people = 100;  // who log in, twice each; all others are only there
constexpr otp::TimeStep passes = 2;

class Growth {
  public:
    explicit Growth(const Lab& lab)
        : lab_(lab),
          all_(accounts_of_bulk_file(lab.file("growth.csv"), count_of_bulk_file(lab.file("growth.csv")))) {
        contenders_.push_back(secondstep_at(lab, "growth"));
        contenders_.push_back(google_authenticator(lab));
        contenders_.push_back(oath(lab));
        costs_.resize(contenders_.size());
        for (const Contender& contender : contenders_)
            contender.enrolled(all_);
        lab_.settle();
    }

    void measure() {
        const otp::TimeStep now = step_now();
        for (otp::TimeStep step = now; step != now + passes; ++step) {
            contenders_[0].forget_names();
            log_everybody_in(step);
        }
    }

    void add_line() const {
        const std::string path = lab_.file("latency.tsv");
        const bool is_new = !std::filesystem::exists(path);
        std::ofstream out(path, std::ios::app);
        if (is_new) out << "accounts\tSecondstep\tgoogle-authenticator\tpam_oath\n";
        out << all_.size();
        for (const Cost& cost : costs_)
            out << '\t' << cost.inside.median_us() / floor_.median_us();
        out << '\n';
        out.close();
        require(out.good(), "latency.tsv");
    }
    [[nodiscard]] const std::vector<Contender>& contenders() const { return contenders_; }

  private:
    void log_everybody_in(otp::TimeStep step) {
        const std::size_t people = std::min(most_people, all_.size());
        std::vector<DueLogin> logins;
        for (std::size_t i = 0; i < people; ++i) {
            const BenchAccount& account = all_[i * all_.size() / people];
            logins.push_back({&account, code_at(account, step)});
        }
        prepare(contenders_, logins);
        for (std::size_t i = 0; i < people; ++i)
            floor_.add(durable_write(lab_.file("e")));
        for (std::size_t i = 0; i < contenders_.size(); ++i)
            contenders_[i].log_in(logins, costs_[i]);
    }

    const Lab& lab_;
    std::vector<BenchAccount> all_;
    std::vector<Contender> contenders_;
    std::vector<Cost> costs_;
    Samples floor_;
};

}  // namespace

void growth_series(const Lab& lab, const Table& table) {
    keep_modules_loaded(lab);
    Growth growth(lab);
    growth.measure();
    growth.add_line();
    table.unexpected(growth.contenders());
}

}  // namespace secondstep::bench
