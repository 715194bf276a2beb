#include "check/running_service.h"

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <variant>

#include "base/local_time.h"
#include "base/randomness.h"
#include "base/service_mending.h"
#include "paths.h"
#include "store/first_use.h"
#include "wire/deadline.h"
#include "wire/service_link.h"

namespace secondstep::tool {

namespace {

constexpr std::chrono::milliseconds patience_with_service = std::chrono::seconds{2};

// How root's own account stands; with it the service tells root how it stands itself.
wire::Hello question() {
    SystemRandomness randomness;
    wire::Hello hello;
    hello.purpose = secondstep::Purpose::manage;
    hello.task = Task::status;
    hello.user = "root";
    hello.service = "secondstep-check-config";
    hello.attempt = randomness.array<16>();
    return hello;
}

std::optional<RunningService> said_in(const wire::Message& message) {
    const auto* const show = std::get_if<wire::Show>(&message);
    if (show == nullptr || show->style != wire::Style::data) return std::nullopt;
    const auto json = nlohmann::json::parse(show->text.text(), nullptr, false);
    if (!json.is_object() || !json.contains("configuration")) return std::nullopt;
    const auto text = [&json](const char* key) {
        const auto found = json.find(key);
        return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const auto read = json.find("configuration_read");
    const bool says_when = read != json.end() && read->is_number_integer();
    return RunningService{text("version"), text("configuration"),
                          says_when ? from_unix(read->get<std::int64_t>()) : never};
}

Remark of_service(const std::string& file, std::string text, std::string mend) {
    return {.level = Remark::Level::warning,
            .file = file,
            .line = 0,
            .text = std::move(text),
            .now = {},
            .mend = std::move(mend),
            .finding = Finding::service_settings};
}

}  // namespace

std::optional<RunningService> running_service(const Config& config) {
    if (::geteuid() != 0) return std::nullopt;
    // By its socket systemd would start a service that nobody has asked yet, which begins the first use of the store.
    if (is_unused(config.store, config.host_key).value_or(false)) return std::nullopt;
    auto link = wire::ServiceLink::open({.socket = config.socket,
                                         .service_account = config.service_account,
                                         .answer_timeout = patience_with_service});
    if (!link) return std::nullopt;
    const wire::Deadline deadline(patience_with_service);
    // A service that was not restarted after an upgrade speaks an older version, and it is the one to be told of.
    auto message = link->greet(question());
    while (message && !std::holds_alternative<wire::End>(*message)) {
        if (auto said = said_in(*message)) return said;
        if (deadline.remaining().count() == 0) return std::nullopt;
        message = link->receive();
    }
    return std::nullopt;
}

Remarks running_service_remarks(const RunningService& service, const Config& config,
                                const std::string& file) {
    Remarks out;
    if (service.configuration != config.fingerprint) {
        out.push_back(of_service(
            file,
            "the running service still has " +
                (service.read_at == never ? "an older configuration"
                                          : "the configuration of " + local_minute(service.read_at)) +
                ": these files were changed after it read them",
            std::string(how_to_reload_the_service)));
    }
    if (service.version != paths::version) {
        out.push_back(of_service(
            file,
            "the running service is of version " + service.version + ", and this tool of " + paths::version,
            std::string(how_to_restart_the_service)));
    }
    return out;
}

}  // namespace secondstep::tool
