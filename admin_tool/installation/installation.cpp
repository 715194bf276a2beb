#include "installation/installation.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

#include "base/randomness.h"
#include "files/caller_file.h"
#include "installation/system_account.h"
#include "parts/courier_need.h"
#include "parts/part.h"
#include "people/people_index.h"
#include "store/host_key_file.h"
#include "tool_paths.h"

namespace secondstep::tool {

namespace {

constexpr char courier_account[] = "secondstep-courier";
constexpr char service_comment[] = "Second login step";

constexpr std::string_view minimal_configuration =
    "# How Secondstep asks for the second step of a login.\n"
    "# secondstep.conf(5) lists every option with its default. Nobody but root may\n"
    "# write this file.\n";

std::string text_of(const Bytes& bytes) {
    return {bytes.begin(), bytes.end()};
}

// A file that was installed as an example with every option in it; nothing when it was not.
std::optional<std::string> example_at(const char* path) {
    const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.valid()) return std::nullopt;
    const auto content = read_whole(file.get(), 65536);
    return content ? std::optional(text_of(*content)) : std::nullopt;
}

}  // namespace

Installation::Installation(const Config& config, std::string config_path)
    : config_(config), config_path_(std::move(config_path)) {}

namespace {

OrExit<void> or_exit(const Result<void>& done) {
    if (done) return {};
    complain(done.error());
    return stop(done.error().code == Errc::not_allowed ? Exit::not_allowed : Exit::unavailable);
}

}  // namespace

OrExit<void> Installation::prepare() {
    if (const auto account = have_account(); !account) return account;
    if (const auto account = have_courier_account(); !account) return account;
    return or_exit(hand_over_key_there_is());
}

OrExit<void> Installation::run(HostKey key) {
    return or_exit(have_all(key));
}

OrExit<void> Installation::have_account() {
    const std::string& name = config_.service_account;
    auto found = look_up(name);
    if (!found) return stop(complain(found.error()));
    const bool own = *found && (*found)->uid == ::geteuid();
    if (::geteuid() != 0 && !own) {
        return stop(
            complain(Exit::not_allowed, "the service account is \"" + name + "\": run setup as root"));
    }
    const bool missing = !*found;
    if (missing) {
        if (const auto added = add_system_account({name.c_str(), service_comment, config_.store.c_str()});
            !added)
            return stop(complain(added.error()));
        found = look_up(name);
        if (!found || !*found)
            return stop(
                complain(Exit::unavailable, "the account \"" + name + "\" was made but cannot be found"));
    }
    uid_ = (*found)->uid;
    gid_ = (*found)->gid;
    note(missing ? Step::What::made : Step::What::there, "account " + name);
    return {};
}

// It reads the passwords of mail server and gateway, and nothing of the store.
OrExit<void> Installation::have_courier_account() {
    if (uid_ == ::geteuid()) return {};
    if (!is_installed(Part::courier) && !CourierNeed::of(config_).any()) return {};
    const auto found = look_up(courier_account);
    if (!found) return stop(complain(found.error()));
    if (!*found) {
        if (const auto added = add_system_account({courier_account, "Sender of login codes", "/"}); !added)
            return stop(complain(added.error()));
    }
    std::string subject = "account ";
    subject += courier_account;
    note(*found ? Step::What::there : Step::What::made, subject);
    return {};
}

Result<void> Installation::have_all(HostKey key) {
    const auto config_parts = split_path(config_path_);
    const auto key_parts = split_path(config_.host_key);
    const auto socket_parts = split_path(config_.socket);
    for (const auto* parts : {&config_parts, &key_parts, &socket_parts}) {
        if (!*parts) return std::unexpected(parts->error());
    }
    const uid_t self = ::geteuid();
    const gid_t group = ::getegid();
    auto done = have_folder(config_parts->directory, 0755, self, group);
    if (done) done = have_configuration();
    if (done) done = have_courier_configuration();
    if (done && key_parts->directory != config_parts->directory) {
        done = have_folder(key_parts->directory, 0755, self, group);
    }
    if (done && key == HostKey::made) done = have_host_key();
    if (done) done = have_folder(config_.store, 0700, uid_, gid_);
    if (done) done = have_folder(socket_parts->directory, 0755, self, group);
    return done;
}

Result<void> Installation::have_folder(const std::string& path, mode_t mode, uid_t owner, gid_t group) {
    const auto made = make_folder(path, mode, owner, group);
    if (!made) return std::unexpected(made.error());
    note(*made ? Step::What::made : Step::What::there, path);
    return {};
}

Result<void> Installation::have_configuration() {
    const auto example = example_at(tool_paths::configuration_template);
    return have_file(config_path_, example.value_or(std::string(minimal_configuration)));
}

// Where no courier is installed there is nothing to configure.
Result<void> Installation::have_courier_configuration() {
    const auto example = example_at(tool_paths::courier_template);
    if (!example) return {};
    return have_file(std::filesystem::path(config_path_).replace_filename("courier.conf"), *example);
}

Result<void> Installation::have_file(const std::string& path, const std::string& content) {
    const auto parts = split_path(path);
    if (!parts) return std::unexpected(parts.error());
    const auto directory = open_directory(parts->directory);
    if (!directory) return std::unexpected(directory.error());
    const auto created = create_durably(directory->get(), parts->name, as_bytes(content), 0644);
    if (!created && created.error().code != Errc::exists) return created;
    note(created ? Step::What::made : Step::What::there, path);
    return {};
}

// When setup was killed in between, the owner is mended here.
Result<void> Installation::have_host_key() {
    SystemRandomness randomness;
    const auto made = HostKeyFile(config_.host_key, uid_, gid_).make(randomness);
    if (!made) return std::unexpected(made.error());
    note(*made              ? Step::What::made
         : key_handed_over_ ? Step::What::mended
                            : Step::What::there,
         config_.host_key);
    return {};
}

Result<void> Installation::hand_over_key_there_is() {
    const auto foreign = HostKeyFile(config_.host_key, uid_, gid_).hand_over();
    if (!foreign && foreign.error().code != Errc::not_found) return std::unexpected(foreign.error());
    key_handed_over_ = foreign && *foreign;
    return {};
}

}  // namespace secondstep::tool
