#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"
#include "console/exit_status.h"
#include "policy/config.h"

namespace secondstep::tool {

// What `setup` looked after.
struct Step {
    enum class What { there, made, mended };
    What what;
    std::string subject;
};

// Makes what an installation needs and what is missing of it; never replaces anything. As root for the
// configured service account, and for the courier's where it is installed or messages are to be sent; as the
// service's account itself (a store of one's own) without changing owners, and without the courier's.
class Installation {
  public:
    Installation(const Config& config, std::string config_path);

    // The accounts, and a host key that is there in the hands of the one that reads it. First.
    [[nodiscard]] OrExit<void> prepare();
    // The rest.
    enum class HostKey { made, left_out };
    [[nodiscard]] OrExit<void> run(HostKey key);
    [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }

  private:
    OrExit<void> have_account();
    OrExit<void> have_courier_account();
    Result<void> have_folder(const std::string& path, mode_t mode, uid_t owner, gid_t group);
    Result<void> have_configuration();
    Result<void> have_courier_configuration();
    Result<void> have_file(const std::string& path, const std::string& content);
    Result<void> have_host_key();
    Result<void> hand_over_key_there_is();
    Result<void> have_all(HostKey key);
    void note(Step::What what, const std::string& subject) { steps_.push_back({what, subject}); }

    const Config& config_;
    std::string config_path_;
    uid_t uid_ = 0;
    gid_t gid_ = 0;
    bool key_handed_over_ = false;
    std::vector<Step> steps_;
};

}  // namespace secondstep::tool
