#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/rate_limit.h"
#include "policy/fleet_config.h"
#include "policy/rules.h"

namespace secondstep {

// /etc/secondstep/secondstep.conf, typed and checked. Every option and its default stand in one table in
// options.cpp; etc/secondstep.conf lists the same, and tests compare the two with each other and with this.
struct Config {
    std::string store = "/var/lib/secondstep";
    std::string host_key = "/etc/secondstep/host.key";
    std::string socket = "/run/secondstep/secondstep.sock";
    std::string service_account = "secondstep";
    bool allow_network_file_system = false;
    std::string machine_id = "/etc/machine-id";  // the file with this machine's id

    unsigned tries = 3;            // asks in one dialogue, 1 to 10
    unsigned window = 1;           // 0 to 10
    unsigned recovery_codes = 10;  // 3 to 16
    std::string issuer;            // empty: the host's name
    std::string contact;           // whom to call; shown in help texts
    bool hint = true;              // a line above the first prompt says that ? gives help
    std::string apps = "Google Authenticator, Microsoft Authenticator, Authy";  // recommended to people

    std::string courier_socket = "/run/secondstep/courier.sock";
    unsigned sent_code_digits = 6;                 // 6 to 8
    std::chrono::seconds sent_code_lifetime{300};  // 1 to 10 minutes
    std::vector<RateLimit> sent_codes_per_account{{3, std::chrono::minutes{15}}, {10, std::chrono::days{1}}};
    std::vector<RateLimit> sent_codes_per_host{{60, std::chrono::minutes{1}}};
    bool notify = true;
    std::string
        notify_address;  // of accounts without an address of their own: "{user}@example.com"; or empty

    struct TrustedCaller {
        std::string user;
        std::string service;
    };
    std::vector<TrustedCaller> trusted_callers;  // "USER:SERVICE, ..."
    std::vector<std::string> portal_services;    // services whose users need not be in passwd

    // The page on which a telephone chooses the picture of a portal's QR code.
    struct PageListen {
        std::string address;        // empty: every address of this machine
        std::uint16_t port = 8443;  // 0: any; under 1024 would need root, which is given up before
    };
    std::vector<std::string> portal_phone_users;  // may have a link sent to a telephone; root may anyway
    PageListen portal_page_listen;
    std::string portal_page_host;         // "NAME" or "NAME:PORT" in the link; empty: this host's name
    std::string portal_page_certificate;  // empty: a self-signed one
    std::string portal_page_key;

    FleetConfig fleet;

    Rules rules;  // includes the defaults

    // No option: tells one text of these files from another. Empty: of no file.
    std::string fingerprint;
    // No option either: when a service read it that goes by it until it is told to reload. Unset: nobody said.
    UnixTime read_at = never;
};

// Reads `path` and then, in byte order of their names, the *.conf files in the directory PATH's
// folder/conf.d. Every file: a regular one owned by root or the euid, not writable for anybody else. Errors:
// invalid, untrusted, not_found, io; each "FILE:LINE: what is wrong and what would be right", several
// problems together, one a line.
[[nodiscard]] Result<Config> load_config(const std::string& path);

// The same with `text` in the place of the file at `path`, which need not be there; `name` stands for it in
// the messages. What conf.d holds counts as it would with that file.
[[nodiscard]] Result<Config> load_candidate(const std::string& path, std::string_view text,
                                            const std::string& name);

// The same for a text without files; `name` stands in the messages.
[[nodiscard]] Result<Config> parse_config(std::string_view text, const std::string& name);

}  // namespace secondstep
