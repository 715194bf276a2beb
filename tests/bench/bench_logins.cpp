// Measures logins through three PAM modules, alternately in one run, and prints ratios.
// usage: bench_logins LAB ROUNDS      LAB is prepared by tests/bench/compare
//   LAB/pam.d/{secondstep,secondstep-closed,secondstep-small,secondstep-once,google,oath}
//   LAB/large.csv, LAB/small.csv      what `secondstep enroll --bulk` wrote for the two stores
//   LAB/ga, LAB/oath.users            made here;   LAB/libraries: a line "NAME PATH" for each module
#include <security/pam_appl.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "host_login.h"
#include "measure.h"
#include "peers.h"

namespace secondstep::bench {
namespace {

constexpr int racers = 8;

using LoadCosts = std::map<std::string, LoadCost>;

class Bench {
  public:
    Bench(std::string lab, int rounds)
        : lab_(std::move(lab)),
          rounds_(rounds),
          large_(accounts_of_bulk_file(lab_ + "/large.csv")),
          small_(accounts_of_bulk_file(lab_ + "/small.csv")),
          echo_(lab_ + "/echo.sock") {}

    void run() {
        const LoadCosts costs = load_costs();  // first: a module stays loaded once a login has used it
        latencies();
        refusals();
        growth();
        without_service();
        throughput();
        races();
        loading(costs);
    }

  private:
    // Every account is used for one thing only, so that nothing is refused as already used.
    const BenchAccount& next() { return large_.at(used_++); }

    Nanoseconds login(const char* service, const std::string& user, const std::string& answer, int expected) {
        const LoginResult result = log_in(lab_ + "/pam.d", service, user, answer);
        if (result.code != expected) {
            ++unexpected_[std::string(service) + ": " + ::pam_strerror(nullptr, result.code) +
                          " instead of " + ::pam_strerror(nullptr, expected)];
        }
        return result.inside;
    }

    void latencies() {
        for (int i = 0; i < rounds_; ++i) {
            e_.add(durable_write(lab_ + "/e"));
            c_.add(echo_.round_trip());
            const BenchAccount& account = next();
            write_google_authenticator_file(lab_ + "/ga", account);
            write_oath_file(lab_ + "/oath.users", {&account});
            valid_.add(login("secondstep", account.name, code_now(account), PAM_SUCCESS));
            ga_.add(login("google", account.name, code_now(account), PAM_SUCCESS));
            oath_.add(login("oath", account.name, code_now(account), PAM_SUCCESS));
        }
        const double valid = valid_.median_us();
        std::printf("E %.0f us, C %.0f us (medians of %d; only ratios mean anything)\n\n", e_.median_us(),
                    c_.median_us(), rounds_);
        std::printf("%-58s %9s   %s\n", "what", "measured", "bound");
        row("valid code / E", valid / e_.median_us(), "<= 3");
        row("valid code / (E + C)", valid / (e_.median_us() + c_.median_us()), "-");
        row("valid code / google-authenticator", valid / ga_.median_us(), "<= 0.8");
        row("google-authenticator / E", ga_.median_us() / e_.median_us(), "-");
        row("pam_oath (1 user) / E", oath_.median_us() / e_.median_us(), "-");
    }

    void refusals() {
        Samples wrong, unknown, not_enrolled, valid, ga_wrong;
        for (int i = 0; i < rounds_; ++i) {
            const BenchAccount& right = next();
            valid.add(login("secondstep", right.name, code_now(right), PAM_SUCCESS));
            const BenchAccount& account = next();
            wrong.add(login("secondstep", account.name, wrong_code(account), PAM_AUTH_ERR));
            not_enrolled.add(login("secondstep", "stranger" + std::to_string(i), "123456", PAM_AUTH_ERR));
            unknown.add(login("secondstep-closed", "ghost" + std::to_string(i), "123456", PAM_AUTH_ERR));
            write_google_authenticator_file(lab_ + "/ga", account);
            ga_wrong.add(login("google", account.name, wrong_code(account), PAM_AUTH_ERR));
        }
        row("wrong code / valid code", wrong.median_us() / valid.median_us(), "0.9 - 1.1");
        row("unknown user / valid code", unknown.median_us() / valid.median_us(), "0.9 - 1.1");
        row("not enrolled (require) / valid code", not_enrolled.median_us() / valid.median_us(), "0.9 - 1.1");
        row("google-authenticator: wrong code / valid code", ga_wrong.median_us() / ga_.median_us(), "-");
    }

    void growth() {
        Samples few, many;
        const auto rounds = std::min<std::size_t>(small_.size(), static_cast<std::size_t>(rounds_));
        for (std::size_t i = 0; i < rounds; ++i) {
            few.add(login("secondstep-small", small_[i].name, code_now(small_[i]), PAM_SUCCESS));
            const BenchAccount& account = next();
            many.add(login("secondstep", account.name, code_now(account), PAM_SUCCESS));
        }
        const std::string label =
            std::to_string(large_.size()) + " accounts / " + std::to_string(small_.size()) + " accounts";
        row(label.c_str(), many.median_us() / few.median_us(), "<= 1.15");
    }

