#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <random>

#include "stacks/judgement/edits.h"
#include "stacks/judgement/logins.h"
#include "stacks/judgement/stack_corpus.h"
#include "stacks/judgement/stack_findings.h"

using ::testing::IsEmpty;

namespace secondstep::tool {

namespace {

bool is_in(PamCode code, Facility part) {
    return code == PamCode::success || (part == Facility::account && code == PamCode::new_authtok_reqd);
}

// People whose first factor was right and who have the right code, or need none.
bool shuts_out(const CorpusService& before, const Stack& after, Facility part) {
    bool shut_out = false;
    try_logins(before.stack, after, part, [&](const TriedLogin& login) {
        const bool accepted = login.second_step == PamCode::success || login.second_step == PamCode::ignore;
        const bool proved = login.has_proof || before.before == BeforeStack::key || part == Facility::account;
        if (accepted && proved && is_in(login.before, part) && !is_in(login.after, part)) shut_out = true;
    });
    return shut_out;
}

// Somebody who tries passwords is not counted any more.
bool stops_counting(const CorpusService& before, const Stack& after) {
    bool stopped = false;
    try_logins(before.stack, after, Facility::auth, [&](const TriedLogin& login) {
        if (login.was_counted && !login.is_counted && !login.has_proof) stopped = true;
    });
    return stopped;
}

// One machine, whose administrator does what check-config prints until it prints nothing that can be done.
class Administrator {
  public:
    explicit Administrator(std::vector<CorpusService> machine) : machine_(std::move(machine)) {
        std::ranges::transform(machine_, std::back_inserter(now_), &CorpusService::stack);
    }

    // False if it never ends.
    bool mends_all() {
        for (int round = 0; round < 200; ++round) {
            const auto edits = next_mend();
            if (!edits) return true;
            ++mended_;
            for (Stack& stack : now_)
                stack = read_again(stack, edited_files(stack, *edits));
        }
        return false;
    }

    [[nodiscard]] const std::vector<CorpusService>& machine() const { return machine_; }
    [[nodiscard]] std::size_t mended() const { return mended_; }
    [[nodiscard]] const Stack& now(std::size_t service) const { return now_[service]; }
    [[nodiscard]] Remarks findings(std::size_t service) const {
        Neighbours neighbours;
        for (std::size_t i = 0; i < now_.size(); ++i)
            neighbours.push_back({now_[i], machine_[i].before});
        return findings_in(now_[service], machine_[service].config, machine_[service].before, neighbours);
    }

  private:
    std::optional<std::vector<Edit>> next_mend() {
        for (std::size_t service = 0; service < now_.size(); ++service) {
            for (const Remark& remark : findings(service)) {
                if (remark.edits.empty()) continue;
                return remark.edits;
            }
        }
        return std::nullopt;
    }

    std::vector<CorpusService> machine_;
    std::vector<Stack> now_;
    std::size_t mended_ = 0;
};

TEST(Mends, OfTheCorpusShutOutNobodyAndEnd) {
    for (auto& machine : read_corpus()) {
        Administrator administrator(machine);
        ASSERT_TRUE(administrator.mends_all()) << machine.front().corpus;
        for (std::size_t i = 0; i < machine.size(); ++i) {
            const std::string name = machine[i].corpus + ": " + machine[i].service;
            EXPECT_FALSE(shuts_out(machine[i], administrator.now(i), Facility::auth)) << name;
            EXPECT_FALSE(shuts_out(machine[i], administrator.now(i), Facility::account)) << name;
            EXPECT_FALSE(stops_counting(machine[i], administrator.now(i))) << name;
        }
    }
}

// Stacks as people write them, well or not: seeded, so that each can be looked at again.
class Writer {
  public:
    explicit Writer(unsigned seed) : random_(seed) {}

    std::vector<CorpusService> machine(unsigned seed) {
        files_.clear();
        const bool code_is_common = chance(4);
        files_["/common-auth"] = part(code_is_common);
        files_["/common-account"] = account(chance(5));
        std::vector<CorpusService> services;
        for (const char* name : {"sshd", "sudo"}) {
            files_[std::string("/") + name] = own_part(!code_is_common);
            CorpusService& service = services.emplace_back();
            service.corpus = "seed " + std::to_string(seed);
            service.service = name;
            if (chance(8)) service.before = BeforeStack::key;
            if (chance(3)) service.config.rules.defaults.action = Action::enroll;
        }
        for (CorpusService& service : services)
            service.stack = read_stack(
                "", service.service, [this](const std::string& path) -> std::optional<std::string> {
                    const auto found = files_.find(path);
                    return found == files_.end() ? std::nullopt : std::optional(found->second);
                });
        return services;
    }

  private:
    bool chance(unsigned of) { return random_() % of == 0; }
    std::string one_of(const std::vector<std::string>& words) { return words[random_() % words.size()]; }

