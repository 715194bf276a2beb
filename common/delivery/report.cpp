#include "delivery/report.h"

#include <array>
#include <optional>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace secondstep::delivery {
namespace {

constexpr std::size_t longest_detail = 300;

constexpr std::array failures = {Cause::certificate, Cause::login,         Cause::recipient, Cause::refused,
                                 Cause::no_answer,   Cause::misconfigured, Cause::program,   Cause::courier};

Report nonsense() {
    return {.outcome = DeliveryOutcome::failed,
            .cause = Cause::courier,
            .detail = "secondstep-courier answered something that is no report"};
}

std::optional<Cause> failure_named(std::string_view word) {
    for (const Cause cause : failures) {
        if (to_text(cause) == word) return cause;
    }
    return std::nullopt;
}

// "451 try later" => {"451", "try later"}; "sent" => {"sent", ""}
std::pair<std::string_view, std::string_view> first_word(std::string_view line) {
    const std::size_t end = line.find(' ');
    if (end == std::string_view::npos) return {line, {}};
    return {line.substr(0, end), line.substr(end + 1)};
}

std::string_view to_text(DeliveryOutcome outcome) {
    switch (outcome) {
        case DeliveryOutcome::sent:
            return "sent";
        case DeliveryOutcome::deferred:
            return "deferred";
        case DeliveryOutcome::failed:
            return "failed";
    }
    return "";
}

std::string_view what_to_look_at(Cause cause) {
    switch (cause) {
        case Cause::none:
            return "";
        case Cause::certificate:
            return "The server's certificate is not trusted, has expired, or is for another name, "
                   "or the server offers no TLS. Look at server and ca_file in courier.conf.";
        case Cause::login:
            return "The server refused our name and password. Look at the courier's credentials file.";
        case Cause::recipient:
            return "The server refused this recipient. Look at the address or number of the account.";
        case Cause::refused:
            return "The server refused the message.";
        case Cause::no_answer:
            return "The server could not be reached, or did not answer in time. Look at server and port in "
                   "courier.conf, at the network, and at the firewall.";
        case Cause::misconfigured:
            return "courier.conf or the credentials file cannot be used.";
        case Cause::program:
            return "The local program that should have sent it failed.";
        case Cause::courier:
            return "secondstep-courier cannot be reached or gave no result. "
                   "Look at secondstep-courier.socket (secondstep doctor says how it "
                   "is started), and at the journal.";
    }
    return "";
}

}  // namespace

std::string_view to_text(Cause cause) {
    switch (cause) {
        case Cause::none:
            return "none";
        case Cause::certificate:
            return "certificate";
        case Cause::login:
            return "login";
        case Cause::recipient:
            return "recipient";
        case Cause::refused:
            return "refused";
        case Cause::no_answer:
            return "no-answer";
        case Cause::misconfigured:
            return "misconfigured";
        case Cause::program:
            return "program";
        case Cause::courier:
            return "courier";
    }
    return "";
}

std::string to_line(const Report& report) {
    std::string line(to_text(report.outcome));
    if (report.outcome == DeliveryOutcome::failed) line.append(" ").append(to_text(report.cause));
    const std::string detail = printable(trimmed(report.detail), longest_detail);
    if (!detail.empty()) line.append(" ").append(detail);
    return line;
}

Report report_of(std::string_view line) {
    Report report{.outcome = DeliveryOutcome::sent, .cause = Cause::none, .detail = {}};
    auto [word, rest] = first_word(line);
    if (word == "deferred") {
        report.outcome = DeliveryOutcome::deferred;
    } else if (word == "failed") {
        std::tie(word, rest) = first_word(rest);
        const std::optional<Cause> cause = failure_named(word);
        if (!cause) return nonsense();
        report.outcome = DeliveryOutcome::failed;
        report.cause = *cause;
    } else if (word != "sent") {
        return nonsense();
    }
    report.detail = rest;
    return to_line(report) == line ? report : nonsense();
}

std::string in_plain_words(const Report& report) {
    std::string words;
    if (report.outcome == DeliveryOutcome::sent) words = "It was sent.";
    if (report.outcome == DeliveryOutcome::deferred)
        words = "The server did not take it yet and asks to try again later; that may take minutes.";
    if (report.outcome == DeliveryOutcome::failed) words = what_to_look_at(report.cause);
    if (!report.detail.empty()) words += " (" + printable(report.detail, longest_detail) + ")";
    return words;
}

}  // namespace secondstep::delivery
