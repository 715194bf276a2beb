// Measures logins through PAM modules, alternately in one run.
//   bench_logins LAB ROUNDS SERIES      LAB is prepared by tests/bench/lab; see series.h
//   bench_logins LAB ROUNDS heading     the first lines of the table
//   bench_logins LAB N drive-STACK      nothing but N logins, at most 600: for who watches this process or the service
//   bench_logins LAB ROUNDS codes       enrolls everybody anew, for google-authenticator too; a line
//                                       "NAME CODE CODE" for each: of this step and of the next
#include <algorithm>
#include <cstdio>
#include <exception>
#include <map>
#include <span>
#include <string>

#include "google_authenticator.h"
#include "load_cost.h"
#include "oath.h"
#include "people.h"
#include "secondstep.h"
#include "series.h"

namespace secondstep::bench {
namespace {

void print_codes(const Lab& lab, const Table& /*table*/) {
    People people(lab);
    const auto passes = people.renew();
    const Contender google = google_authenticator(lab);
    for (const BenchAccount& account : people.accounts())
        google.prepare(account);
    for (std::size_t i = 0; i < people.accounts().size(); ++i) {
        std::printf("%s %s %s\n", people.accounts()[i].name.c_str(), passes[0][i].code.c_str(),
                    passes[1][i].code.c_str());
    }
}

void drive(const Lab& lab, Contender contender) {
    keep_modules_loaded(lab);
    People people(lab);
    const auto passes = people.renew();
    contender.enrolled(people.accounts());
    auto left = static_cast<std::size_t>(lab.rounds());
    const std::vector<Contender> contenders{contender};
    Cost cost;
    for (const People::Pass& pass : passes) {
        const auto some = std::span(pass).first(std::min(left, pass.size()));
        prepare(contenders, some);
        contender.log_in(some, cost);
        left -= some.size();
    }
    Table().unexpected({contender});
}

void drive_secondstep(const Lab& lab, const Table& /*table*/) {
    drive(lab, secondstep_at(lab, "people"));
}
void drive_google_authenticator(const Lab& lab, const Table& /*table*/) {
    drive(lab, google_authenticator(lab));
}
void drive_oath(const Lab& lab, const Table& /*table*/) {
    drive(lab, oath(lab));
}

void print_heading(const Lab& /*lab*/, const Table& /*table*/) {
    Table::heading();
}

const std::map<std::string, void (*)(const Lab&, const Table&)> all_series{
    {"heading", print_heading},
    {"codes", print_codes},
    {"people", people_series},
    {"peers", peers_series},
    {"fresh", fresh_process_series},
    {"refusals", refusals_series},
    {"once", once_series},
    {"portals", portals_series},
    {"races", races_series},
    {"loading", loading_series},
    {"memory", memory_series},
    {"fleet", fleet_series},
    {"drive-people", drive_secondstep},
    {"drive-google", drive_google_authenticator},
    {"drive-oath", drive_oath},
    {"throughput", throughput_series},
    {"growth", growth_series}};

}  // namespace
}  // namespace secondstep::bench

int main(int argc, char** argv) {
    using namespace secondstep::bench;
    const auto series = argc == 4 ? all_series.find(argv[3]) : all_series.end();
    if (series == all_series.end()) {
        std::fprintf(stderr, "usage: bench_logins LAB ROUNDS SERIES (tests/bench/compare prepares LAB)\n");
        return 2;
    }
    try {
        series->second(Lab(argv[1], std::stoi(argv[2])), Table());
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_logins: %s\n", error.what());
        return 1;
    }
    return 0;
}
