#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace secondstep::testing {

// Runs `body` in a child, where it may close descriptors, lower limits or die, and gives back its exit
// status; 1000 + N when signal N ended it.
inline int status_in_child(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) {
        int status = 255;
        try {
            status = body();
        } catch (...) {
            status = 254;
        }
        ::_exit(status);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
    }
    return WIFSIGNALED(status) ? 1000 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace secondstep::testing
