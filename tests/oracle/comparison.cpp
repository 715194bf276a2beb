#include "oracle/comparison.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <new>
#include <stdexcept>

#include "oracle/stack_generator.h"

namespace secondstep::testing {
namespace {

using tool::Start;

// Of a child: few enough for what one crash spoils, enough for fork(2) to cost nothing.
constexpr std::uint64_t stacks_at_once = 500;

// What a child has written when it ends, however it ends.
struct Tally {
    std::uint64_t seed = 0;  // that it is at
    unsigned all = 0;
    unsigned different = 0;
    unsigned not_defined = 0;
    unsigned do_not_start = 0;
    unsigned let_in = 0;
    unsigned refused = 0;
    std::uint64_t first_seed = 0;
    std::array<char, 65536> first_difference{};
};

class SharedTally {
  public:
    SharedTally() {
        void* const memory =
            ::mmap(nullptr, sizeof(Tally), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::runtime_error("no memory");
        tally_ = new (memory) Tally;
    }
    SharedTally(const SharedTally&) = delete;
    SharedTally& operator=(const SharedTally&) = delete;
    ~SharedTally() { ::munmap(tally_, sizeof(Tally)); }
    [[nodiscard]] Tally& operator*() const { return *tally_; }

  private:
    Tally* tally_ = nullptr;
};

std::string shown(const GeneratedStack& stack) {
    std::string text = "service " + stack.question.service + " of \"" + stack.question.directory + "\"\n";
    for (const auto& [path, content] : stack.files)
        text += "==== " + path + "\n" + content + (content.ends_with('\n') ? "" : "(no end of line)\n");
    return text;
}

// Nothing to compare. Before 1.6.0 _pam_add_handler leaves a line in its list with a `next` that nobody has set, where
// extract_modulename has no name for it; _pam_parse_conf_file uses `actions` that nobody has set where Debian's
// "@include" fails in an included file; and files that include each other are opened until no more can be.
bool is_not_defined(const tool::Stack& stack) {
    return std::ranges::any_of(stack.problems, [](const tool::Remark& remark) {
        return remark.text.contains("includes itself:") || remark.text.contains("more than 4096 lines") ||
               remark.text.contains("is not defined");
    });
}

void count_a_difference(Tally& tally, const std::string& text) {
    if (++tally.different > 1) return;
    tally.first_seed = tally.seed;
    const std::string whole = "SECONDSTEP_ORACLE_SEED=" + std::to_string(tally.seed) + "\n" + text;
    const std::size_t length = std::min(whole.size(), tally.first_difference.size() - 1);
    std::memcpy(tally.first_difference.data(), whole.data(), length);
}

void count_an_answer(Tally& tally, const Asked& asked) {
    if (asked.start != Start::works) {
        ++tally.do_not_start;
    } else if (asked.authentication->result == 0) {
        ++tally.let_in;
    } else {
        ++tally.refused;
    }
}

void compare_one(const tool::LibpamRules& rules, const Foretelling& foretelling, Tally& tally) {
    const GeneratedStack stack = StackGenerator(tally.seed, rules).make();
    const tool::Stack right = read(stack.files, stack.question, rules);
    ++tally.all;
    if (is_not_defined(right)) {
        ++tally.not_defined;
        return;
    }
    const tool::LibpamRules& supposed = foretelling.supposed;
    const Asked foretold =
        foretell(read(stack.files, stack.question, supposed), supposed, foretelling.mistake);
    const Asked asked = ask_libpam(stack.files, stack.question, right.start);
    count_an_answer(tally, asked);
    if (asked == foretold) return;
    count_a_difference(tally,
                       shown(stack) + "libpam:\n" + to_text(asked) + "foretold:\n" + to_text(foretold));
}

// Of a process's own time, however slow the machine is.
void end_by_signal_after(std::chrono::seconds seconds) {
    const itimerval timer{.it_interval = {}, .it_value = {.tv_sec = seconds.count(), .tv_usec = 0}};
    ::setitimer(ITIMER_VIRTUAL, &timer, nullptr);
}

// What is thrown ends the child, and does not go on in a second run of all tests.
[[noreturn]] void compare_in_child(std::uint64_t end, const tool::LibpamRules& rules,
                                   const Foretelling& foretelling, Tally& tally) noexcept {
    const rlimit no_core{};
    ::setrlimit(RLIMIT_CORE, &no_core);
    for (const int signal : {SIGSEGV, SIGBUS, SIGABRT})
        ::signal(signal, SIG_DFL);
    for (; tally.seed < end; ++tally.seed) {
        end_by_signal_after(std::chrono::seconds(20));
        compare_one(rules, foretelling, tally);
    }
    ::_exit(0);
}

// As far as one child comes.
void compare_some(std::uint64_t end, const tool::LibpamRules& rules, const Foretelling& foretelling,
                  Tally& tally) {
    const std::uint64_t first = tally.seed;
    const pid_t child = ::fork();
    if (child == 0) compare_in_child(end, rules, foretelling, tally);
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child) throw std::runtime_error("no child");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
    count_a_difference(tally, "libpam, asked from seed " + std::to_string(first) +
                                  " on, ends here with status " + std::to_string(status) + "\n" +
                                  shown(StackGenerator(tally.seed, rules).make()));
    ++tally.seed;
}

}  // namespace

Comparison compare(const Seeds& seeds, const tool::LibpamRules& rules, const Foretelling& foretelling) {
    const SharedTally shared;
    Tally& tally = *shared;
    tally.seed = seeds.first;
    const std::uint64_t end = seeds.first + seeds.stacks;
    while (tally.seed < end)
        compare_some(std::min(end, tally.seed + stacks_at_once), rules, foretelling, tally);
    return {.all = tally.all,
            .different = tally.different,
            .not_defined = tally.not_defined,
            .do_not_start = tally.do_not_start,
            .let_in = tally.let_in,
            .refused = tally.refused,
            .first_seed = tally.first_seed,
            .first_difference = tally.first_difference.data()};
}

}  // namespace secondstep::testing
