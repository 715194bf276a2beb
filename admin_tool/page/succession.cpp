#include "page/succession.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string>

namespace secondstep::page {

namespace {

struct Name {
    sockaddr_un address{};
    socklen_t size = 0;
};

Name name_for(std::uint16_t port) {
    const std::string text = "secondstep-page-" + std::to_string(port);
    Name name;
    name.address.sun_family = AF_UNIX;
    std::memcpy(&name.address.sun_path[1], text.data(), text.size());  // behind a NUL: abstract
    name.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
    return name;
}

UniqueFd make_socket() {
    return UniqueFd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

const sockaddr* as_address(const Name& name) {
    return reinterpret_cast<const sockaddr*>(&name.address);
}

}  // namespace

UniqueFd listen_for_successor(std::uint16_t port) {
    UniqueFd socket = make_socket();
    const Name name = name_for(port);
    if (::bind(socket.get(), as_address(name), name.size) != 0) return UniqueFd();
    return socket;
}

void forget_requests(int socket) {
    std::array<char, 1> byte{};
    while (::recv(socket, byte.data(), byte.size(), 0) >= 0) {
    }
}

bool ask_to_leave(std::uint16_t port) {
    const UniqueFd socket = make_socket();
    const Name name = name_for(port);
    return ::sendto(socket.get(), "x", 1, MSG_NOSIGNAL, as_address(name), name.size) == 1;
}

}  // namespace secondstep::page