    std::string control() {
        return one_of({"required", "requisite", "sufficient", "optional", "[success=ok default=die]",
                       "[success=1 default=ignore]", "[success=2 default=ignore]",
                       "[success=done default=die]", "[success=1 default=die]"});
    }
    std::string module() {
        return one_of({"pam_unix.so", "pam_unix.so try_first_pass", "pam_sss.so use_first_pass",
                       "pam_radius_auth.so", "pam_fprintd.so", "pam_u2f.so", "pam_env.so",
                       "pam_faillock.so preauth", "pam_faillock.so authfail", "pam_faillock.so authsucc",
                       "pam_access.so", "pam_rootok.so", "pam_nologin.so", "pam_deny.so", "pam_permit.so"});
    }
    std::string code() {
        const std::string control =
            one_of({"[success=ok ignore=ignore default=die]", "required", "sufficient", "optional",
                    "requisite", "[success=1 default=ignore]", "[success=done ignore=ignore default=die]",
                    "[success=ok default=die]"});
        return "auth " + control + " pam_secondstep.so" +
               one_of({"", " first_factor=passed", " first_factor=passed enroll=account"}) + "\n";
    }
    std::string part(bool with_code) {
        std::string text;
        const unsigned lines = 1 + random_() % 4;
        for (unsigned i = 0; i < lines; ++i)
            text += "auth " + control() + " " + module() + "\n";
        if (with_code) text += code();
        if (chance(2)) text += "auth " + control() + " " + module() + "\n";
        return text;
    }
    std::string account(bool with_code) {
        return std::string("account ") +
               one_of(
                   {"required pam_unix.so\n",
                    "[success=1 new_authtok_reqd=done default=ignore] pam_unix.so\naccount requisite pam_deny.so\naccount required pam_permit.so\n",
                    "sufficient pam_localuser.so\naccount required pam_unix.so\n"}) +
               (with_code ? "account required pam_secondstep.so\n" : "");
    }
    std::string own_part(bool with_code) {
        const std::string including =
            one_of({"@include common-auth\n", "auth include common-auth\n", "auth substack common-auth\n"});
        const bool code_first = chance(5);
        std::string text = chance(3) ? part(false) : "";
        if (with_code && code_first) text += code();
        text += including;
        if (with_code && !code_first) text += code();
        if (chance(4)) text += "auth " + control() + " " + module() + "\n";
        if (chance(3)) text += "account required pam_secondstep.so\n";
        return text + "@include common-account\n";
    }

    std::mt19937 random_;
    std::map<std::string, std::string> files_;
};

// SECONDSTEP_WRITTEN_STACKS=5000 for a longer look.
unsigned written_stacks() {
    const char* count = std::getenv("SECONDSTEP_WRITTEN_STACKS");
    return count == nullptr ? 300U : static_cast<unsigned>(std::strtoul(count, nullptr, 10));
}

TEST(Mends, OfStacksThatWereWrittenByChanceShutOutNobodyAndEnd) {
    std::size_t with_mends = 0;
    for (unsigned seed = 1; seed <= written_stacks(); ++seed) {
        const auto machine = Writer(seed).machine(seed);
        Administrator administrator(machine);
        ASSERT_TRUE(administrator.mends_all()) << seed;
        with_mends += administrator.mended() != 0 ? 1 : 0;
        for (std::size_t i = 0; i < machine.size(); ++i) {
            ASSERT_FALSE(shuts_out(machine[i], administrator.now(i), Facility::auth))
                << seed << machine[i].service;
            ASSERT_FALSE(shuts_out(machine[i], administrator.now(i), Facility::account))
                << seed << machine[i].service;
        }
    }
    EXPECT_GT(with_mends, written_stacks() / 2);
}

// The test must see a mend that locks people out: Duo's stack with a permit behind the deny.
TEST(Mends, OneThatShutsPeopleOutIsSeen) {
    const std::string duo =
        "auth requisite pam_unix.so\nauth [success=1 default=ignore] pam_secondstep.so first_factor=passed\n";
    CorpusService before;
    const auto read = [](const std::string& text) {
        return read_stack("", "login", [&](const std::string& path) {
            return path == "/login" ? std::optional(text) : std::nullopt;
        });
    };
    before.stack = read(duo + "auth requisite pam_deny.so\nauth required pam_permit.so\n");
    EXPECT_TRUE(shuts_out(before, read(duo + "auth required pam_permit.so\nauth requisite pam_deny.so\n"),
                          Facility::auth));
    EXPECT_FALSE(shuts_out(before, before.stack, Facility::auth));
}

TEST(Mends, OneThatStopsCountingIsSeen) {
    CorpusService before;
    const auto read = [](const std::string& password) {
        return read_stack("", "login", [&](const std::string& path) {
            return path == "/login" ? std::optional("auth required pam_faillock.so preauth\n" + password +
                                                    "auth [default=die] pam_faillock.so authfail\n")
                                    : std::nullopt;
        });
    };
    before.stack = read("auth [success=1 default=bad] pam_unix.so\n");
    EXPECT_TRUE(stops_counting(before, read("auth [success=1 default=die] pam_unix.so\n")));
    EXPECT_FALSE(stops_counting(before, before.stack));
}

}  // namespace

}  // namespace secondstep::tool
