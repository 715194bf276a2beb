#include "portals/page/port.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <expected>
#include <fstream>
#include <optional>
#include <sstream>
#include <thread>

namespace secondstep::page {

namespace {

using boost::asio::ip::tcp;

constexpr const char* roots_directory = "/run/secondstep-page";

// --- the other page ---

// One that somebody else owns, or may write to, is none.
UniqueFd open_own_directory(const std::string& directory) {
    UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat about{};
    const bool own = fd.valid() && ::fstat(fd.get(), &about) == 0 && about.st_uid == ::geteuid() &&
                     (about.st_mode & 077) == 0;
    return own ? std::move(fd) : UniqueFd();
}

std::string name_for(std::uint16_t port) {
    return "secondstep-page-" + std::to_string(port);
}

// By way of the directory's descriptor: what was looked at is what is used.
sockaddr_un address_in(const UniqueFd& directory, std::uint16_t port) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = "/proc/self/fd/" + std::to_string(directory.get()) + "/" + name_for(port);
    std::memcpy(address.sun_path, path.data(), std::min(path.size(), sizeof(address.sun_path) - 1));
    return address;
}

UniqueFd make_datagram_socket() {
    return UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

// Whoever has the port may take the name from one that has left it.
UniqueFd listen_for_successor(const std::string& directory, std::uint16_t port) {
    const UniqueFd own = open_own_directory(directory);
    if (!own.valid()) return {};
    UniqueFd socket = make_datagram_socket();
    ::unlinkat(own.get(), name_for(port).c_str(), 0);
    const sockaddr_un address = address_in(own, port);
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) return {};
    return socket;
}

bool send_to(const sockaddr_un& address, std::size_t size) {
    const UniqueFd socket = make_datagram_socket();
    return ::sendto(socket.get(), "x", 1, MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&address),
                    static_cast<socklen_t>(size)) == 1;
}

bool ask_ones_own(const std::string& directory, std::uint16_t port) {
    const UniqueFd own = open_own_directory(directory);
    return own.valid() && send_to(address_in(own, port), sizeof(sockaddr_un));
}

// Behind a NUL: abstract.
std::size_t put_public_name(sockaddr_un& address, std::uint16_t port) {
    const std::string name = name_for(port);
    address.sun_family = AF_UNIX;
    std::memcpy(&address.sun_path[1], name.data(), name.size());
    return offsetof(sockaddr_un, sun_path) + 1 + name.size();
}

UniqueFd listen_for_strangers(std::uint16_t port) {
    sockaddr_un address{};
    const std::size_t size = put_public_name(address, port);
    UniqueFd socket = make_datagram_socket();
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), static_cast<socklen_t>(size)) != 0)
        return {};
    return socket;
}

bool ask_a_stranger(std::uint16_t port) {
    sockaddr_un address{};
    const std::size_t size = put_public_name(address, port);
    return send_to(address, size);
}

// Both: who has the public name may be neither.
bool ask_to_leave(const std::string& directory, std::uint16_t port) {
    const bool own = ask_ones_own(directory, port);
    return ask_a_stranger(port) || own;
}

// --- the port ---

using Bound = std::expected<UniqueFd, int>;  // or the errno

Bound bind_to(const tcp::endpoint& endpoint) {
    UniqueFd socket(::socket(endpoint.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.valid()) return std::unexpected(errno);
    const int yes = 1;
    const int no = 0;
    const bool v6 = endpoint.address().is_v6();
    if (::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0 ||
        (v6 && ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof(no)) != 0) ||
        ::bind(socket.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) != 0)
        return std::unexpected(errno);
    return socket;
}

// An empty address: IPv6 that takes IPv4 too, or IPv4 where there is no IPv6.
Bound bind_once(const std::string& address, std::uint16_t port) {
    if (address.empty()) {
        Bound both = bind_to(tcp::endpoint(tcp::v6(), port));
        const bool no_v6 = !both && (both.error() == EAFNOSUPPORT || both.error() == EADDRNOTAVAIL);
        return no_v6 ? bind_to(tcp::endpoint(tcp::v4(), port)) : std::move(both);
    }
    boost::system::error_code error;
    const auto parsed = boost::asio::ip::make_address(address, error);
    return error ? Bound(std::unexpected(EINVAL)) : bind_to(tcp::endpoint(parsed, port));
}

// proc(5), net/tcp: "N: LOCAL:PORT REMOTE:PORT STATE queues timer retransmits UID ..."
std::optional<uid_t> listener_in(const char* table, std::uint16_t port) {
    std::array<char, 8> wanted{};
    std::snprintf(wanted.data(), wanted.size(), ":%04X", static_cast<unsigned>(port));
    std::ifstream sockets(table);
    for (std::string line; std::getline(sockets, line);) {
        std::istringstream fields(line);
        std::array<std::string, 8> field;
        for (std::string& one : field)
            fields >> one;
        if (!field[1].ends_with(wanted.data()) || field[3] != "0A") continue;
        return static_cast<uid_t>(std::strtoul(field[7].c_str(), nullptr, 10));
    }
    return std::nullopt;
}

std::string whose(std::uint16_t port) {
    auto holder = listener_in("/proc/net/tcp", port);
    if (!holder) holder = listener_in("/proc/net/tcp6", port);
    if (!holder) return {};
    return " A program of uid " + std::to_string(*holder) + " listens there (ss -ltnp).";
}

std::unexpected<Error> cannot_listen(const std::string& address, std::uint16_t port, int why) {
    const std::string where =
        address.empty() ? "port " + std::to_string(port) : address + " port " + std::to_string(port);
    const std::string sentence =
        "The page for pictures cannot listen on " + where + ": " + std::strerror(why) + ".";
    if (why == EADDRINUSE) {
        return fail(Errc::exists, sentence + whose(port) +
                                      " Where others have accounts, a port under 1024 keeps them off it "
                                      "(portal_page_listen).");
    }
    const Errc code = why == EACCES ? Errc::not_allowed : why == EINVAL ? Errc::invalid : Errc::io;
    return fail(code, sentence + " (portal_page_listen)");
}

std::uint16_t number_of(const UniqueFd& socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
    if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
    return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
}

}  // namespace

Result<Port> take_port(const std::string& address, std::uint16_t port, const std::string& directory) {
    constexpr int most_tries = 40;
    Bound socket = bind_once(address, port);
    for (int i = 0; i < most_tries && !socket && socket.error() == EADDRINUSE; ++i) {
        if (!ask_to_leave(directory, port)) break;
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
        socket = bind_once(address, port);
    }
    if (!socket) return cannot_listen(address, port, socket.error());
    Port taken;
    taken.number = number_of(*socket);
    taken.socket = std::move(*socket);
    taken.successor_calls = listen_for_successor(directory, taken.number);
    taken.strangers_call = listen_for_strangers(taken.number);
    return taken;
}

std::string directory_for_pages() {
    if (::geteuid() != 0) return "/run/user/" + std::to_string(::geteuid());
    ::mkdir(roots_directory, 0700);  // one that is there is looked at before it is used
    return roots_directory;
}

void forget_requests(int socket) {
    std::array<char, 1> byte{};
    while (::recv(socket, byte.data(), byte.size(), 0) >= 0) {
    }
}

}  // namespace secondstep::page
