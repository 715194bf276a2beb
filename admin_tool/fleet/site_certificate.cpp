#include "fleet/site_certificate.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/program_options/value_semantic.hpp>
#include <filesystem>
#include <utility>

#include "base/file.h"
#include "base/text.h"
#include "files/caller_file.h"
#include "files/secret_file.h"
#include "fleet/private_key.h"
#include "fleet/site_authority.h"
#include "fleet/site_files.h"

namespace po = boost::program_options;

namespace secondstep::tool {

namespace {

constexpr std::size_t largest_site_file = 65536;
constexpr mode_t readable_for_others = S_IRWXG | S_IRWXO;
constexpr mode_t writable_for_others = S_IWGRP | S_IWOTH;

// Site's tools name their newest file by a link; what counts is where it leads, and who owns that.
Result<Secret> content_of_site_file(const std::string& path, mode_t forbidden) {
    std::error_code problem;
    const std::string real = std::filesystem::canonical(path, problem).string();
    if (problem) return fail(Errc::not_found, path + ": " + problem.message());
    const auto place = split_path(real);
    if (!place) return std::unexpected(place.error());
    const auto directory = open_directory(place->directory);
    if (!directory) return std::unexpected(directory.error());
    const FileTrust trust{
        .owner = ::geteuid(), .root_too = true, .forbidden = forbidden, .max_size = largest_site_file};
    const auto file = open_trusted(directory->get(), place->name.c_str(), O_RDONLY, trust);
    if (!file) return fail(file.error().code, place->directory + "/" + file.error().detail);
    return read_secret(file->get(), largest_site_file);
}

// Stops after saying which of the three it is.
std::unexpected<Exit> unfit_file(const std::string& option, const std::string& path, const Error& error) {
    const bool names_it = error.detail.find(path) != std::string::npos;
    return stop(complain(Exit::refused, "--" + option + ": " + (names_it ? "" : path + ": ") + error.detail));
}

Result<std::string> own_file(const Config& config, const char* name) {
    const auto directory = open_directory(config.fleet.directory);
    if (!directory) return std::unexpected(directory.error());
    const FileTrust trust{.owner = ::geteuid(),
                          .root_too = true,
                          .forbidden = writable_for_others,
                          .max_size = largest_site_file};
    const auto file = open_trusted(directory->get(), name, O_RDONLY, trust);
    if (!file) return fail(file.error().code, config.fleet.directory + "/" + file.error().detail);
    const auto content = read_secret(file->get(), largest_site_file);
    if (!content) return std::unexpected(content.error());
    return std::string(content->text());
}

}  // namespace

void add_site_options(po::options_description& known, const std::string& where) {
    auto add = known.add_options();
    const auto file = [] { return po::value<std::string>()->value_name("FILE"); };
    const std::string certificate =
        where +
        "the certificate that the site's own authority has made for this machine, "
        "with those between the two behind it (PEM)";
    const std::string key = where + "its private key (PEM, without a passphrase; readable for root alone)";
    const std::string authority = where + "the authority's own certificate, the root (PEM)";
    add("certificate", file(), certificate.c_str());
    add("key", file(), key.c_str());
    add("ca", file(), authority.c_str());
}

OrExit<std::optional<SitePaths>> site_paths_from(const Arguments& arguments) {
    const auto certificate = arguments.text("certificate");
    const auto key = arguments.text("key");
    const auto authority = arguments.text("ca");
    if (!certificate && !key && !authority) return std::nullopt;
    if (certificate && key && authority) return SitePaths{*certificate, *key, *authority};
    return stop(complain(Exit::usage,
                         "--certificate, --key and --ca go together: they take the place of what the "
                         "fleet makes itself"));
}

OrExit<SiteCertificate> read_site_certificate(const SitePaths& paths,
                                              const fleet::Authority::Subject& subject) {
    const auto authority_text = content_of_site_file(paths.authority, writable_for_others);
    if (!authority_text) return unfit_file("ca", paths.authority, authority_text.error());
    const auto authority = fleet::SiteAuthority::read(authority_text->text());
    if (!authority) return unfit_file("ca", paths.authority, authority.error());
    const auto pin = authority->pin();
    if (!pin) return stop(complain(pin.error()));
    const auto certificates = content_of_site_file(paths.certificate, writable_for_others);
    if (!certificates) return unfit_file("certificate", paths.certificate, certificates.error());
    auto chain = authority->check(certificates->text(), subject, SystemClock().now());
    if (!chain) return unfit_file("certificate", paths.certificate, chain.error());
    const auto key_text = content_of_site_file(paths.key, readable_for_others);
    if (!key_text) return unfit_file("key", paths.key, key_text.error());
    const auto key = fleet::PrivateKey::read(*key_text);
    if (!key) return unfit_file("key", paths.key, key.error());
    if (!key->is_of(chain->own))
        return unfit_file("key", paths.key,
                          {Errc::invalid, "it is not the key of the first certificate in " +
                                              paths.certificate + ", which has to be this machine's own"});
    auto plain_key = key->pem();
    if (!plain_key) return stop(complain(plain_key.error()));
    return SiteCertificate{.own = std::move(chain->own),
                           .chain = std::move(chain->pem),
                           .key = std::move(*plain_key),
                           .authority = authority->described(),
                           .authority_der = authority->certificate(),
                           .pin = *pin,
                           .paths = paths};
}

Exit offer(const Config& config, const SiteCertificate& certificate) {
    const auto directory = open_directory(config.fleet.directory);
    if (!directory) return complain(directory.error());
    const Secret text = fleet::text_of({certificate.chain, certificate.key.clone()});
    const auto placed = write_durably(directory->get(), fleet::offered_file, text.bytes(), 0400);
    return placed ? Exit::done : complain(config.fleet.directory, placed.error());
}

void withdraw_offer(const Config& config) {
    const auto directory = open_directory(config.fleet.directory);
    if (directory) static_cast<void>(remove_durably(directory->get(), fleet::offered_file));
}

bool is_same_authority(const fleet::Certificate& one, const fleet::Certificate& other) {
    return one.public_key == other.public_key && one.name == other.name;
}

OrExit<void> stays_good(const Config& config, const char* name, const SiteCertificate& given,
                        const fleet::Authority::Subject& subject) {
    const UnixTime now = SystemClock().now();
    const auto present = own_file(config, name);
    const auto end = present ? fleet::earliest_end(*present) : std::unexpected(present.error());
    if (!end || *end <= now) return {};
    const auto authority = fleet::SiteAuthority::of(given.authority_der);
    const auto good =
        authority ? authority->check(*present, subject, now) : std::unexpected(authority.error());
    if (good) return {};
    return stop(complain(Exit::refused,
                         "--ca: " + given.paths.authority +
                             " has the key and the name of the authority that the fleet believes, and the "
                             "certificates that it has signed are not good under it (" +
                             name + ": " + good.error().detail +
                             "); let it be made with the serial number and the key identifier of the one "
                             "before. Nothing has changed"));
}

namespace {

struct Shown {
    std::string chain;  // PEM
    fleet::Certificate own;
    fleet::Certificate authority;
};

OrExit<Shown> shown_by(const Config& config, const SiteCertificate& given) {
    const auto authority = own_file(config, "authority.pem");
    const auto text = authority ? own_file(config, "host.pem") : authority;
    const auto own = text ? fleet::read_first_certificate(*text) : std::unexpected(text.error());
    if (!own)
        return stop(complain(Exit::refused, own.error().detail + "; with a new token, --again joins anew"));
    if (!fleet::is_marked_as_of_site(*authority))
        return stop(
            complain(Exit::refused,
                     "the fleet that this host has joined makes the certificates of its "
                     "hosts itself, and renews them: --certificate, --key and --ca have no place here"));
    const auto known = fleet::read_certificate(*authority);
    if (!known || !is_same_authority(*known, given.authority))
        return stop(complain(Exit::refused,
                             "the fleet that this host has joined believes another authority than "
                             "that of " +
                                 given.paths.authority));
    return Shown{*text, *own, *known};
}

Result<void> replace(const Config& config, const char* name, const std::string& content) {
    const auto directory = open_directory(config.fleet.directory);
    if (!directory) return std::unexpected(directory.error());
    const auto placed = write_durably(directory->get(), name, as_bytes(content), 0444);
    if (placed) return {};
    return fail(placed.error().code, config.fleet.directory + "/" + name + ": " + placed.error().detail);
}

}  // namespace

// By what name it has joined only the nodes know; that is one of the present certificate's.
OrExit<Given> give(const Config& config, const std::string& host, const SiteCertificate& certificate) {
    const auto shown = shown_by(config, certificate);
    if (!shown) return stop(shown.error());
    if (!fleet::check_name(shown->chain, {host, fleet::Authority::Role::host}))
        return stop(complain(Exit::refused,
                             "the present certificate of this host is of " + printable(shown->own.name) +
                                 ", and not of " + host +
                                 ": --name says by what name this host has joined, which the next one has to "
                                 "have as well"));
    const bool authority_goes_on = certificate.authority.end > shown->authority.end;
    if (authority_goes_on) {
        const auto good = stays_good(config, "host.pem", certificate, {host, fleet::Authority::Role::host});
        if (!good) return stop(good.error());
        const auto done =
            replace(config, "authority.pem", fleet::marked_as_of_site(certificate.authority.pem));
        if (!done) return stop(complain("fleet_directory", done.error()));
    }
    if (shown->own.fingerprint != certificate.own.fingerprint) return Given::next;
    const bool others_vouch = shown->chain != certificate.chain;
    if (others_vouch) {
        const auto done = replace(config, "host.pem", certificate.chain);
        if (!done) return stop(complain("fleet_directory", done.error()));
    }
    return authority_goes_on || others_vouch ? Given::vouched_for : Given::present;
}

}  // namespace secondstep::tool
