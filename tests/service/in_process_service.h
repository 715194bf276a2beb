#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "process/listening_socket.h"
#include "secondstepd/server.h"
#include "service/client.h"
#include "service/installation.h"
#include "support/recording_courier.h"

namespace secondstep::testing {

// The machine's name service, but for names that begin with "slow", about which it is silent until release().
class HangingPeople final : public People {
  public:
    ~HangingPeople() override { release(); }
    using People::find;
    Result<LookedUp> find(const std::string& name, const std::vector<std::string>& groups,
                          const Early& early) const override {
        if (name.starts_with("slow")) hang();
        return real_.find(name, groups, early);
    }
    std::optional<Person> find_here(const std::string& name) const override { return real_.find_here(name); }
    // Until so many hang, each on a thread of its own.
    void await_questions(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return hanging_ >= count; });
    }
    void await_question() { await_questions(1); }
    void release() {
        const std::lock_guard lock(mutex_);
        released_ = true;
        changed_.notify_all();
    }

  private:
    void hang() const {
        std::unique_lock lock(mutex_);
        ++hanging_;
        changed_.notify_all();
        changed_.wait(lock, [&] { return released_; });
    }

    NameServicePeople real_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    mutable std::size_t hanging_ = 0;
    bool released_ = false;
};

inline constexpr std::chrono::milliseconds for_ever = std::chrono::hours{1};

// A service in this process, with the limits and times that a test wants.
class InProcessService {
  public:
    struct Shape {
        service::Timeouts timeouts{
            .hello = for_ever, .answer = for_ever, .dialogue = for_ever, .lookup = for_ever};
        service::Limits::Numbers limits{.per_user = 1000, .per_trusted = 1000, .total = 1000};
        service::Workers::Size scrypts{.threads = 2, .queue = 64};
        service::Workers::Size stores{.threads = 32, .queue = 1024};
        unsigned threads = 2;       // beside those that may hang in the name service; 0: it accepts nobody
        std::string configuration;  // beside the defaults
        // Instead of the store in files, which it is given.
        std::function<std::shared_ptr<const AccountStore>(std::shared_ptr<const AccountStore>)> store_over;
    };
    explicit InProcessService(const Shape& shape)
        : installation(shape.configuration, Installation::Owner::test),
          limits(shape.limits),
          scrypts_(shape.scrypts),
          stores_(shape.stores),
          settings_(open(shape)),
          context_{.settings = settings_,
                   .clock = clock_,
                   .people = people_,
                   .journal = journal_,
                   .memory = memory_,
                   .caller_journals = caller_journals_,
                   .courier = courier,
                   .randomness = randomness_,
                   .scrypts = scrypts_,
                   .senders = senders_,
                   .stores = stores_,
                   .records = records_,
                   .host_lookups = host_lookups_,
                   .registrars = registrars_,
                   .writes = writes_,
                   .joins = joins_,
                   .askers = askers_,
                   .local_askers = local_askers_,
                   .tellers = tellers_,
                   .unusual = unusual_,
                   .timeouts = shape.timeouts},
          server_(socket_.get(), limits, context_) {
        if (shape.threads > 0) server_.start(shape.threads);
    }
    InProcessService() : InProcessService(Shape{}) {}
    InProcessService(const InProcessService&) = delete;
    InProcessService& operator=(const InProcessService&) = delete;
    ~InProcessService() {
        end();
        EXPECT_TRUE(scrypts_.finish(std::chrono::seconds{180}));
        EXPECT_TRUE(stores_.finish(std::chrono::seconds{180}));
        EXPECT_TRUE(registrars_.finish(std::chrono::seconds{180}));
        EXPECT_TRUE(server_.join(std::chrono::seconds{180}));
        EXPECT_TRUE(senders_.finish(std::chrono::seconds{180}));
    }

    [[nodiscard]] std::string path() const { return installation.socket(); }
    std::size_t end() { return server_.finish(); }
    [[nodiscard]] service::ServiceContext& context() { return context_; }
    [[nodiscard]] bool occupy_scrypts(std::function<void()> job) { return scrypts_.submit(std::move(job)); }

    // Everything that was to be sent is with the courier. Nothing can be sent after that.
    void finish_sending() { EXPECT_TRUE(senders_.finish(std::chrono::seconds{180})); }

    // What is in the log now.
    [[nodiscard]] std::string log() {
        journal_.drain(std::chrono::seconds{1});
        const Result<Bytes> text = read_whole(log_file_.get(), 1 << 20);
        return text ? std::string(text->begin(), text->end()) : std::string();
    }

    // These look until it is so, at most 20 seconds.
    void await_held(std::size_t count) {
        await([&] { return limits.held() == count; });
    }
    void await_waiting_scrypts(std::size_t count) {
        await([&] { return scrypts_.waiting() == count; });
    }

    Installation installation;
    HangingPeople name_service;
    service::Limits limits;
    RecordingCourier courier;

  private:
    template <typename Condition>
    static void await(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), end);
            std::this_thread::yield();
        }
    }
    [[nodiscard]] service::Settings open(const Shape& shape) {
        auto settings = service::open_settings(std::move(*load_config(installation.config())), name_service,
                                               clock_, randomness_);
        if (!settings) throw std::runtime_error(settings.error().detail);
        if (shape.store_over) settings->store = shape.store_over(settings->store);
        return std::move(*settings);
    }

    UniqueFd log_file_{
        ::open(installation.file("log").c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
    SystemClock clock_;
    SystemRandomness randomness_;
    service::CachedPeople people_{name_service};
    service::SyslogJournal journal_{service::LogChannel::descriptor(log_file_.get())};
    service::SparingWarning unusual_{journal_};
    service::CallerJournals caller_journals_{journal_};
    dialogue::Memory memory_{randomness_};
    service::Workers scrypts_;
    service::Workers senders_{{.threads = 2, .queue = 1024}};
    service::Workers stores_;
    service::KeyedQueue records_{stores_};
    service::KeyedQueue host_lookups_{stores_,
                                      {.at_once = 1, .waiting = service::HostsAcceptor::numbers.per_user}};
    service::Workers registrars_{{.threads = 2, .queue = 256}};
    service::KeyedQueue writes_{registrars_, service::HostsAcceptor::writes_of_a_host};
    service::KeyedQueue joins_{registrars_, service::HostsAcceptor::joins_from_an_address};
    service::Workers waiting_for_nodes_{{.threads = 2, .queue = 64}};
    service::KeyedQueue askers_{waiting_for_nodes_, {.at_once = 1, .waiting = 64}};
    service::Workers waiting_for_nodes_here_{{.threads = 1, .queue = 64}};
    service::KeyedQueue local_askers_{waiting_for_nodes_here_, {.at_once = 1, .waiting = 64}};
    service::Workers tellers_{{.threads = 1, .queue = 1}};
    service::CurrentSettings settings_;
    service::ServiceContext context_;
    process::ListeningSocket socket_ = std::move(*process::ListeningSocket::bind_to(installation.socket()));
    service::Server server_;
};

}  // namespace secondstep::testing
