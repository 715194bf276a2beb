#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/clock.h"
#include "dialogue/conversation/ports.h"
#include "dialogue/conversation/step.h"
#include "dialogue/memory/memory.h"
#include "dialogue/sending/sent_notices.h"
#include "secondstepd/cached_people.h"
#include "secondstepd/caller_journals.h"
#include "secondstepd/keyed_queue.h"
#include "secondstepd/settings.h"
#include "secondstepd/sparing_warning.h"
#include "secondstepd/syslog_journal.h"
#include "secondstepd/workers.h"

namespace secondstep::service {

struct Timeouts {
    std::chrono::milliseconds hello = std::chrono::seconds{10};
    std::chrono::milliseconds answer = std::chrono::seconds{120};   // for one prompt
    std::chrono::milliseconds dialogue = std::chrono::minutes{10};  // in all
    std::chrono::milliseconds lookup = std::chrono::seconds{2};
};

// What all sessions of the process work with. All of it outlives the sessions and the workers' jobs.
struct ServiceContext {
    const CurrentSettings& settings;
    const Clock& clock;
    const CachedPeople& people;
    SyslogJournal& journal;
    dialogue::Memory& memory;
    CallerJournals& caller_journals;  // over `journal`
    delivery::Courier& courier;
    Randomness& randomness;
    Workers& scrypts;
    Workers& senders;          // of messages: they write them down, and hand them over
    Workers& stores;           // for calls of a store that may block
    KeyedQueue& records;       // in front of `stores`
    KeyedQueue& host_lookups;  // of a node, likewise: whose a certificate is; by certificate
    Workers& registrars;       // of a node: they write the records of the fleet for hosts
    KeyedQueue& writes;        // in front of `registrars`: of a host, by its certificate
    KeyedQueue& joins;         // likewise: of who has none yet, by address
    KeyedQueue& askers;        // of a host of the fleet: they wait for a node; by where people come from
    KeyedQueue& local_askers;  // likewise, of who is at the machine itself; with threads of their own
    Workers& tellers;          // of a host: they tell nodes what happened here, and nobody waits for it
    SparingWarning& unusual;   // what a peer can cause at will
    Timeouts timeouts;
};

// To those whose work it is (`name`: see Work); not of a look-up, which has its turns. False: too many wait, and it will not run.
[[nodiscard]] bool hand_over(const ServiceContext& context, dialogue::Work::Kind kind,
                             const std::string& name, std::function<void()> job);

[[nodiscard]] inline dialogue::Ports ports_of(const Settings& settings, const ServiceContext& context) {
    return {
        .config = settings.config,
        .store = settings.store,
        .keyring = settings.keyring,
        .clock = &context.clock,
        .people = &context.people,
        .journal = &context.journal,
        .memory = &context.memory,
        .randomness = &context.randomness,
        .host = settings.host,
        .own_uids = settings.own_uids,
        .notices = std::make_shared<dialogue::SentNotices>(settings.config, settings.host, context.courier),
        .courier = &context.courier,
        .portals = settings.portals};
}

}  // namespace secondstep::service
