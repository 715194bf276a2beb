#pragma once

#include <memory>
#include <optional>
#include <string>

#include "account/credential.h"
#include "delivery/courier.h"
#include "dialogue/conversation/notices.h"
#include "policy/config.h"

namespace secondstep::dialogue {

// Notices as messages. What becomes of one is in the courier's log; nobody waits for it.
class SentNotices final : public Notices {
  public:
    SentNotices(std::shared_ptr<const Config> config, std::string host, delivery::Courier& courier)
        : config_(std::move(config)), host_(std::move(host)), courier_(courier) {}
    void tell(const Notice& notice) override;

  private:
    std::shared_ptr<const Config> config_;
    std::string host_;
    delivery::Courier& courier_;
};

// Where its owner is told about an account: the address its codes are sent to,
// otherwise the one that `notify_address` makes of the name. Returns nullopt if there is neither,
// or the pattern makes no address of it.
[[nodiscard]] std::optional<delivery::Address> address_on_file(const Config& config, const std::string& user,
                                                               const Credential* credential);

}  // namespace secondstep::dialogue
