#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "base/secret.h"
#include "base/token.h"
#include "base/verdict.h"

namespace secondstep::dialogue {

// What a dialogue wants next from whoever runs it (the service's server, a test).
struct Show {                                // then call resume()
    enum class Style { info, error, data };  // data: JSON for the tool, which nobody is shown
    Style style = Style::info;
    Secret text;  // it may be a key, or recovery codes
};
struct Ask {  // then call answer()
    bool echo = false;
    std::string text;
    std::uint8_t combined_length = 0;
};
struct Wait {  // let this much time pass without blocking anybody, then call resume()
    std::chrono::milliseconds time;
};
// Something slow. The runner calls `job` on a worker thread, then resume(). `job` owns (shared_ptr)
// everything it touches and does not throw: a runner that gives up waiting calls resume(Resumption::late)
// while it still runs.
struct Work {
    // lookup: deadline 2 s; scrypt: two workers, queue of 64; sending: waits for a disk that no login waits
    // for (a message is written down and handed over, a code of a linked portal is counted); store: calls of
    // a store that may block; fleet: waits for a node; fleet_local: likewise, for somebody at the machine itself, who
    // does not wait behind those who come over a network. These bound themselves
    enum class Kind { lookup, scrypt, sending, store, fleet, fleet_local };
    Kind kind;
    std::function<void()> job;
    // lookup: who is asked about, and which groups. A runner that knows the answer need not wait for it; one
    // that took every look-up for that of the person would wait for a directory where nobody may wait.
    // store: the record that is changed, of which one job runs at a time; empty: nothing is. fleet, fleet_local: whose share
    // of the threads it takes.
    std::string name{};
    std::vector<std::string> groups{};
};
// Something slow that nobody waits for, so that its duration cannot be seen. The runner calls `job` (on a
// worker thread, where there is one) after the next question has been sent; resume() it calls at once. As
// with Work, `job` owns what it touches and does not throw. Dropped when nothing more is asked.
struct Background {
    std::function<void()> job;
};
struct End {
    Verdict verdict;
    Token proof{};  // of what was shown in an authentication, for the account phase
};
using Step = std::variant<Show, Ask, Wait, Work, Background, End>;

enum class Resumption {
    done,        // shown, waited, or the job has run
    late,        // the job missed its deadline
    overloaded,  // the queue was full, the job did not run
};

// What came back for an Ask.
struct NoAnswer {};        // NULL, cancelled, end of input
struct OverlongAnswer {};  // more than 512 bytes
struct Form {              // not typed: made by a program (the tool), larger than anything typed
    Secret text;
};
using Reply = std::variant<NoAnswer, OverlongAnswer, Secret, Form>;

}  // namespace secondstep::dialogue
