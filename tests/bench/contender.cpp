#include "contender.h"

#include <security/pam_appl.h>

#include <algorithm>
#include <utility>

#include "crowd.h"
#include "host_login.h"

namespace secondstep::bench {

double Cost::processor_us() const {
    const double all = static_cast<double>((caller.processor + service.processor).count()) / 1000;
    return logins == 0 ? 0 : all / logins;
}

Contender::Contender(const Lab& lab, Plan plan) : confdir_(lab.file("pam.d")), plan_(std::move(plan)) {}

void Contender::enrolled(const std::vector<BenchAccount>& accounts) const {
    if (plan_.enrolled) plan_.enrolled(accounts);
}

void Contender::prepare(const BenchAccount& account) const {
    if (plan_.before_login) plan_.before_login(account);
}

void Contender::forget_names() const {
    if (plan_.service) plan_.service->forget_names();
}

Usage Contender::service_usage() const {
    return plan_.service ? usage_of(plan_.service->process()) : Usage{};
}

void Contender::expect(int code, int expected) {
    if (code == expected) return;
    ++unexpected_[std::string(::pam_strerror(nullptr, code)) + " instead of " +
                  ::pam_strerror(nullptr, expected)];
}

void Contender::log_in(std::span<const DueLogin> logins, Cost& cost) {
    const Usage service_before = service_usage();
    const Nanoseconds machine_before = busy_machine();
    for (const DueLogin& login : logins) {
        const Usage before = own_usage();
        const LoginResult result = bench::log_in(confdir_, plan_.stack, login.account->name, login.code);
        cost.caller += own_usage() - before;
        cost.inside.add(result.inside);
        cost.judged.add(result.judged);
        cost.whole.add(result.whole);
        ++cost.logins;
        expect(result.code, PAM_SUCCESS);
    }
    cost.service += service_usage() - service_before;
    cost.machine += busy_machine() - machine_before;
}

void Contender::log_in_afresh(std::span<const DueLogin> logins, Cost& cost) {
    const Usage service_before = service_usage();
    for (const DueLogin& login : logins) {
        const Usage before = own_usage();
        const auto begin = std::chrono::steady_clock::now();
        const CrowdResult result = run_together(1, [&](int) {
            return bench::log_in(confdir_, plan_.stack, login.account->name, login.code).code;
        });
        cost.whole.add(std::chrono::steady_clock::now() - begin);
        cost.caller += own_usage() - before;
        ++cost.logins;
        expect(result.values.front(), PAM_SUCCESS);
    }
    cost.service += service_usage() - service_before;
}

Throughput Contender::log_in_at_once(std::span<const DueLogin> logins, int processes) const {
    const auto step = static_cast<std::size_t>(processes);
    const CrowdResult result = run_together(processes, [&](int process) {
        int refused = 0;
        for (auto i = static_cast<std::size_t>(process); i < logins.size(); i += step) {
            const DueLogin& login = logins[i];
            const int code = bench::log_in(confdir_, plan_.stack, login.account->name, login.code).code;
            refused += code == PAM_SUCCESS ? 0 : 1;
        }
        return std::min(refused, 255);
    });
    int refused = 0;
    for (const int value : result.values)
        refused += value;
    const auto all = static_cast<double>(logins.size());
    const double seconds = std::chrono::duration<double>(result.elapsed).count();
    return {(all - refused) / seconds, refused / all};
}

int Contender::accepted_of_one_code(const DueLogin& login, int processes) const {
    const CrowdResult result = run_together(processes, [&](int) {
        return bench::log_in(confdir_, plan_.stack, login.account->name, login.code).code == PAM_SUCCESS ? 1
                                                                                                         : 0;
    });
    return static_cast<int>(std::count(result.values.begin(), result.values.end(), 1));
}

void Contender::answer(const BenchAccount& account, const std::string& answer, int expected,
                       Samples& inside) {
    const LoginResult result = bench::log_in(confdir_, plan_.stack, account.name, answer);
    inside.add(result.inside);
    expect(result.code, expected);
}

void prepare(const std::vector<Contender>& contenders, std::span<const DueLogin> logins) {
    for (const Contender& contender : contenders) {
        for (const DueLogin& login : logins)
            contender.prepare(*login.account);
    }
}

}  // namespace secondstep::bench
