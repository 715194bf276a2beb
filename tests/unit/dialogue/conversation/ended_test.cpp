// How a conversation ended stands in the journal, with the reason: whoever is called at night has nothing else.

#include "dialogue/conversation/ended.h"

#include "portals/portal_request.h"
#include "support/full_disk.h"
#include "support/temporary_directory.h"
#include "unit/dialogue/conversation.h"
#include "unit/portals/sample_portal.h"

namespace secondstep {
namespace {

using dialogue::Caller;
using dialogue::PortalRequest;
using dialogue::Request;
using ::testing::HasSubstr;
using testing::no_answer;
using testing::OpenDialogue;
using ::testing::StartsWith;
using testing::Transcript;
using testing::Typed;

class EndedConversation : public testing::Conversation {
  protected:
    EndedConversation() { world_.add_person("bob", 1001); }

    // The last line of this conversation.
    std::string line_after(const Request& request, const std::vector<Typed>& answers) {
        world_.journal.decisions.clear();
        return line_of(world_.login(request, answers).verdict);
    }
    std::string line_of(const OpenDialogue& dialogue) {
        return line_of(dialogue.verdict().value_or(Verdict::misconfigured));
    }
    std::string line_of(Verdict verdict) {
        if (world_.journal.decisions.empty()) return "no line";
        const dialogue::Decision last = world_.journal.decisions.back();
        if (last.verdict != verdict) return "a line of something else: " + to_line(last);
        std::string line = to_line(last);
        line.erase(0, line.find("reason="));
        return line;
    }
    void expect_line(const std::string& reason, const Request& request, const std::vector<Typed>& answers) {
        EXPECT_EQ(line_after(request, answers), "reason=\"" + reason + '"');
    }

