#pragma once

#include <string>

#include "courier/courier_config.h"
#include "courier/credentials.h"
#include "delivery/message.h"
#include "delivery/report.h"

namespace secondstep::courier {

// Writes one message with the site's templates and sends it over its channel.
// The detail of the report never holds the code, the link's token, the recipient or a credential,
// whatever the other side repeats of what it got.
[[nodiscard]] delivery::Report deliver(const CourierConfig& config, const Credentials& credentials,
                                       const delivery::Message& message);

// The local program of the channel may have to be another account (sendmail programs are set-uid or set-gid).
[[nodiscard]] bool uses_local_program(const CourierConfig& config, delivery::Channel channel);

}  // namespace secondstep::courier
