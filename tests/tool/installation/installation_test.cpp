#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "module/fake_service.h"
#include "parts/part.h"
#include "support/fake_courier.h"
#include "tool_world.h"

using ::testing::HasSubstr;
using ::testing::Not;

namespace secondstep::testing {

namespace {

class Setup : public ToolWorld {};

TEST_F(Setup, MakesWhatIsMissingAndCanBeRepeated) {
    const auto first = json({"setup"});
    EXPECT_EQ(first["changed"], true);
    EXPECT_EQ(mode_of(file("host.key")), 0400U);
    EXPECT_EQ(mode_of(file("store")), 0700U);
    EXPECT_EQ(mode_of(file("run")), 0755U);
    const std::string key = content_of(file("host.key"));
    const std::string config = content_of(file("secondstep.conf"));
    const auto again = json({"setup"});
    EXPECT_EQ(again["changed"], false);
    for (const auto& step : again["steps"])
        EXPECT_EQ(step["result"], "there") << step;
    EXPECT_EQ(content_of(file("host.key")), key);
    EXPECT_EQ(content_of(file("secondstep.conf")), config);
}

TEST_F(Setup, SaysWhatComesNext) {
    const Finished first = tool({"setup"});
    EXPECT_THAT(first.out, HasSubstr("made    " + file("host.key") + "\n"));
    EXPECT_THAT(first.out, HasSubstr("Keep a copy of " + file("host.key") + " in another place"));
    EXPECT_THAT(
        first.out,
        HasSubstr("systemctl enable --now secondstepd.socket; without systemd start secondstepd as root"));
    EXPECT_THAT(first.out, HasSubstr("secondstep enroll USER and secondstep pam add SERVICE."));
    const Finished again = tool({"setup"});
    EXPECT_THAT(again.out, HasSubstr("there   " + file("host.key") + "\n"));
    EXPECT_THAT(again.out, HasSubstr("Everything was there already; nothing changed."));
}

TEST_F(Setup, WorksWhateverTheUmaskIs) {
    const Finished done = run_program({"/bin/sh", "-c", "umask 0077; exec \"$@\"", "sh", SECONDSTEP_TOOL,
                                       "--config", file("secondstep.conf"), "setup"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(mode_of(file("run")), 0755U);
    EXPECT_EQ(mode_of(file("store")), 0700U);
}

TEST_F(Setup, MakesADecoyThatIsMissing) {
    set_up();
    std::filesystem::remove(file("store/decoys/07.credential"));
    EXPECT_EQ(tool({"doctor"}).status, 1);
    set_up();
    EXPECT_EQ(tool({"doctor"}).status, 0);
}

TEST_F(Setup, SaysThatTheCourierIsMissingWhereItIsNeeded) {
    if (tool::is_installed(tool::Part::courier)) GTEST_SKIP() << "it is installed here";
    EXPECT_THAT(tool({"setup"}).err, Not(HasSubstr("courier")));
    write_config("methods = totp, mail, sms\n");
    const Finished done = tool({"setup"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_THAT(done.err,
                HasSubstr("Warning: the configuration has codes sent by mail and SMS, and the courier is not "
                          "installed: " +
                          tool::how_to_install(tool::Part::courier) + ".\n"));
}

TEST_F(Setup, ChangesNothingUnderAConfigurationThatIsWrong) {
    write_config("windows = 1\n");
    EXPECT_EQ(tool({"setup"}).status, 4);
    EXPECT_FALSE(std::filesystem::exists(file("host.key")));
}

class Doctor : public ToolWorld {
  protected:
    Doctor() {
        set_up();
        enroll("p.one");
    }
    void connect_to(const FakeService& service) {
        std::string config = content_of(file("secondstep.conf"));
        const std::size_t begin = config.find("socket = ");
        config.replace(begin, config.find('\n', begin) - begin, "socket = " + service.socket());
        write_file(file("secondstep.conf"), config);
    }
    std::string level_of(const std::string& subject) {
        const Finished done = tool({"doctor", "--json"});
        const auto parsed = nlohmann::json::parse(done.out);
        std::string worst = "absent";
        for (const auto& each : parsed["findings"]) {
            if (each["subject"] != subject) continue;
            if (worst == "absent" || each["level"] != "ok") worst = each["level"];
        }
        return worst;
    }
};

TEST_F(Doctor, FindsAnInstallationInOrder) {
    const Finished done = tool({"doctor"});
    EXPECT_EQ(done.status, 0) << done.out;
    EXPECT_THAT(done.out, HasSubstr("ok       host key: opens the store's 256 decoys\n"));
    EXPECT_THAT(done.out, HasSubstr("ok       host key: keep a copy of it"));
    EXPECT_THAT(done.out, HasSubstr("ok       accounts: 1, all readable\n"));
    EXPECT_THAT(done.out, HasSubstr("0 errors, "));
    EXPECT_EQ(level_of("disk"), "ok");
    EXPECT_EQ(level_of("configuration"), "ok");
}

TEST_F(Doctor, SaysThatNoServiceListens) {
    const Finished done = tool({"doctor"});
    EXPECT_THAT(done.out, HasSubstr("warning  service: "));
    EXPECT_THAT(done.out, HasSubstr("mend: systemctl enable --now secondstepd.socket"));
}

// What a login needs is a verdict: a service that accepts and then says nothing is ill.
TEST_F(Doctor, FindsAServiceThatIsSilent) {
    const FakeService service([](Peer& peer) {
        peer.hears();
        peer.hears();  // until doctor hangs up
    });
    connect_to(service);
    const Finished done = tool({"doctor"});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("error    service: no verdict within 2 s (secondstepd is silent)"));
    EXPECT_THAT(
        done.out,
        HasSubstr(
            "mend: systemctl restart secondstepd; without systemd end secondstepd and start it as root"));
}

// A login that asks for somebody would leave a line in the journal each time.
TEST_F(Doctor, AsksForWhatLeavesNoTrace) {
    std::vector<wire::Hello> greetings;
    FakeService service([&](Peer& peer) {
        const auto hello = peer.hears();
        greetings.push_back(std::get<wire::Hello>(hello.value()));
        peer.says(wire::Show{.style = wire::Style::data, .text = Secret::copy_of("{}")});
        peer.says(wire::End{.verdict = Verdict::accepted});
    });
    connect_to(service);
    const Finished done = tool({"doctor"});
    EXPECT_THAT(done.out, HasSubstr("ok       service: answers on " + service.socket()));
    service.finish();
    EXPECT_GE(greetings.size(), 4U) << "every I/O thread";
    for (const wire::Hello& hello : greetings) {
        EXPECT_EQ(hello.purpose, Purpose::manage);
        EXPECT_EQ(hello.task, Task::status);
        EXPECT_EQ(hello.user, me());
    }
}

TEST_F(Doctor, FindsDamagedRecords) {
    write_file(file("store/users/p%2Eone.credential"), "garbage");
    const Finished done = tool({"doctor"});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("error    account p.one: "));
    EXPECT_EQ(level_of("account p.one"), "error");
}

TEST_F(Doctor, FindsFilesOthersMayRead) {
    const std::string path = file("store/users/p%2Eone.state");
    ::chmod(path.c_str(), 0640);
    EXPECT_EQ(level_of("account p.one"), "error");
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("has mode 0640\n         mend: chmod 0600 " + path + "\n"));
}

TEST_F(Doctor, FindsAHostKeyThatIsNotThisStores) {
    std::filesystem::rename(file("host.key"), file("old.key"));
    EXPECT_EQ(tool({"doctor"}).status, 4);
    EXPECT_EQ(level_of("host key"), "error");
    std::filesystem::create_directories(file("other"));
    write_file(file("other/c.conf"), "store = " + file("other/store") + "\nhost_key = " + file("host.key") +
                                         "\nsocket = " + file("run/s.sock") + "\nservice_account = " + me() +
                                         "\n");
    ASSERT_EQ(run_program({SECONDSTEP_TOOL, "--config", file("other/c.conf"), "setup"}).status, 0);
    const Finished done = tool({"doctor"});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("error    host key: 1 account is sealed with key "));
}

TEST_F(Doctor, FindsAHostKeyOthersMayRead) {
    ::chmod(file("host.key").c_str(), 0444);
    const Finished done = tool({"doctor"});
    EXPECT_EQ(done.status, 4);
    EXPECT_THAT(done.out,
                HasSubstr("host.key: has mode 0444\n         mend: chmod 0400 " + file("host.key") + "\n"));
    EXPECT_EQ(level_of("host key"), "error");
}

TEST_F(Doctor, SaysOfAConfigurationThatOthersMayWriteWhatToDo) {
    ::chmod(file("secondstep.conf").c_str(), 0666);
    EXPECT_THAT(tool({"doctor"}).out,
                HasSubstr("has mode 0666\n         mend: chmod 0644 " + file("secondstep.conf") + "\n"));
    ::chmod(file("secondstep.conf").c_str(), 0644);
    ::chmod(directory_.path().c_str(), 0777);
    EXPECT_THAT(tool({"doctor"}).out, HasSubstr("mend: chown root and chmod go-w that directory\n"));
    ::chmod(directory_.path().c_str(), 0700);
}

TEST_F(Doctor, FindsFoldersOthersMayWrite) {
    ::chmod(file("run").c_str(), 0777);
    EXPECT_EQ(level_of("socket"), "error");
    ::chmod(file("run").c_str(), 0755);
    ::chmod(directory_.path().c_str(), 0777);
    EXPECT_EQ(level_of("configuration"), "error");
    ::chmod(directory_.path().c_str(), 0700);
}

TEST_F(Doctor, FindsAStoreOthersMayEnter) {
    ::chmod(file("store").c_str(), 0755);
    EXPECT_EQ(tool({"doctor"}).status, 4);
    EXPECT_EQ(level_of("store"), "error");
}

// What the tool says of the courier's socket; its program is not installed where the tests run.
class DoctorOfCourier : public Doctor {
  protected:
    Finished examined(const std::string& more) {
        write_config("courier_socket = " + file("courier.sock") + "\n" + more);
        return tool({"doctor"});
    }
    void listen(mode_t mode) {
        courier_ = std::make_unique<FakeCourier>(file("courier.sock"), [](int, int) {});
        ::chmod(file("courier.sock").c_str(), mode);
    }
    static constexpr char needed[] = "methods = totp, mail\n";
    std::unique_ptr<FakeCourier> courier_;
};

TEST_F(DoctorOfCourier, DoesNotMissOneThatIsNotNeeded) {
    for (const std::string more :
         {"", "methods = totp, hotp\n", "notify = no\nnotify_address = {user}@example.com\n"}) {
        const Finished done = examined(more);
        EXPECT_EQ(done.status, 0);
        EXPECT_THAT(done.out, Not(HasSubstr("courier")));
    }
}

TEST_F(DoctorOfCourier, SaysHowToStartOne) {
    for (const std::string more : {"methods = totp, mail\n", "[rule a]\naction = require\nmethods = sms\n"}) {
        const Finished done = examined(more);
        EXPECT_EQ(done.status, 1);
        EXPECT_THAT(done.out, HasSubstr("error    courier: nobody listens on " + file("courier.sock") +
                                        ": no codes are sent by mail or SMS, who needs one cannot log in\n"
                                        "         mend: systemctl enable --now secondstep-courier.socket; "
                                        "without systemd, as root: secondstep-courier --listen\n"));
    }
    const Finished notices = examined("notify_address = {user}@example.com\n");
    EXPECT_EQ(notices.status, 0) << "it keeps nobody out";
    EXPECT_THAT(notices.out, HasSubstr("warning  courier: nobody listens on "));
    EXPECT_THAT(notices.out, HasSubstr(": no notices are sent"));
}

TEST_F(DoctorOfCourier, FindsOneThatListens) {
    listen(0600);
    EXPECT_THAT(examined(needed).out, HasSubstr("ok       courier: listens on " + file("courier.sock")));
}

TEST_F(DoctorOfCourier, FindsASocketThatOthersMayUse) {
    listen(0666);
    const Finished done = examined(needed);
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("error    courier: " + file("courier.sock") +
                                    " is not a socket of mode 0600 of the service's account"));
    EXPECT_THAT(done.out, HasSubstr("SocketMode=0600"));
}

TEST_F(DoctorOfCourier, FindsASocketThatNobodyServes) {
    listen(0600);
    courier_.reset();
    EXPECT_THAT(examined(needed).out, HasSubstr("error    courier: nobody listens on "));
    std::filesystem::remove(file("courier.sock"));
    write_file(file("courier.sock"), "");
    EXPECT_THAT(examined(needed).out, HasSubstr("is not a socket"));
}

TEST_F(DoctorOfCourier, FindsThatItsProgramIsNotInstalled) {
    if (tool::is_installed(tool::Part::courier)) GTEST_SKIP() << "it is installed here";
    listen(0600);
    const Finished done = examined(needed);
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out,
                HasSubstr("error    courier: the configuration has codes sent by mail, and the courier is "
                          "not installed\n         mend: " +
                          tool::how_to_install(tool::Part::courier) + "\n"));
}

TEST_F(Doctor, SaysWhatIsWrongWithTheConfiguration) {
    write_config("windows = 1\n");
    const Finished done = tool({"doctor"});
    EXPECT_EQ(done.status, 1);
    EXPECT_THAT(done.out, HasSubstr("error    configuration: "));
    EXPECT_THAT(done.out, HasSubstr("secondstep.conf:9"));
}

}  // namespace

}  // namespace secondstep::testing
