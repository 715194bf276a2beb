// What the service does for one login between its sockets: a dialogue on a FileStore in a real directory, run by
// a loop, with the name service's answer given.
//
//   decision_cost prepare DIRECTORY COUNT        a store with that many accounts in DIRECTORY
//   decision_cost run DIRECTORY KIND FIRST COUNT right | wrong | unknown | not-enrolled, from the account FIRST on
//
// `run` prints KIND, COUNT, and the medians of processor and wall-clock time of one login in microseconds. What is
// counted stands inside of decide(), for callgrind, and between two calls of write(2) with a descriptor of -1, for
// strace: see tests/bench/decision.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "dialogue/make_dialogue.h"
#include "enrollment/enrollment.h"
#include "store/file_store.h"

namespace secondstep::bench {
namespace {

constexpr uid_t first_uid = 100000;
constexpr uid_t strangers_uid = 2000000;
constexpr int warm_up = 20;

enum class Kind { right, wrong, unknown, not_enrolled };

Kind kind_of(const std::string& word) {
    if (word == "right") return Kind::right;
    if (word == "wrong") return Kind::wrong;
    if (word == "unknown") return Kind::unknown;
    if (word == "not-enrolled") return Kind::not_enrolled;
    throw std::runtime_error("no kind of login: " + word);
}

std::string name_of(Kind kind, unsigned number) {
    const std::string digits = std::to_string(1000000 + number).substr(1);
    if (kind == Kind::unknown) return "unknown" + digits;
    return (kind == Kind::not_enrolled ? "nothing" : "account") + digits;
}

template <typename Value>
Value wanted(Result<Value> result) {
    if (!result) throw std::runtime_error(result.error().detail);
    return std::move(*result);
}

class GivenPeople final : public People {
  public:
    using People::find;
    [[nodiscard]] Result<LookedUp> find(const std::string& name, const std::vector<std::string>&,
                                        const Early& early) const override {
        if (name.starts_with("unknown")) return LookedUp{};
        const auto number = static_cast<uid_t>(std::stoul(name.substr(name.size() - 6)));
        const Person person{name, (name.starts_with("nothing") ? strangers_uid : first_uid) + number};
        early(person);
        return LookedUp{person, {}};
    }
    [[nodiscard]] std::optional<Person> find_here(const std::string&) const override { return std::nullopt; }
};

// As the service's own: the line is made, and goes nowhere.
class MadeLines final : public dialogue::Journal {
  public:
    void decided(const dialogue::Decision& decision) override { bytes += to_line(decision).size(); }
    void changed(const dialogue::ChangeEntry& entry) override { bytes += to_line(entry).size(); }
    void warn(const std::string& sentence) override { throw std::runtime_error(sentence); }
    std::size_t bytes = 0;
};

class Host {
  public:
    explicit Host(std::string directory) : directory_(std::move(directory)) {
        config_ =
            std::make_shared<const Config>(wanted(parse_config("action = require\ntries = 1\n", "conf")));
    }
    void open() {
        const std::shared_ptr<FileStore> store = wanted(FileStore::open(
            {.directory = directory_ + "/store"}, wanted(load_keyring(ring_file())), clock_, randomness_));
        keyring_ = std::shared_ptr<const Keyring>(store, &store->keyring());
        store_ = store;
    }
    void prepare(unsigned count) {
        std::filesystem::create_directories(directory_ + "/store");
        if (::chmod((directory_ + "/store").c_str(), S_IRWXU) != 0) throw std::runtime_error("chmod");
        const Secret ring = Keyring::generate(randomness_).encode();
        std::ofstream(ring_file(), std::ios::binary) << ring.text();
        if (::chmod(ring_file().c_str(), S_IRUSR) != 0) throw std::runtime_error("chmod");
        open();
        wanted(store_->create_layout());
        std::vector<NewAccount> accounts;
        for (unsigned i = 0; i < count; ++i)
            accounts.push_back(account(i));
        wanted(store_->enroll_batch(accounts, [] { return Result<void>(); }));
    }
    // With what is typed for it.
    [[nodiscard]] dialogue::Request request(Kind kind, unsigned number) const {
        dialogue::Request request;
        request.user = name_of(kind, number);
        request.service = "sshd";
        request.rhost = "192.0.2." + std::to_string(number % 250);
        request.tty = "ssh";
        return request;
    }
    [[nodiscard]] Secret typed(Kind kind, unsigned number) const {
        if (kind == Kind::unknown || kind == Kind::not_enrolled)
            return Secret::copy_of(std::string_view("123456"));
        const AccountName name = wanted(AccountName::create(name_of(kind, number)));
        const Account account = wanted(store_->read(RecordName::of(name)));
        const Authenticator& phone = account.credential->authenticators.front();
        const otp::TimeStep step =
            otp::time_step(clock_.now(), phone.period) - (kind == Kind::wrong ? 1000 : 0);
        return wanted(otp::hotp(phone.key, step, phone.digits, phone.algorithm));
    }
    [[nodiscard]] dialogue::Ports ports() {
        return {.config = config_,
                .store = store_,
                .keyring = keyring_,
                .clock = &clock_,
                .people = &people_,
                .journal = &journal_,
                .memory = &memory_,
                .randomness = &randomness_,
                .host = "web01"};
    }

