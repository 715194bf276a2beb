#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "account/proof_token.h"
#include "dialogue/make_dialogue.h"
#include "dialogue/sending/sent_notices.h"
#include "encoding/base32.h"
#include "enrollment/enrollment.h"
#include "support/fake_clock.h"
#include "support/recording_courier.h"
#include "support/seeded_randomness.h"
#include "unit/dialogue/memory_store.h"
#include "unit/dialogue/transcript.h"

namespace secondstep::testing {

class FakePeople final : public People {
  public:
    using People::find;
    [[nodiscard]] Result<LookedUp> find(const std::string& name, const std::vector<std::string>&,
                                        const Early& early) const override;
    [[nodiscard]] std::optional<Person> find_here(const std::string& name) const override {
        return name == here ? persons.at(name).person : std::nullopt;
    }
    std::map<std::string, LookedUp> persons;
    std::string here;  // an account of this machine
    Membership of_nobody{{}, {"staff", "guests"}};
    std::optional<Error> error;
    mutable unsigned asked = 0;
};

class FakeJournal final : public dialogue::Journal {
  public:
    explicit FakeJournal(std::vector<std::string>& events) : events_(events) {}
    void decided(const dialogue::Decision& decision) override;
    void changed(const dialogue::ChangeEntry& entry) override { changes.push_back(entry); }
    void warn(const std::string& sentence) override { warnings.push_back(sentence); }
    void alert(const std::string& sentence) override { alerts.push_back(sentence); }

    std::vector<dialogue::Decision> decisions;
    std::vector<dialogue::ChangeEntry> changes;
    std::vector<std::string> warnings;
    std::vector<std::string> alerts;

  private:
    std::vector<std::string>& events_;
};

// One host with its people, in memory; runs logins in it.
class LoginWorld {
  public:
    LoginWorld();
    LoginWorld(const LoginWorld&) = delete;
    LoginWorld& operator=(const LoginWorld&) = delete;
    ~LoginWorld();

    // Without the hint above the first prompt, unless the text says otherwise.
    void configure(const std::string& text);

    void add_person(const std::string& name, uid_t uid, std::vector<std::string> groups = {}) {
        people.persons[name] = {Person{name, uid}, {groups, {"staff", "guests"}}};
    }

    // With a TOTP authenticator and three recovery codes of the long form (they cost nothing to compute).
    MemoryStore::Record& enroll(const std::string& name, std::optional<uid_t> uid,
                                otp::RecoveryCodeForm form = otp::RecoveryCodeForm::long_code);
    // Instead of the recovery codes: `codes` scratch codes of 8 digits.
    void give_scratch_codes(const std::string& name, unsigned codes = 3);
    // With codes that are sent to `address`.
    MemoryStore::Record& enroll_address(const std::string& name, uid_t uid, delivery::Channel channel,
                                        const std::string& address);
    void add_enrolled(const std::string& name, uid_t uid);

    Credential new_credential(const std::string& name, std::optional<uid_t> uid,
                              otp::RecoveryCodeForm form = otp::RecoveryCodeForm::long_code,
                              unsigned codes = 3);

    // The code a device with `key` shows `steps` time steps from now.
    [[nodiscard]] std::string code_of(const Secret& key, int steps = 0) const;
    [[nodiscard]] std::string code(const std::string& name, int steps = 0) const {
        return code_of(store->record(name).credential->authenticators.front().key, steps);
    }
    [[nodiscard]] std::string text_of(const Typed& typed, const std::vector<std::string>& texts) const;
    // What the authentication of `request` would have handed to its account phase. Of a code: the last one
    // that was accepted.
    [[nodiscard]] Token proof_for(const dialogue::Request& request, Proof proof);
    // Of the right shape, and wrong for `name` at any time near now; another one for each `number`.
    [[nodiscard]] std::string wrong_code(const std::string& name, unsigned number = 0) const;
    // One for each try of a login: each is counted.
    [[nodiscard]] std::vector<Typed> wrong_codes(const std::string& name) const {
        return {wrong_code(name, 0), wrong_code(name, 1), wrong_code(name, 2)};
    }

    [[nodiscard]] dialogue::Request request(const std::string& user) const;

    [[nodiscard]] dialogue::Ports ports();

    Transcript login(const dialogue::Request& request, const std::vector<Typed>& answers);
    Transcript login(const std::string& user, const std::vector<Typed>& answers) {
        return login(request(user), answers);
    }

    Transcript run(dialogue::Dialogue& dialogue, const std::vector<Typed>& answers);

    // Lets time pass on every clock.
    void pass(std::chrono::milliseconds time);

    [[nodiscard]] const dialogue::Decision& last_decision() const { return journal.decisions.back(); }

    std::vector<std::string> events;
    SeededRandomness randomness;
    FakeClock clock;
    FakePeople people;
    FakeJournal journal{events};
    SeededRandomness memory_randomness{7};
    dialogue::Memory memory{memory_randomness};
    RecordingCourier courier;
    std::chrono::steady_clock::time_point steady{std::chrono::hours{1}};
    std::shared_ptr<Config> config;
    std::shared_ptr<const Keyring> keyring;
    std::shared_ptr<MemoryStore> store;
    std::shared_ptr<const AccountStore> real_store;  // instead of `store`, when there is one
    std::shared_ptr<const PortalStore> portals;
    Secret decoy_key;
    std::map<std::string, std::vector<std::string>> recovery_codes;
    std::optional<dialogue::Resumption> lookup_ends;  // instead of running the job
    bool lookup_is_half_done = false;                 // the job began, and nobody waits for its end
    std::optional<dialogue::Resumption> scrypt_ends;
    std::optional<dialogue::Resumption> store_ends;
    std::function<AttemptId()> write_ids;  // of another host
    bool is_awaited = true;                // whoever answered has not hung up
    bool own_uids = false;                 // of a node of a fleet without common uids

  private:
    std::chrono::milliseconds passed_{};
};

inline const Typed no_answer{Typed::Kind::null};
inline const Typed overlong_answer{Typed::Kind::overlong};

[[nodiscard]] std::size_t asks_in(const Transcript& transcript);

}  // namespace secondstep::testing
