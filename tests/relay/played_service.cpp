#include "relay/played_service.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace secondstep::testing {

PlayedService::PlayedService(std::string path, Part part)
    : path_(std::move(path)),
      part_(part ? std::move(part) : answer_as_usual),
      listener_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path_.copy(address.sun_path, sizeof(address.sun_path) - 1);
    ::unlink(path_.c_str());
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
        ::chmod(path_.c_str(), 0666) != 0 || ::listen(listener_.get(), 256) != 0)
        throw std::runtime_error("listen " + path_);
    thread_ = std::thread([this] { serve(); });
}

PlayedService::~PlayedService() {
    const std::uint64_t one = 1;
    static_cast<void>(!::write(stop_.get(), &one, sizeof(one)));
    thread_.join();
    {
        const std::scoped_lock lock(mutex_);
        for (const int socket : open_)
            ::shutdown(socket, SHUT_RDWR);
    }
    for (std::thread& thread : threads_)
        thread.join();
    ::unlink(path_.c_str());
}

void PlayedService::serve() {
    for (;;) {
        std::array<pollfd, 2> waiting{pollfd{stop_.get(), POLLIN, 0}, pollfd{listener_.get(), POLLIN, 0}};
        if (::poll(waiting.data(), waiting.size(), -1) < 0) continue;
        if (waiting[0].revents != 0) break;
        UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!socket.valid()) continue;
        threads_.emplace_back(
            [this, held = std::make_shared<UniqueFd>(std::move(socket))] { attend(std::move(*held)); });
    }
    listener_ = UniqueFd();
}

void PlayedService::attend(UniqueFd socket) {
    const int number = socket.get();
    {
        const std::scoped_lock lock(mutex_);
        open_.push_back(number);
    }
    PacketPeer peer(std::move(socket));
    try {
        auto from = peer.receive();
        auto first = from ? peer.receive() : std::nullopt;
        if (first && std::holds_alternative<relay::From>(*from)) {
            Visit visit{std::get<relay::From>(*from), std::move(*first), peer};
            {
                const std::scoped_lock lock(mutex_);
                const bool talk = std::holds_alternative<relay::Open>(visit.first);
                (talk ? conversations_ : questions_).push_back(visit.from);
            }
            part_(visit);
        }
    } catch (const std::exception&) {  // the other end has gone
    }
    const std::scoped_lock lock(mutex_);
    open_.remove(number);
    peer.hang_up();
}

void PlayedService::answer_as_usual(Visit& visit) {
    if (std::holds_alternative<relay::StandingAsked>(visit.first)) {
        visit.peer.send(relay::Standing{true, "web01"});
    } else if (std::holds_alternative<relay::Open>(visit.first)) {
        say_back(visit);
    } else {
        visit.peer.send(relay::Refused{"not here"});
    }
}

void PlayedService::say_back(Visit& visit) {
    visit.peer.send(relay::Said{std::get<relay::Open>(visit.first).hello.clone()});
    while (const auto next = visit.peer.receive(std::chrono::minutes{1}))
        visit.peer.send(relay::Said{std::get<relay::Answer>(*next).packet.clone()});
}

std::vector<relay::From> PlayedService::conversations() const {
    const std::scoped_lock lock(mutex_);
    return conversations_;
}

std::vector<relay::From> PlayedService::questions() const {
    const std::scoped_lock lock(mutex_);
    return questions_;
}

}  // namespace secondstep::testing
