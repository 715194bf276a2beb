#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/error.h"
#include "fleet/host.h"
#include "fleet/records.h"
#include "relay/envelope.h"

namespace secondstep::fleet {

// Whose a certificate is, by the records of the fleet as they were read within the last second: a host that was dropped is
// nobody's a second later. Of those who wait while they are read one reads them, for all. Thread-safe.
class HostRegistry {
  public:
    // So old may be what is known of the records.
    static constexpr std::chrono::seconds freshness{1};

    struct Known {
        Host host;
        bool by_next = false;  // it is the first time that its new certificate is used
    };

    // They outlive it.
    explicit HostRegistry(const FleetRecords& records) : records_(records) {}

    // May block for as long as a disk does. Nothing: nobody's. Errors: as the records; also where the record in which it may
    // stand cannot be read.
    [[nodiscard]] Result<std::optional<Known>> look_up(const relay::Fingerprint& certificate) const;
    // At once, out of memory. Nothing: it is not known there; look_up() says.
    [[nodiscard]] std::optional<Known> known(const relay::Fingerprint& certificate) const;
    // The same host as it is now, by whatever certificate. May block. Returns nullopt if it is none (any more).
    [[nodiscard]] Result<std::optional<Host>> present(const Host& host) const;

    // Something of the records was changed: they are read again for whoever asks next.
    void forget();
    // Likewise, by the join of this host.
    void forget_without(const std::string& joined);

  private:
    struct Reading {
        std::map<relay::Fingerprint, Known> by_certificate;
        std::map<std::string, Host> by_name;
        std::map<std::string, Error> unreadable;  // hosts whose records nobody can read
        std::set<std::string> names;              // of all that have a record, be it damaged or suspended
    };
    using SharedReading = std::shared_ptr<const Reading>;
    using Moment = std::chrono::steady_clock::time_point;

    [[nodiscard]] Result<Reading> read() const;
    [[nodiscard]] Result<HostList> all_hosts() const;
    // Not older than `freshness`, or read since `asked`; nothing: it has to be read.
    [[nodiscard]] SharedReading last_one(Moment asked) const;
    [[nodiscard]] Result<SharedReading> good_one() const;
    // False: something was written meanwhile that it may lack.
    [[nodiscard]] bool keep(SharedReading reading, Moment began, std::uint64_t version) const;
    void drop() const;
    [[nodiscard]] std::uint64_t version() const;
    [[nodiscard]] std::optional<Error> doubt_about(const Reading& reading,
                                                   const relay::Fingerprint& certificate) const;

    const FleetRecords& records_;

    // Held while the records are read: by one thread at a time, and by nobody who must not wait for a disk.
    mutable std::mutex reading_;
    // Of the last read, where it is for those alone who had asked before it began: it failed, or something was written meanwhile.
    struct Unkept {
        Moment began;
        Result<SharedReading> found;
    };
    mutable std::optional<Unkept> unkept_;  // under reading_

    mutable std::mutex mutex_;  // of what follows; never held while something is read or written
    mutable SharedReading last_;
    mutable Moment read_at_{};
    mutable std::uint64_t version_ = 0;  // of the records, as far as it was told
    // In the reading that came last, and of those that have joined here since: of these only their own record says that they
    // are gone.
    mutable std::set<std::string> names_there_;
    // Whose a certificate was when it was known last: dropped is dropped, whatever of others cannot be read.
    mutable std::map<relay::Fingerprint, std::string> names_;
};

}  // namespace secondstep::fleet
