#include "fleet/fleet_fragment.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>

#include "base/file.h"
#include "installation/system_account.h"

#include <unistd.h>

namespace secondstep::tool {

namespace {

constexpr const char* name = "fleet.conf";
constexpr mode_t readable = 0644;
constexpr std::size_t largest_fragment = 65536;

std::string written(const FleetConfig::Listen& listen) {
    const std::string port = std::to_string(listen.port);
    if (listen.address.empty()) return port;
    const bool has_colons = listen.address.find(':') != std::string::npos;
    return (has_colons ? "[" + listen.address + "]" : listen.address) + ":" + port;
}

}  // namespace

FleetFragment::FleetFragment(const std::string& config_path, std::string text)
    : folder_((std::filesystem::path(config_path).parent_path() / "conf.d").string()),
      path_(folder_ + "/" + name),
      text_(std::move(text)) {}

FleetFragment FleetFragment::of_node(const std::string& config_path, const FleetConfig::Listen& listen) {
    return {config_path,
            "# Written by secondstep fleet create: this machine judges for the hosts of its fleet.\n"
            "# See secondstep-fleet(7).\n"
            "fleet = node\n"
            "fleet_listen = " +
                written(listen) + "\n"};
}

FleetFragment FleetFragment::of_host(const std::string& config_path, const std::string& nodes,
                                     bool with_console_rule) {
    std::string text =
        "# Written by secondstep setup --join: this machine asks the nodes of its fleet.\n"
        "# See secondstep-fleet(7).\n"
        "fleet = host\n"
        "fleet_nodes = " +
        nodes + "\n";
    if (with_console_rule)
        text +=
            "\n"
            "# While no node answers nobody with a second step gets in; root does, at the console\n"
            "# of this machine, with the password alone. Without this rule: no way in but a\n"
            "# rescue system.\n"
            "[rule console]\n"
            "networks = local\n"
            "users = root\n"
            "action = exempt\n";
    return {config_path, std::move(text)};
}

Result<bool> FleetFragment::is_there() const {
    const auto folder = open_directory(folder_);
    if (!folder && folder.error().code == Errc::not_found) return false;
    if (!folder) return std::unexpected(folder.error());
    const FileTrust trust{
        .owner = ::geteuid(), .root_too = true, .forbidden = 0022, .max_size = largest_fragment};
    const auto file = open_trusted(folder->get(), name, O_RDONLY, trust);
    if (!file && file.error().code == Errc::not_found) return false;
    if (!file) return std::unexpected(file.error());
    const auto content = read_whole(file->get(), largest_fragment);
    if (!content) return std::unexpected(content.error());
    if (std::string(content->begin(), content->end()) == text_) return true;
    return fail(Errc::exists, path_ + " is there and says something else: look at it, and move it away");
}

Result<void> FleetFragment::look() const {
    const auto there = is_there();
    if (!there) return std::unexpected(there.error());
    return {};
}

Result<bool> FleetFragment::write() const {
    const auto there = is_there();
    if (!there) return there;
    if (*there) return false;
    if (const auto made = make_folder(folder_, 0755, ::geteuid(), ::getegid()); !made) return made;
    const auto folder = open_directory(folder_);
    if (!folder) return std::unexpected(folder.error());
    const auto created = create_durably(folder->get(), name, as_bytes(text_), readable);
    if (!created) return std::unexpected(created.error());
    return true;
}

}  // namespace secondstep::tool
