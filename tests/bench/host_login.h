#pragma once

#include <chrono>
#include <string>

namespace secondstep::bench {

struct LoginResult {
    int code = 0;                       // of pam_authenticate
    std::chrono::nanoseconds inside{};  // pam_authenticate
    std::chrono::nanoseconds judged{};  // of it, from the last answer to the end
    std::chrono::nanoseconds whole{};   // pam_start to pam_end
};

// pam_start_confdir, pam_authenticate answering every prompt with `answer`, pam_end.
[[nodiscard]] LoginResult log_in(const std::string& confdir, const std::string& service,
                                 const std::string& user, const std::string& answer,
                                 const std::string& rhost = "192.0.2.7");

}  // namespace secondstep::bench
