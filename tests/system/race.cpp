// Several processes present the same answer at the same moment.
//
//   race SERVICE PROCESSES [RHOST] < ROUNDS      one round per line: USER ANSWER
//
// Every process goes as far as the question, waits there for all the others, and then they all answer. Prints
// one line per round: how many were accepted, refused, and how many saw anything else. Each process has a
// remote host of its own, or all of them RHOST.
#include <pthread.h>
#include <security/pam_appl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

enum class Outcome { accepted = 0, refused = 1, other = 2 };
constexpr unsigned longest_round_seconds = 60;

// Where the processes of one round meet; in memory they share.
class MeetingPoint {
  public:
    explicit MeetingPoint(unsigned processes) {
        pthread_barrierattr_t attributes;
        pthread_barrierattr_init(&attributes);
        pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
        pthread_barrier_init(&barrier_, &attributes, processes);
        pthread_barrierattr_destroy(&attributes);
    }
    void wait_for_all() { pthread_barrier_wait(&barrier_); }

  private:
    pthread_barrier_t barrier_{};
};

struct Contestant {
    MeetingPoint* meeting_point;
    const std::string* answer;
    unsigned times_asked = 0;
};

int converse(int count, const pam_message** messages, pam_response** responses, void* data) {
    auto& contestant = *static_cast<Contestant*>(data);
    auto* filled = static_cast<pam_response*>(calloc(static_cast<std::size_t>(count), sizeof(pam_response)));
    if (filled == nullptr) {
        return PAM_BUF_ERR;
    }
    for (int i = 0; i < count; ++i) {
        const int style = messages[i]->msg_style;
        if (style != PAM_PROMPT_ECHO_OFF && style != PAM_PROMPT_ECHO_ON) {
            continue;
        }
        if (++contestant.times_asked > 1) {  // asked again: the answer was refused
            free(filled);
            return PAM_CONV_ERR;
        }
        contestant.meeting_point->wait_for_all();
        filled[i].resp = strdup(contestant.answer->c_str());
    }
    *responses = filled;
    return PAM_SUCCESS;
}

Outcome log_in(const std::string& service, const std::string& user, const std::string& rhost,
               Contestant contestant) {
    const pam_conv conversation{converse, &contestant};
    pam_handle_t* pam = nullptr;
    if (pam_start(service.c_str(), user.c_str(), &conversation, &pam) != PAM_SUCCESS) {
        return Outcome::other;
    }
    pam_set_item(pam, PAM_RHOST, rhost.c_str());
    const int code = pam_authenticate(pam, 0);
    pam_end(pam, code);
    if (code == PAM_SUCCESS) {
        return Outcome::accepted;
    }
    return code == PAM_AUTH_ERR || contestant.times_asked > 1 ? Outcome::refused : Outcome::other;
}

struct Round {
    unsigned number = 0;
    std::string user;
    std::string answer;
};

std::optional<Round> next_round(unsigned number) {
    Round round;
    round.number = number;
    if (std::cin >> round.user >> round.answer) {
        return round;
    }
    return std::nullopt;
}

// A network of its own for each: recovery codes are judged once a second and network.
std::string rhost_of(const Round& round, unsigned process) {
    return "10." + std::to_string(round.number % 250) + "." + std::to_string(process) + ".1";
}

struct Place {
    std::string service;
    std::string rhost;  // empty: each process has its own
};

std::vector<pid_t> start_contestants(const Place& place, const Round& round, unsigned processes,
                                     MeetingPoint& meeting_point) {
    std::vector<pid_t> children;
    for (unsigned number = 1; number <= processes; ++number) {
        const pid_t child = fork();
        if (child == 0) {
            // Whoever never reaches the question would keep the others waiting for ever.
            alarm(longest_round_seconds);
            const std::string rhost = place.rhost.empty() ? rhost_of(round, number) : place.rhost;
            _exit(
                static_cast<int>(log_in(place.service, round.user, rhost, {&meeting_point, &round.answer})));
        }
        children.push_back(child);
    }
    return children;
}

bool run(const Place& place, const Round& round, unsigned processes) {
    void* shared =
        mmap(nullptr, sizeof(MeetingPoint), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) {
        return false;
    }
    auto* meeting_point = new (shared) MeetingPoint(processes);
    unsigned count[3] = {};
    for (const pid_t child : start_contestants(place, round, processes, *meeting_point)) {
        int status = 0;
        waitpid(child, &status, 0);
        const int outcome = WIFEXITED(status) ? WEXITSTATUS(status) : 2;
        ++count[outcome >= 0 && outcome < 2 ? outcome : 2];
    }
    munmap(shared, sizeof(MeetingPoint));
    std::cout << "accepted " << count[0] << " refused " << count[1] << " other " << count[2] << std::endl;
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    unsigned processes = 0;
    const std::string_view number = argc == 3 || argc == 4 ? argv[2] : "";
    if (std::from_chars(number.data(), number.data() + number.size(), processes).ec != std::errc{} ||
        processes == 0) {
        std::cerr << "usage: race SERVICE PROCESSES [RHOST] < ROUNDS\n";
        return 2;
    }
    const Place place{.service = argv[1], .rhost = argc == 4 ? argv[3] : ""};
    for (unsigned next = 0; const auto round = next_round(next); ++next) {
        if (!run(place, *round, processes)) {
            return 1;
        }
    }
    return 0;
}