  private:
    [[nodiscard]] std::string ring_file() const { return directory_ + "/host.key"; }
    NewAccount account(unsigned number) {
        const AccountName name = wanted(AccountName::create(name_of(Kind::right, number)));
        auto recovery =
            wanted(dialogue::make_recovery_set(10, otp::RecoveryCodeForm::long_code, randomness_));
        Credential credential{name, first_uid + number,     clock_.now(), Method::totp,
                              {},   std::move(recovery.set)};
        credential.authenticators.push_back(
            dialogue::Enrollment::draft({.device_name = "phone"}, randomness_).authenticator().clone());
        State state = state_after_enrollment({}, credential, {});
        return {std::move(credential), std::move(state)};
    }

    std::string directory_;
    SystemClock clock_;
    SystemRandomness randomness_;
    GivenPeople people_;
    MadeLines journal_;
    dialogue::Memory memory_{randomness_};
    std::shared_ptr<const Config> config_;
    std::shared_ptr<const Keyring> keyring_;
    std::shared_ptr<FileStore> store_;
};

// Everything that is counted.
[[gnu::noinline]] Verdict decide(Host& host, dialogue::Request request, Secret typed) {
    const auto dialogue = dialogue::make_dialogue(host.ports(), std::move(request));
    dialogue::Step step = dialogue->begin();
    while (!std::holds_alternative<dialogue::End>(step)) {
        if (std::holds_alternative<dialogue::Ask>(step)) {
            step = dialogue->answer(std::move(typed));
            continue;
        }
        if (auto* work = std::get_if<dialogue::Work>(&step)) work->job();
        step = dialogue->resume(dialogue::Resumption::done);
    }
    return std::get<dialogue::End>(step).verdict;
}

double microseconds(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void mark() {
    static_cast<void>(!::write(-1, "", 0));
}

void run(Host& host, const std::string& word, unsigned first, unsigned count) {
    const Kind kind = kind_of(word);
    const Verdict expected = kind == Kind::right ? Verdict::accepted : Verdict::refused;
    // What libcrypto finds once per process is found.
    static_cast<void>(host.typed(Kind::right, first));
    std::vector<Secret> answers;
    for (unsigned i = 0; i < warm_up + count; ++i)
        answers.push_back(host.typed(kind, first + i));
    std::vector<double> processor;
    std::vector<double> wall;
    for (unsigned i = 0; i < warm_up + count; ++i) {
        dialogue::Request request = host.request(kind, first + i);
        const bool counts = i >= warm_up;
        if (i == warm_up) mark();
        const double before = microseconds(CLOCK_THREAD_CPUTIME_ID);
        const double begun = microseconds(CLOCK_MONOTONIC);
        const Verdict verdict = decide(host, std::move(request), std::move(answers[i]));
        if (counts) wall.push_back(microseconds(CLOCK_MONOTONIC) - begun);
        if (counts) processor.push_back(microseconds(CLOCK_THREAD_CPUTIME_ID) - before);
        if (verdict != expected) throw std::runtime_error("a login did not end as it should: " + word);
    }
    mark();
    std::printf("%s %u %.1f %.1f\n", word.c_str(), count, median(processor), median(wall));
}

int main_of(const std::vector<std::string>& words) {
    if (words.size() < 3)
        throw std::runtime_error("usage: see the beginning of tests/bench/decision_cost.cpp");
    Host host(words[1]);
    const auto number = [&](std::size_t index) { return static_cast<unsigned>(std::stoul(words.at(index))); };
    if (words[0] == "prepare") {
        host.prepare(number(2));
        return EXIT_SUCCESS;
    }
    host.open();
    run(host, words[2], number(3), number(4));
    return EXIT_SUCCESS;
}

}  // namespace
}  // namespace secondstep::bench

int main(int argc, char** argv) {
    try {
        return secondstep::bench::main_of({argv + 1, argv + argc});
    } catch (const std::exception& e) {
        std::fprintf(stderr, "decision_cost: %s\n", e.what());
        return EXIT_FAILURE;
    }
}
