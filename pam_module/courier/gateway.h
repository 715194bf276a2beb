#pragma once

#include "courier/gateway_request.h"
#include "courier/redaction.h"
#include "delivery/report.h"

namespace secondstep::courier {

// Sends one request to the gateway of the configuration and judges its answer,
// of which at most 64 KiB are read.
[[nodiscard]] delivery::Report send_to_gateway(const SmsConfig& config, const GatewayRequest& request,
                                               const Redaction& redaction);

}  // namespace secondstep::courier
