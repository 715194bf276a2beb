#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "account.h"
#include "people.h"
#include "series.h"
#include "service.h"
#include "service/client.h"

namespace secondstep::bench {
namespace {

// Dialogues that are at their first question. As root, who may hold as many as there is room for.
class WaitingDialogues {
  public:
    explicit WaitingDialogues(const Lab& lab)
        : socket_(lab.file("people.sock")), people_(names_in(lab.file("people"))) {}

    void grow_to(std::size_t count) {
        while (dialogues_.size() < count) {
            auto client = std::make_unique<testing::Client>(socket_);
            client->send(testing::hello_for(people_[dialogues_.size() % people_.size()].name));
            if (!client->next_question())
                throw std::runtime_error("a dialogue ended before its first question");
            dialogues_.push_back(std::move(client));
        }
    }

  private:
    std::string socket_;
    std::vector<BenchAccount> people_;
    std::vector<std::unique_ptr<testing::Client>> dialogues_;
};

void print(const Table& table, const std::string& when, double resident) {
    table.row("memory of the service, " + when, resident / 1024, shown(), "MiB");
}

}  // namespace

void memory_series(const Lab& lab, const Table& table) {
    const Service service(lab, "people");
    const double at_first = service.memory_kib("Rss");
    table.row("memory of the service (resident), nobody there", at_first / 1024, at_most(24), "MiB");
    table.row("  of it private and dirty", service.memory_kib("Private_Dirty") / 1024, shown(), "MiB");
    static_cast<void>(People(lab).renew());  // enrolled, as people who are asked are
    WaitingDialogues waiting(lab);
    waiting.grow_to(1000);
    const double at_thousand = service.memory_kib("Rss");
    waiting.grow_to(10000);
    const double at_ten_thousand = service.memory_kib("Rss");
    print(table, "1,000 dialogues waiting", at_thousand);
    print(table, "10,000 dialogues waiting", at_ten_thousand);
    table.row("  for each of 1,000", (at_thousand - at_first) / 1000, at_most(3), "KiB");
    table.row("  for each of 10,000", (at_ten_thousand - at_first) / 10000, at_most(3), "KiB");
}

}  // namespace secondstep::bench
