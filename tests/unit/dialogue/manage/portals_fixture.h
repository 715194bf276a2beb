#pragma once

#include "portals/portal_actions.h"
#include "portals/portal_request.h"
#include "support/temporary_directory.h"
#include "unit/dialogue/conversation.h"
#include "unit/portals/sample_portal.h"

namespace secondstep::testing {

class Portals : public Conversation {
  protected:
    enum class Verb { list, code, enable, disable, change, remove, reveal };
    struct Person {
        std::string name;
        uid_t uid;
    };
    static inline const Person alice{"alice", 1000};
    static inline const Person bob{"bob", 1001};
    Portals() {
        world_.add_person("bob", 1001);
        world_.portals = std::make_shared<const PortalStore>(
            PortalStore::open(directory_.path(), false, *world_.keyring, world_.randomness).value());
    }
    static dialogue::PortalRequest::Wanted wanted(Verb verb, const std::string& text) {
        const PortalName name = *PortalName::create(text.empty() ? "any" : text);
        switch (verb) {
            case Verb::list:
                return dialogue::PortalRequest::List{text.empty() ? std::nullopt : std::optional(name)};
            case Verb::code:
                return dialogue::PortalRequest::Code{name};
            case Verb::enable:
                return dialogue::PortalRequest::Switch{name, true};
            case Verb::disable:
                return dialogue::PortalRequest::Switch{name, false};
            case Verb::change:
                return dialogue::PortalRequest::Change{.name = name};
            case Verb::remove:
                break;
            case Verb::reveal:
                return dialogue::PortalRequest::Reveal{name};
        }
        if (text.empty()) return dialogue::PortalRequest::RemoveAll{};
        return dialogue::PortalRequest::Remove{name};
    }
    static dialogue::PortalRequest request_to(Verb verb, const std::string& name) {
        return {.wanted = wanted(verb, name)};
    }
    static dialogue::PortalRequest fresh_code(const std::string& name) {
        return {.wanted = dialogue::PortalRequest::Code{*PortalName::create(name), Freshness::fresh}};
    }
    static dialogue::PortalRequest renamed(const std::string& name, const std::string& new_name) {
        return {.wanted = dialogue::PortalRequest::Rename{*PortalName::create(name),
                                                          *PortalName::create(new_name)}};
    }
    static dialogue::PortalRequest::Add& add_in(dialogue::PortalRequest& request) {
        return std::get<dialogue::PortalRequest::Add>(request.wanted);
    }
    static dialogue::PortalRequest to_add(const std::string& name,
                                          const std::vector<std::string>& readers = {}) {
        dialogue::PortalRequest::Add add{.portal = sample_portal(name)};
        add.portal.last.reset();
        for (const std::string& reader : readers)
            add.portal.readers.push_back(
                {*AccountName::create(reader), reader == "bob" ? bob.uid : alice.uid});
        return {.wanted = std::move(add)};
    }
    static dialogue::PortalRequest of(dialogue::PortalRequest request, const std::string& owner) {
        request.whose =
            owner == "host" ? dialogue::PortalRequest::Whose::host : dialogue::PortalRequest::Whose::account;
        if (owner != "host") request.owner = *AccountName::create(owner);
        return request;
    }
    Transcript ask(const Person& who, const dialogue::PortalRequest& request, std::vector<Typed> more = {}) {
        dialogue::Request hello = world_.request(who.name);
        hello.purpose = Purpose::manage;
        hello.task = Task::portals;
        hello.caller = dialogue::Caller::own_uid;
        hello.uid = who.uid;
        hello.service = "secondstep";
        hello.rhost = "";
        more.insert(more.begin(), Typed::form(std::string(encode(request).text())));
        return world_.login(hello, more);
    }
    void add_for_host(const dialogue::PortalRequest& request) {
        const auto done = dialogue::perform(*world_.portals, request, {}, world_.clock.now());
        ASSERT_TRUE(done) << done.error().detail;
    }
    std::string code_line(const Transcript& seen) const {
        return seen.texts.empty() ? "" : seen.texts.back();
    }

    TemporaryDirectory directory_;
};

}  // namespace secondstep::testing
