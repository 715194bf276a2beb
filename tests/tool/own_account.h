#pragma once

#include <gmock/gmock.h>

#include <filesystem>

#include "module/fake_service.h"
#include "tool_world.h"

namespace secondstep::testing {

// The tool, run by somebody to whom the store does not belong: daemon, or whoever runs the tests.
class OwnAccount : public ToolWorld {
  protected:
    OwnAccount() {
        std::filesystem::copy_file(SECONDSTEP_TOOL, file("secondstep"));
        std::filesystem::permissions(directory_.path(), std::filesystem::perms{0755});
        connect_to(file("absent.sock"));
    }
    void connect_to(const std::string& socket, const std::string& more = "") {
        write_file(file("secondstep.conf"), "service_account = root\nsocket = " + socket + "\n" + more);
        std::filesystem::permissions(file("secondstep.conf"), std::filesystem::perms{0644});
    }
    [[nodiscard]] std::string person() const { return ::geteuid() == 0 ? "daemon" : me(); }
    [[nodiscard]] std::vector<std::string> as_person(const std::vector<std::string>& arguments) const {
        std::vector<std::string> all;
        if (::geteuid() == 0)
            all = {"/usr/bin/setpriv", "--reuid=daemon", "--regid=daemon", "--clear-groups"};
        all.insert(all.end(), {file("secondstep"), "--config", file("secondstep.conf")});
        all.insert(all.end(), arguments.begin(), arguments.end());
        return all;
    }
    Finished own(const std::vector<std::string>& arguments, std::string_view input = "") const {
        return run_program(as_person(arguments), input);
    }
    // What the service is asked for, and what the tool makes of the answer.
    struct Exchange {
        Finished done;
        wire::Hello hello;
        std::string answer;
    };
    Exchange exchange(const std::vector<std::string>& arguments, Verdict verdict, const std::string& data,
                      const std::string& more_config = "") {
        Exchange result;
        FakeService service([&](Peer& peer) {
            const auto hello = peer.hears();
            if (hello) result.hello = std::get<wire::Hello>(*hello);
            peer.says(wire::Show{.text = Secret::copy_of("Hello there")});
            peer.says(wire::Ask{.text = "Verification code: "});
            result.answer = peer.hears_answer();
            if (!data.empty())
                peer.says(wire::Show{.style = wire::Style::data, .text = Secret::copy_of(data)});
            peer.says(wire::End{.verdict = verdict});
        });
        service.let_everybody_in();
        connect_to(service.socket(), more_config);
        result.done = own(arguments, "123456\n");
        service.finish();
        return result;
    }
};

}  // namespace secondstep::testing
