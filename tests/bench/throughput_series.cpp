#include <array>
#include <fstream>

#include "google_authenticator.h"
#include "load_cost.h"
#include "oath.h"
#include "people.h"
#include "required.h"
#include "secondstep.h"
#include "series.h"

namespace secondstep::bench {
namespace {

constexpr std::array processes{1, 2, 4, 8, 16};

struct Rates {
    std::vector<double> ours, google, oath;
};

class ByProcesses {
  public:
    explicit ByProcesses(const Lab& lab) : people_(lab) {
        contenders_.push_back(secondstep_at(lab, "people"));
        contenders_.push_back(google_authenticator(lab));
        contenders_.push_back(oath(lab));
    }

    void measure(int count, Rates& rates) {
        const People::Pass pass = people_.renew().front();
        contenders_[0].forget_names();
        for (const Contender& contender : contenders_)
            contender.enrolled(people_.accounts());
        prepare(contenders_, pass);
        rates.ours.push_back(contenders_[0].log_in_at_once(pass, count).accepted_per_second);
        rates.google.push_back(contenders_[1].log_in_at_once(pass, count).accepted_per_second);
        rates.oath.push_back(contenders_[2].log_in_at_once(pass, count).accepted_per_second);
    }

  private:
    People people_;
    std::vector<Contender> contenders_;
};

}  // namespace

void throughput_series(const Lab& lab, const Table& /*table*/) {
    keep_modules_loaded(lab);
    ByProcesses by_processes(lab);
    std::array<Rates, processes.size()> rates;
    for (int round = 0; round < lab.rounds(); ++round) {
        for (std::size_t i = 0; i < processes.size(); ++i)
            by_processes.measure(processes[i], rates[i]);
    }
    std::ofstream out(lab.file("throughput.tsv"));
    out << "processes\tSecondstep\tgoogle-authenticator\tpam_oath\n";
    for (std::size_t i = 0; i < processes.size(); ++i)
        out << processes[i] << '\t' << median(rates[i].ours) << '\t' << median(rates[i].google) << '\t'
            << median(rates[i].oath) << '\n';
    out.close();
    require(out.good(), "throughput.tsv");
}

}  // namespace secondstep::bench
