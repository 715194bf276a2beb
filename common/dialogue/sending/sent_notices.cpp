#include "dialogue/sending/sent_notices.h"

namespace secondstep::dialogue {
namespace {

constexpr std::string_view place_of_the_name = "{user}";
constexpr std::chrono::hours patience_with_deferral{1};

std::string filled_in(std::string pattern, const std::string& user) {
    const std::size_t at = pattern.find(place_of_the_name);
    if (at != std::string::npos) pattern.replace(at, place_of_the_name.size(), user);
    return pattern;
}

}  // namespace

void SentNotices::tell(const Notice& notice) {
    if (!config_->notify) return;
    for (const delivery::Address& address : notice.to) {
        delivery::Message message{.purpose = delivery::MessagePurpose::notice,
                                  .to = address,
                                  .user = notice.user,
                                  .host = host_,
                                  .service = notice.service,
                                  .contact = config_->contact,
                                  .code = {},
                                  .valid = {},
                                  .notice = notice.sentence};
        courier_.send(std::move(message), patience_with_deferral, [](const delivery::Report&) {});
    }
}

std::optional<delivery::Address> address_on_file(const Config& config, const std::string& user,
                                                 const Credential* credential) {
    if (credential != nullptr && credential->destination) return credential->destination->address;
    if (config.notify_address.empty()) return std::nullopt;
    const auto address =
        delivery::Address::create(delivery::Channel::mail, filled_in(config.notify_address, user));
    return address ? std::optional(*address) : std::nullopt;
}

}  // namespace secondstep::dialogue
