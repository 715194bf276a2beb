#include "relay/join.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "fleet/join_token.h"
#include "fleet/possession.h"
#include "fleet/site_files.h"
#include "policy/config.h"
#include "policy/option_types.h"
#include "process/privileges.h"
#include "relay/connector.h"
#include "relay/credentials.h"
#include "relay/frame_link.h"
#include "relay/reactor.h"
#include "relay/tls_context.h"

namespace secondstep::relay {
namespace {

using Node = FleetConfig::Node;

constexpr std::chrono::milliseconds longest_attempt{5'000};
constexpr std::chrono::milliseconds longest_answer{12'000};
constexpr std::size_t longest_input = 1024;

ExitStatus complain(const std::string& sentence, ExitStatus status = ExitStatus::failed) {
    std::fprintf(stderr, "secondstep-relay: %s\n", sentence.c_str());
    return status;
}

// "auth1, auth2=192.0.2.12:7464": a name alone is looked up.
Result<std::vector<Node>> nodes_in(const std::string& text) {
    std::string whole;
    for (const std::string_view item : split(text, ',')) {
        const std::string node(trimmed(item));
        const std::string name = node.substr(0, node.find(':'));
        if (!whole.empty()) whole += ", ";
        whole += node.find('=') == std::string::npos ? name + "=" + node : node;
    }
    auto nodes = option_types::fleet_nodes(whole);
    if (nodes && !nodes->empty()) return nodes;
    return fail(Errc::invalid, "--join takes NAME=ADDRESS:PORT, ..., or names that can be looked up");
}

Result<void> check_name(const std::string& name) {
    const bool good = !name.empty() && name.size() <= max_host_name && name.front() != '-' &&
                      std::ranges::all_of(name, [](char c) {
                          return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                                 c == '-' || c == '.' || c == '_';
                      });
    if (good) return {};
    return fail(Errc::invalid, "--name takes a name of at most 64 letters, digits, dots and dashes");
}

Result<Secret> typed_token() {
    Secret room(longest_input);
    std::size_t filled = 0;
    for (;;) {
        const ssize_t size = ::read(STDIN_FILENO, room.bytes().data() + filled, room.size() - filled);
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return fail_errno("Reading the token from standard input", errno);
        if (size == 0) break;
        filled += static_cast<std::size_t>(size);
        if (filled == room.size()) return fail(Errc::invalid, "What was given as the token is too long");
    }
    room.truncate(filled);
    std::string_view text = trimmed(room.text());
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
        text = trimmed(text.substr(0, text.size() - 1));
    if (text.size() > max_token) return fail(Errc::invalid, "What was given as the token is too long");
    return Secret::copy_of(text);
}

Result<FleetConfig> fleet_options(const Options& options) {
    const Result<Config> config = load_config(options.config);
    if (config) return config->fleet;
    // Joining may come before there is a configuration.
    if (config.error().code == Errc::not_found) return FleetConfig{};
    return std::unexpected(config.error());
}

// As root: the directory is the relay's, and so is this process from then on.
Result<void> become_relay(const std::string& directory, const std::string& account) {
    if (::geteuid() != 0) return process::shut_the_doors();
    const Result<process::Ids> ids = process::ids_of(account);
    if (!ids) return std::unexpected(ids.error());
    if (::mkdir(directory.c_str(), 0755) == 0) {
        if (::chown(directory.c_str(), ids->user, ids->group) != 0 || ::chmod(directory.c_str(), 0755) != 0)
            return fail_errno(directory, errno);
    } else if (errno != EEXIST) {
        return fail_errno("Making " + directory, errno);
    }
    return process::become_account(account);
}

// What a host asks with: a new key, or a certificate of the site's own authority that it has.
struct Wish {
    std::string host;
    Secret token;
    fleet::AuthorityPin pin;
    Secret key;
    std::string request;
    std::optional<ShownCertificate> shown;
};

Result<void> add_new_key(Wish& wish) {
    auto made = make_key(wish.host);
    if (!made) return std::unexpected(made.error());
    wish.key = std::move(made->key);
    wish.request = std::move(made->request);
    return {};
}

Result<void> add_offered(Wish& wish, const FleetDirectory& directory, const fleet::JoinToken& token) {
    auto offered = directory.offered();
    if (!offered) return std::unexpected(offered.error());
    const auto occasion = fleet::occasion_of_joining(token, wish.host);
    if (!occasion) return std::unexpected(occasion.error());
    auto certificate = shown(*offered, *occasion);
    if (!certificate) return std::unexpected(certificate.error());
    wish.key = std::move(offered->key);
    wish.shown = std::move(*certificate);
    return {};
}

// Node after node, until one has answered.
class Joining {
  public:
    Joining(std::vector<Node> nodes, Wish wish, TlsContext tls, FleetDirectory directory)
        : nodes_(std::move(nodes)),
          wish_(std::move(wish)),
          tls_(std::move(tls)),
          directory_(std::move(directory)),
          deadline_(reactor_) {}

    ExitStatus run() {
        reactor_.post([this] { next(); });
        reactor_.run();
        return status_;
    }

  private:
    [[nodiscard]] std::string where() const {
        const Node& node = nodes_[at_];
        return "Node " + node.name + " (" + node.address + ":" + std::to_string(node.port) + ")";
    }

    void next() {
        if (at_ == nodes_.size())
            return end(ExitStatus::failed, "No node could be asked; nothing has changed.");
        deadline_.after(longest_attempt, [this] { not_this_one("it does not answer within five seconds"); });
        connector_ = std::make_unique<Connector>(reactor_, nodes_[at_].address, nodes_[at_].port);
        connector_->connect([this](Result<UniqueFd> socket) {
            if (!socket) return not_this_one(socket.error().detail);
            shake_hands(std::move(*socket));
        });
    }

    void shake_hands(UniqueFd socket) {
        link_ = FrameLink::client(reactor_, std::move(socket), tls_, nodes_[at_].name);
        link_->start({.open = [this] { ask(); },
                      .frame = [this](const Frame& frame) { on_frame(frame); },
                      .room = [] {},
                      .end = [this](const Error& why) { not_this_one(why.detail); }});
    }

    // The other end has proved by now that it is a node of the fleet that the token is of.
    void ask() {
        auto question = encode(JoinAsked{wish_.token.clone(), wish_.host, wish_.request, wish_.shown});
        if (!question) return end(ExitStatus::failed, question.error().detail);
        asked_ = true;
        deadline_.after(longest_answer, [this] { not_this_one("it does not answer within twelve seconds"); });
        link_->send(Carried{0, std::move(*question)});
    }

    void on_frame(const Frame& frame) {
        const auto* const carried = std::get_if<Carried>(&frame);
        const auto answer =
            carried != nullptr ? decode(carried->envelope.bytes()) : fail(Errc::damaged, "no answer");
        if (answer) {
            if (const auto* const certified = std::get_if<Certified>(&*answer)) return certify(*certified);
            if (const auto* const refused = std::get_if<Refused>(&*answer)) return refuse(refused->words);
        }
        not_this_one("it has answered in a way that is not known here");
    }

    void refuse(const std::string& words) {
        end(ExitStatus::failed, where() + " refuses: " + printable(words, max_words));
    }

    void certify(const Certified& certified) {
        Result<void> done = check_authority(certified.authority, wish_.pin);
        if (done) done = wish_.shown ? keep_shown(certified) : keep(certified);
        if (!done) {
            return end(ExitStatus::failed,
                       done.error().detail +
                           ". This host is registered now, and has no certificate: on a node, run "
                           "secondstep fleet drop-host " +
                           wish_.host + ", then join again");
        }
        std::printf("%s has joined by way of node %s; certificate and key are in %s\n", wish_.host.c_str(),
                    nodes_[at_].name.c_str(), directory_.path().c_str());
        end(ExitStatus::ended, "");
    }

    [[nodiscard]] Result<void> keep(const Certified& certified) const {
        auto good = check_certificate(certified.certificate, wish_.key, certified.authority);
        if (!good) return good;
        return directory_.replace(wish_.key, certified.certificate, certified.authority);
    }

    // That the authority has signed it was seen by the node, and by whoever has offered it here.
    [[nodiscard]] Result<void> keep_shown(const Certified& certified) const {
        auto done =
            directory_.replace(wish_.key, wish_.shown->chain, fleet::marked_as_of_site(certified.authority));
        if (done) directory_.forget_offered();
        return done;
    }

    void not_this_one(const std::string& why) {
        deadline_.cancel();
        if (asked_) {
            return end(
                ExitStatus::failed,
                where() + " was asked, and then: " + why +
                    ". Whether this host is registered now says, on a node: secondstep fleet status; if it is, "
                    "run there secondstep fleet drop-host " +
                    wish_.host + ", then join again");
        }
        static_cast<void>(complain(where() + ": " + why));
        // Never while one of them is calling.
        reactor_.post([this] {
            connector_.reset();
            if (link_) link_->close();
            link_.reset();
            ++at_;
            next();
        });
    }

    void end(ExitStatus status, const std::string& sentence) {
        if (!sentence.empty()) static_cast<void>(complain(sentence));
        status_ = status;
        if (link_) link_->close();
        reactor_.stop();
    }

    Reactor reactor_;
    const std::vector<Node> nodes_;
    const Wish wish_;
    const TlsContext tls_;
    const FleetDirectory directory_;
    std::size_t at_ = 0;
    bool asked_ = false;
    Timer deadline_;
    std::unique_ptr<Connector> connector_;
    std::shared_ptr<FrameLink> link_;
    ExitStatus status_ = ExitStatus::failed;
};

}  // namespace

ExitStatus join(const Options& options) {
    ::signal(SIGPIPE, SIG_IGN);
    const auto nodes = nodes_in(options.join);
    if (!nodes) return complain(nodes.error().detail, ExitStatus::usage);
    if (const auto good = check_name(options.name); !good)
        return complain(good.error().detail, ExitStatus::usage);
    const auto config = fleet_options(options);
    if (!config) return complain(config.error().detail, ExitStatus::bad_config);
    const std::string directory = options.directory.empty() ? config->directory : options.directory;
    if (const auto done = become_relay(directory, config->account); !done)
        return complain(done.error().detail);
    auto token = typed_token();
    if (!token) return complain(token.error().detail);
    const auto parsed = fleet::parse_join_token(token->text());
    if (!parsed) return complain(parsed.error().detail);
    auto tls = context_of_joining_host(parsed->authority);
    if (!tls) return complain(tls.error().detail);
    const FleetDirectory its_own(directory, "host");
    Wish wish{.host = options.name,
              .token = std::move(*token),
              .pin = parsed->authority,
              .key = {},
              .request = {},
              .shown = {}};
    const auto ready = options.certificate ? add_offered(wish, its_own, *parsed) : add_new_key(wish);
    if (!ready) return complain(ready.error().detail);
    Joining joining(*nodes, std::move(wish), std::move(*tls), its_own);
    return joining.run();
}

}  // namespace secondstep::relay
