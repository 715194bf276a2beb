#pragma once

#include <boost/program_options/options_description.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "base/secret.h"
#include "console/arguments.h"
#include "console/exit_status.h"
#include "fleet/authority.h"
#include "fleet/certificate.h"
#include "fleet/join_token.h"
#include "policy/config.h"

namespace secondstep::tool {

// --certificate, --key and --ca: what the authority that a site has anyway has made for a machine, as files of the
// administrator's.
struct SitePaths {
    std::string certificate;  // with those between it and the authority behind it
    std::string key;
    std::string authority;
};
// `where`: what is said first of each in the help ("create: ").
void add_site_options(boost::program_options::options_description& known, const std::string& where);
// Nothing: none was given. Stops with usage: all three or none.
[[nodiscard]] OrExit<std::optional<SitePaths>> site_paths_from(const Arguments& arguments);

// What is in them, and good for a machine.
struct SiteCertificate {
    fleet::Certificate own;
    std::string chain;  // PEM
    Secret key;         // PEM
    fleet::Certificate authority;
    Bytes authority_der;
    fleet::AuthorityPin pin{};
    SitePaths paths;
};
// The key: of this account or root, and nobody else may read it; the others nobody else may write. Stops with refused, after
// saying what is wrong with which file, and quotes nothing of it.
[[nodiscard]] OrExit<SiteCertificate> read_site_certificate(const SitePaths& paths,
                                                            const fleet::Authority::Subject& subject);

// --- what the relay of a host is offered: as its account ---

// In fleet_directory, for secondstep-relay --join and for the relay that runs.
[[nodiscard]] Exit offer(const Config& config, const SiteCertificate& certificate);
void withdraw_offer(const Config& config);
// What a certificate is to a host that has joined with such a one.
enum class Given : std::uint8_t {
    present,      // it shows this one, with these behind it
    vouched_for,  // it shows this one; those that vouch for it were others, and these are in their place now
    next,         // a node is to be told of it first
};
// The next certificate of the authority, of the same key, takes the place of the one that is there. Stops with refused: the
// host has joined with one that the fleet has made, or by another name than `host`, or believes another authority.
[[nodiscard]] OrExit<Given> give(const Config& config, const std::string& host,
                                 const SiteCertificate& certificate);

// An authority is known by its key and its name: its own certificate ends, and another one goes on.
[[nodiscard]] bool is_same_authority(const fleet::Certificate& one, const fleet::Certificate& other);
// Before another one takes the place of the present one: whether what this machine shows, `name` in fleet_directory, is good
// under that, too. Certificates may say which serial number or key identifier signed them (authorityKeyIdentifier, RFC 5280
// section 4.2.1.1): then the key and the name are not enough, and nobody could connect any more. Stops with refused. A
// certificate that has ended is good under none, and nothing is lost with it.
[[nodiscard]] OrExit<void> stays_good(const Config& config, const char* name, const SiteCertificate& given,
                                      const fleet::Authority::Subject& subject);

}  // namespace secondstep::tool