    void without_service() {
        Samples once, ga;
        for (int i = 0; i < rounds_ / 4; ++i) {
            const BenchAccount& account = next();
            write_google_authenticator_file(lab_ + "/ga", account);
            once.add(login("secondstep-once", account.name, code_now(account), PAM_SUCCESS));
            ga.add(login("google", account.name, code_now(account), PAM_SUCCESS));
        }
        row("no service (--once) / google-authenticator", once.median_us() / ga.median_us(), "<= 6");
    }

    double accepted_per_second(const char* service, int each) {
        const std::size_t first = used_;
        used_ += static_cast<std::size_t>(racers * each);
        std::vector<std::string> codes;
        wait_for_fresh_step(15);
        for (std::size_t i = first; i < used_; ++i) {
            write_google_authenticator_file(lab_ + "/ga", large_.at(i));
            codes.push_back(code_now(large_.at(i)));
        }
        const auto body = [&](int worker) {
            int accepted = 0;
            for (int k = 0; k < each; ++k) {
                const auto index = static_cast<std::size_t>(worker * each + k);
                const BenchAccount& account = large_.at(first + index);
                accepted += log_in(lab_ + "/pam.d", service, account.name, codes[index]).code == PAM_SUCCESS;
            }
            return accepted;
        };
        const RaceResult result = race(racers, body);
        int accepted = 0;
        for (const int value : result.values)
            accepted += value;
        if (accepted != racers * each) ++unexpected_[std::string(service) + ": refused under load"];
        return accepted / std::chrono::duration<double>(result.elapsed).count();
    }

    void throughput() {
        double ours = 0;
        double theirs = 0;
        for (int round = 0; round < 3; ++round) {
            ours += accepted_per_second("secondstep", 100);
            theirs += accepted_per_second("google", 100);
        }
        row("accepted per second, 8 processes / google-authenticator", ours / theirs, ">= 1.3");
    }

    // How many of 8 processes with the same code were let in, at most and in how many
    // of the rounds more than one.
    void race_one_code(const char* service, int rounds) {
        int worst = 0;
        int bad_rounds = 0;
        for (int i = 0; i < rounds; ++i) {
            const BenchAccount& account = next();
            write_google_authenticator_file(lab_ + "/ga", account);
            const std::string code = code_now(account);
            const RaceResult result = race(racers, [&](int) {
                return log_in(lab_ + "/pam.d", service, account.name, code).code == PAM_SUCCESS ? 1 : 0;
            });
            int accepted = 0;
            for (const int value : result.values)
                accepted += value;
            worst = std::max(worst, accepted);
            bad_rounds += accepted != 1;
        }
        std::printf("%-58s %4d of %d   %s\n",
                    (std::string(service) + ": one code, 8 processes, most accepted").c_str(), worst, racers,
                    "1");
        std::printf("%-58s %4d of %d   %s\n", "    rounds in which not exactly one was accepted", bad_rounds,
                    rounds, "0");
    }

    void races() {
        race_one_code("secondstep", 500);
        race_one_code("google", 100);
    }

    LoadCosts load_costs() const {
        std::ifstream in(lab_ + "/libraries");
        LoadCosts costs;
        std::string name, path;
        while (in >> name >> path)
            costs[name] = load_cost(path, 40);
        return costs;
    }

    void loading(const LoadCosts& costs) const {
        const LoadCost& ours = costs.at("secondstep");
        row("dlopen of the module / google-authenticator",
            ours.microseconds / costs.at("google").microseconds, "<= 1.2");
        std::printf("%-58s %5ld KiB   %s\n", "dirty memory of the module", ours.dirty_kib, "<= 24 KiB");
        std::printf("%-58s %9ld   %s\n", "further libraries", ours.libraries, "0");
        for (const auto& [what, count] : unexpected_)
            std::printf("UNEXPECTED %d x %s\n", count, what.c_str());
    }

    static void row(const char* what, double value, const char* bound) {
        std::printf("%-58s %9.2f   %s\n", what, value, bound);
        std::fflush(stdout);
    }

    std::string lab_;
    int rounds_;
    std::vector<BenchAccount> large_;
    std::vector<BenchAccount> small_;
    EchoServer echo_;
    std::size_t used_ = 0;
    Samples e_, c_, valid_, ga_, oath_;
    std::map<std::string, int> unexpected_;
};

}  // namespace
}  // namespace secondstep::bench

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fprintf(stderr, "usage: bench_logins LAB ROUNDS (tests/bench/compare prepares LAB)\n");
        return 2;
    }
    try {
        secondstep::bench::Bench(argv[1], std::stoi(argv[2])).run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "bench_logins: %s\n", error.what());
        return 1;
    }
    return 0;
}
