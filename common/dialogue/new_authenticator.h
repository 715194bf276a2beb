#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dialogue/enrollment.h"
#include "dialogue/script.h"
#include "dialogue/visit.h"

namespace secondstep::dialogue {

// How a key is shown.
enum class Look { picture, text };
// "q" and "t".
[[nodiscard]] std::optional<Look> look_of(const Secret& typed);

// Asks until one of them is said, at most three times. Nothing: nobody answered, or something else.
[[nodiscard]] Script<std::optional<Look>> ask_look(Talk& talk, std::string_view prompt);

// What an enrollment begins from. It is committed only if all of this is still so, so that of two terminals
// exactly one becomes valid and nothing that was used up is used again.
struct Foundation {
    std::vector<AuthenticatorId> authenticators;  // those enrolled; none: not enrolled
    std::optional<OneTimeGrant> registration;     // the code that permitted it; the commit uses it up
    std::optional<Restore> restore;               // the restore it completes
    std::string old_label;  // of the entry that becomes void, "web01:alice"; empty: none
    unsigned number = 1;    // of the new entry; the label ends in -2, -3 ...

    [[nodiscard]] static Foundation of(const Visit& visit, const Account& account);
};

// A new authenticator inside a conversation: shows the key, checks the first code of the new device (three
// tries), and in one committed write makes it valid, the old one void, and the recovery codes new. Then shows
// those and asks for "saved". Hanging up before the commit changes nothing; hanging up after it is
// remembered, and the next login offers new codes.
class NewAuthenticator {
  public:
    enum class Outcome {
        done,
        hung_up,      // nothing changed
        refused,      // nothing changed: three wrong codes; the person was told
        overtaken,    // nothing changed: another terminal was first; the person was told
        unavailable,  // nothing changed; the journal says why
    };
    // `proof`: what permitted it, for the journal.
    NewAuthenticator(Talk& talk, Visit& visit, Foundation foundation, std::string proof);

    [[nodiscard]] Script<Outcome> set_up(Look look);

  private:
    [[nodiscard]] Enrollment drafted() const;
    [[nodiscard]] Result<std::string> shown(const Enrollment& draft, bool picture, bool inverted) const;
    [[nodiscard]] Script<Outcome> confirm(Enrollment& draft, Look look);
    [[nodiscard]] std::optional<Outcome> judge(Enrollment& draft, const Secret& typed, bool picture,
                                               std::string& text) const;
    [[nodiscard]] Script<Outcome> commit(const Enrollment& draft);
    [[nodiscard]] bool stands(const Account& present) const;
    [[nodiscard]] Outcome write(Transaction& transaction, const Enrollment& draft,
                                RecoverySet recovery) const;
    [[nodiscard]] Outcome gave_up(const std::string& why) const;

    Talk& talk_;
    Visit& visit_;
    Foundation foundation_;
    std::string proof_;
    unsigned wrong_ = 0;
};

// How a login ends whose person had to set up a second step: anything but `done` does not let him in. Logs.
[[nodiscard]] Verdict verdict_of(NewAuthenticator::Outcome outcome, const Visit& visit);

[[nodiscard]] std::string label_of(const Visit& visit, unsigned number);  // "web01:alice-2"

}  // namespace secondstep::dialogue
