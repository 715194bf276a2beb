#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "arguments.h"
#include "base/error.h"
#include "host.h"
#include "wire/message.h"
#include "wire/service_link.h"

namespace secondstep::module {

// One call of libpam: carries texts and questions from the service to the person, answers back,
// and one verdict to libpam. It decides nothing about the second step; what it does decide is only
// ever against the person.
class Terminal {
  public:
    Terminal(const Host& host, const Arguments& arguments) noexcept : host_(host), arguments_(arguments) {}

    // A PAM code. Fails closed: PAM_SUCCESS and PAM_IGNORE are the service's word, for a PAM_USER that is
    // still the one the service was asked about.
    [[nodiscard]] int authenticate();
    // The same after authentication: whoever must enroll does so here. A program without privileges is never
    // asked for anything: PAM_IGNORE. "No answer" is an answer here, since enrollment may be put off.
    // `silent`: PAM_SILENT. Nobody is there then, unless the authentication of this handle ended with a proof
    // (sudo says it always, and has asked somebody all the same).
    [[nodiscard]] int account(bool silent);
    // At the start of a session of sshd: shows what the authentication put off. Always PAM_SUCCESS.
    [[nodiscard]] int tell();

  private:
    [[nodiscard]] int ask_service();
    [[nodiscard]] std::chrono::milliseconds patience() const noexcept;
    [[nodiscard]] Result<wire::ServiceLink> open_link() const;
    // Nothing: the service ended before it said a word, or before it read the answer to its only question; the one that is
    // started after it is to be asked.
    [[nodiscard]] std::optional<int> converse(wire::ServiceLink& link, const std::string& user);
    [[nodiscard]] bool is_to_be_asked_again(wire::ServiceLink& link,
                                            const Result<wire::Message>& message) const;
    // A PAM code when the dialogue is over. Returns nullopt if it goes on.
    [[nodiscard]] std::optional<int> handle(wire::ServiceLink& link, const wire::Message& message);
    [[nodiscard]] std::optional<int> reply(wire::ServiceLink& link, const wire::Ask& ask);
    [[nodiscard]] std::optional<int> reply_once_more(wire::ServiceLink& link, const wire::Ask& ask);
    [[nodiscard]] std::optional<int> reply_from_earlier_password(wire::ServiceLink& link,
                                                                 const wire::Ask& ask, Secret password);
    [[nodiscard]] std::optional<int> reply_from_person(wire::ServiceLink& link, const wire::Ask& ask);
    [[nodiscard]] bool is_combined(const wire::Ask& ask) const noexcept;
    [[nodiscard]] bool repeats(const wire::Ask& ask, const Secret& typed);
    [[nodiscard]] std::optional<int> reply_with(wire::ServiceLink& link, const wire::Ask& ask,
                                                wire::Answer answer);
    void show(const wire::Show& show) const;
    void show_or_hold(const wire::Show& show);
    void show_held();
    // Combined: leaves the code in `answer` and the password to the next module. False: out of memory.
    [[nodiscard]] bool keep_password(const wire::Ask& ask, wire::Answer& answer) const;
    [[nodiscard]] Result<wire::Hello> hello(const std::string& user) const;
    [[nodiscard]] int concluded(int code, const std::string& user) const;
    [[nodiscard]] int code_of(Verdict verdict) const noexcept;
    [[nodiscard]] int failed(const Error& error) const;
    void debug(const char* text) const noexcept;

    const Host& host_;
    const Arguments& arguments_;
    Purpose purpose_ = Purpose::authenticate;
    Token proof_;  // account: of the authentication; authenticate: what this one ended with
    int asked_ = 0;
    bool tells_ = false;              // tell(): nothing but that
    bool nobody_there_ = false;       // the account phase: no question is asked, or one got no answer
    bool untyped_ = false;            // the last answer was an earlier password
    std::optional<Secret> combined_;  // the last combined answer

    struct Answered {
        wire::Ask ask;
        Secret text;
    };
    std::optional<Answered> first_;  // while it is the only one
    int services_ = 0;               // that were asked, one after the other
    bool spoke_ = false;             // the last of them
    bool repeating_ = false;         // it is to be given the first answer
    std::vector<wire::Show> held_;   // what it says before its question: the person has read that
};

}  // namespace secondstep::module
