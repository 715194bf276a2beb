#include "relay/relay_world.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace secondstep::testing {
namespace {

constexpr uid_t nobody = 65534;

void must_be_zero(int result, const std::string& what) {
    if (result != 0) throw std::runtime_error(what);
}

LoggedProcess::Start of_the_relay(LoggedProcess::Start start) {
    start.program = SECONDSTEP_RELAY_PROGRAM;
    return start;
}

}  // namespace

RelayProcess::RelayProcess(Start start) : LoggedProcess(of_the_relay(std::move(start))) {}

RelayProcess::RelayProcess(const std::string& config)
    : RelayProcess(Start{.arguments = {"--foreground", "--config", config}}) {}

RelayWorld::RelayWorld() {
    must_be_zero(::chmod(directory_.path().c_str(), 0755), "chmod");
}

RelayWorld::Machine RelayWorld::machine(const std::string& name, const std::string& options) {
    Machine machine{.name = name,
                    .config = path(name + ".conf"),
                    .directory = path(name),
                    .socket = path(name + ".sock"),
                    .certificate = {}};
    must_be_zero(::mkdir(machine.directory.c_str(), 0755), "mkdir");
    if (::geteuid() == 0) must_be_zero(::chown(machine.directory.c_str(), nobody, nobody), "chown");
    write_file(machine.config,
               options + "\nfleet_directory = " + machine.directory +
                   "\nfleet_account = nobody\nservice_account = nobody\nrelay_socket = " + machine.socket +
                   "\nhosts_socket = " + machine.socket + "\n",
               0644, false);
    return machine;
}

void RelayWorld::put_certificate(const Machine& machine, const std::string& part,
                                 const FleetAuthority::Issued& shown, const std::string& authority) const {
    write_file(machine.directory + "/authority.pem", authority, 0444, true);
    write_file(machine.directory + "/" + part + ".key", shown.key, 0400, true);
    write_file(machine.directory + "/" + part + ".pem", shown.certificate, 0444, true);
}

RelayWorld::Machine RelayWorld::node(const std::string& name, std::optional<FleetAuthority::Issued> shown) {
    const std::uint16_t port = free_port();
    Machine node = machine(name, "fleet = node\nfleet_listen = 127.0.0.1:" + std::to_string(port));
    node.port = port;
    if (!shown) shown = authority_.issue(name, FleetAuthority::For::node);
    node.certificate = shown->certificate;
    put_certificate(node, "node", *shown, authority_.certificate());
    return node;
}

RelayWorld::Machine RelayWorld::stranger(const std::string& name, const std::vector<Machine>& nodes) {
    return machine(name, "fleet = host\nfleet_nodes = " + nodes_option(nodes));
}

RelayWorld::Machine RelayWorld::host(const std::string& name, const std::vector<Machine>& nodes,
                                     std::optional<FleetAuthority::Issued> shown) {
    Machine host = stranger(name, nodes);
    if (!shown) shown = authority_.issue(name, FleetAuthority::For::host);
    host.certificate = shown->certificate;
    put_certificate(host, "host", *shown, authority_.certificate());
    return host;
}

std::uint16_t free_port() {
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    must_be_zero(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size), "bind");
    must_be_zero(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
    return ntohs(address.sin_port);
}

std::string nodes_option(const std::vector<RelayWorld::Machine>& nodes) {
    std::string text;
    for (const RelayWorld::Machine& node : nodes)
        text += (text.empty() ? "" : ", ") + node.name + "=127.0.0.1:" + std::to_string(node.port);
    return text;
}

void write_file(const std::string& path, const std::string& content, unsigned mode, bool for_nobody) {
    ::unlink(path.c_str());
    std::ofstream(path) << content;
    must_be_zero(::chmod(path.c_str(), mode), "chmod " + path);
    if (for_nobody && ::geteuid() == 0) must_be_zero(::chown(path.c_str(), nobody, nobody), "chown " + path);
}

std::string content_of(const std::string& path) {
    std::stringstream content;
    content << std::ifstream(path).rdbuf();
    return content.str();
}

relay::Open open_of(const std::string& account, const std::string& hello) {
    return {account, {1, 2, 3}, Secret::copy_of(hello)};
}

}  // namespace secondstep::testing