    Request managed(Task task, const std::string& user = "alice", uid_t uid = 1000) {
        Request request = world_.request(user);
        request.purpose = Purpose::manage;
        request.task = task;
        request.caller = Caller::own_uid;
        request.uid = uid;
        return request;
    }
    Request first_login_of_bob() {
        configure("action = enroll\nenrollment = open\n");
        return in_account_phase("bob", Proof::first_factor);
    }
};

TEST_F(EndedConversation, ThatCannotTellWhoSomebodyIs) {
    world_.store->record("alice").credential.reset();
    expect_line("enrolled, but the credential is lost (run doctor)", request(), {});
    state().enrolled = false;
    record().damaged = true;
    expect_line("no credential, and the state is damaged (disable or enroll mends it)", request(), {});
    world_.store->read_error = Error{Errc::io, "disk gone"};
    expect_line("disk gone", request(), {});
    world_.people.persons["alice"].person->name = "a/b";
    EXPECT_THAT(line_after(request(), {}), StartsWith("reason="));
}

TEST_F(EndedConversation, OfSomebodyUnknown) {
    for (const char* action : {"allow", "enroll", "exempt"}) {
        configure(std::string("action = ") + action + "\n");
        expect_line("unknown user", world_.request("mallory"), {});
    }
    Request manage = managed(Task::status, "mallory");
    manage.caller = Caller::root;
    expect_line("unknown user", manage, {});
    configure("action = enroll\n");
    Request account = world_.request("mallory");
    account.purpose = Purpose::account;
    expect_line("unknown user", account, {});
}

TEST_F(EndedConversation, ThatLeavesEnrollingToTheAccountPhase) {
    configure("action = enroll\n");
    Request request = world_.request("bob");
    expect_line("not enrolled, and the stack has no enroll=account", request, {});
    request.enroll_in_account = true;
    expect_line("not enrolled: asked to enroll in the account phase", request, {});
    request.caller = Caller::trusted;
    expect_line("not enrolled, it is due, and the program that asks is not root", request, {});
    configure("action = enroll\nenroll_until = 2027-01-20\n");
    expect_line("not enrolled: not now", request, {});
}

TEST_F(EndedConversation, OfSettingUp) {
    const Request request = first_login_of_bob();
    expect_line("no right code of the new second step", request, {"t", "000000", "111111", "222222"});
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    expect_line("the new second step was not stored", request, {"t", code_of_the_shown_key()});
    world_.store->write_error.reset();
    OpenDialogue slow(world_, request);
    slow.type({"t"});
    expect_line("set up", request, {"t", code_of_the_shown_key(), "saved"});
    world_.journal.decisions.clear();
    slow.type({code_of_the_shown_key()});
    EXPECT_THAT(line_of(slow), HasSubstr("set up in another login meanwhile"));
}

TEST_F(EndedConversation, OfSettingUpAgain) {
    expect_line("no answer while setting up", request(), {"?", "2", recovery_code(0), no_answer});
    expect_line("no answer while setting up", managed(Task::enroll), {code(), "t", no_answer});
    configure("action = enroll\nenrollment = open\n");
    state().enrollment_forced = true;
    expect_line("has to enroll again", in_account_phase("alice", Proof::code), {no_answer});
}

TEST_F(EndedConversation, AtTheRegistrationCode) {
    const Request request = managed(Task::enroll, "bob", 1001);
    expect_line("no registration code", request, {no_answer});
    expect_line("no right registration code", request, {"00000-00000", "11111-11111", "22222-22222"});
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    expect_line("disk full", request, {"00000-00000"});
}

TEST_F(EndedConversation, OfManagingOnesOwn) {
    expect_line("no task", managed(Task::none), {});
    expect_line("no answer", managed(Task::recovery_codes), {no_answer});
    expect_line("no answer", managed(Task::enroll), {code(), no_answer});
    Request trusted = managed(Task::enroll);
    trusted.caller = Caller::trusted;
    expect_line("nothing was proved", trusted, {});
    configure("action = require\n");
    expect_line("a rule demands a second step of them", managed(Task::disable), {});
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    expect_line("disk full", managed(Task::drop_clients), {"all"});
}

TEST_F(EndedConversation, ThatSomebodyElseOvertook) {
    OpenDialogue renewal(world_, managed(Task::recovery_codes));
    renewal.type_up_to_the_commit(code());
    record().credential->authenticators.front().id = {9};
    renewal.go_on();
    EXPECT_THAT(line_of(renewal), HasSubstr("set up elsewhere meanwhile"));
}

TEST_F(EndedConversation, AfterARemovalThatWasNotWritten) {
    world_.store->outcome = WriteOutcome::unknown;
    world_.store->writes_happen = false;
    EXPECT_THAT(line_after(managed(Task::disable), {code()}), HasSubstr("may not have happened"));
}

// --- portals ---

class EndedAboutPortals : public EndedConversation {
  protected:
    EndedAboutPortals() {
        world_.portals = std::make_shared<const PortalStore>(
            PortalStore::open(directory_.path(), false, *world_.keyring, world_.randomness).value());
    }
    static std::vector<Typed> form(const PortalRequest& request) {
        return {Typed::form(std::string(encode(request).text()))};
    }
    static std::vector<Typed> link(const std::string& to = "https://web01/0123456789abcdef0123456789abcdef") {
        PortalRequest::SendLink wanted{.name = *PortalName::create("invoices"),
                                       .number = "+4915123456745",
                                       .link = Secret::copy_of(to),
                                       .valid = std::chrono::minutes{3}};
        return form({.wanted = std::move(wanted)});
    }
    testing::TemporaryDirectory directory_;
    Request request_ = managed(Task::portals);
};

TEST_F(EndedAboutPortals, ThatWereNotAskedForOrCannotBeHad) {
    expect_line("not a request about portals", request_, {"invoices"});
    world_.portals.reset();
    expect_line("no store of portals", request_, {});
}

TEST_F(EndedAboutPortals, ThatCouldNotBeWritten) {
    PortalRequest::Add add{.portal = testing::sample_portal("invoices")};
    add.portal.last.reset();
    const std::vector<Typed> added = form({.wanted = std::move(add)});
    const testing::FullDisk full;
    EXPECT_THAT(line_after(request_, added), StartsWith("reason="));
}

TEST_F(EndedAboutPortals, WhoseLinkIsNotSent) {
    expect_line("not named in portal_phone_users", request_, link());
    configure("portal_phone_users = alice\n");
    expect_line("a link that does not lead to this host's page, or no courier", request_,
                link("https://evil.example/0123456789abcdef0123456789abcdef"));
    world_.store->write_error = Error{Errc::no_space, "disk full"};
    expect_line("disk full", request_, link());
}

}  // namespace
}  // namespace secondstep
