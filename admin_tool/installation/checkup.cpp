#include "installation/checkup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <map>

#include "base/local_time.h"
#include "base/text.h"

namespace secondstep::tool {

namespace {

constexpr std::uint64_t little_space = std::uint64_t{16} << 20U;
constexpr std::uint64_t few_inodes = 1000;
constexpr std::size_t most_records_listed = 20;

std::string folder_of(const std::string& path) {
    const std::filesystem::path parent = std::filesystem::path(path).parent_path();
    return parent.empty() ? "." : parent.string();
}

void check_folder(const std::string& subject, const std::string& path, Diagnoses& findings) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
        findings.push_back(wrong(subject, fail_errno(path, errno).error().detail, "run secondstep setup"));
        return;
    }
    if (info.st_uid != 0 && info.st_uid != ::geteuid()) {
        findings.push_back(
            wrong(subject, path + " belongs to uid " + std::to_string(info.st_uid), "chown root " + path));
    } else if ((info.st_mode & 0022U) != 0) {
        findings.push_back(wrong(subject, path + " can be written by others", "chmod go-w " + path));
    } else {
        findings.push_back(fine(subject, path + ": owner and mode"));
    }
}

// What a look at every account has come to. A key that is gone is one cause for all of its accounts.
struct Records {
    std::size_t accounts = 0;
    std::size_t bad = 0;  // of other causes than a key that is gone
    std::map<KeyId, std::size_t> by_missing_key;
};

void check_decoys(const FileStore& store, const Records& records, Diagnoses& findings) {
    if (!records.by_missing_key.empty()) return;  // restoring that key mends them too
    std::size_t closed = 0;
    std::string detail;
    for (unsigned number = 0; number < 256; ++number) {
        const auto decoy = store.read(RecordName::decoy(static_cast<std::uint8_t>(number)));
        if (decoy && decoy->credential) continue;
        ++closed;
        if (!decoy) detail = ": " + decoy.error().detail;
    }
    if (closed == 0) {
        findings.push_back(fine("host key", "opens the store's 256 decoys"));
        findings.push_back(fine("host key", "keep a copy of it, in another place than the store's backup"));
        return;
    }
    const bool right_key = records.accounts > records.bad;
    findings.push_back(wrong("host key", std::to_string(closed) + " of 256 decoys do not open" + detail,
                             right_key
                                 ? "run secondstep setup: it makes new ones"
                                 : "restore the host key this store was made with; if it is the right one, "
                                   "run secondstep setup"));
}

// False: nothing was said, because one line tells it of all.
bool check_account(const Config& config, const FileStore& store, const AccountName& account, Records& records,
                   Diagnoses& findings) {
    const RecordName name = RecordName::of(account);
    const auto record = store.read(name);
    if (record && !record->state_damaged) return true;
    const auto missing = store.foreign_key(name);
    if (missing && *missing) {
        ++records.by_missing_key[**missing];
        return false;
    }
    if (++records.bad > most_records_listed) return false;
    findings.push_back(wrong_file(
        "account " + account.text(), record ? "its state is damaged" : record.error().detail,
        "restore its files, or secondstep enroll --replace, or secondstep disable", config.store + "/users"));
    return true;
}

void report_missing_keys(const Records& records, Diagnoses& findings) {
    for (const auto& [key, count] : records.by_missing_key) {
        findings.push_back(
            wrong("host key", sealed_with(count, key) + ", which is not in host.key: none of them can log in",
                  "restore that host.key (its id= says which it is); for an empty start: "
                  "secondstep setup --new-key"));
    }
}

}  // namespace

void check_clock(Diagnoses& findings) {
    timex state{};
    const int result = ::adjtimex(&state);
    const std::string mend = "run systemd-timesyncd, chrony or ntpd (in a container: on its host)";
    if (result < 0) {
        findings.push_back(warning("clock", "the kernel does not tell whether it is synchronised", mend));
    } else if (result == TIME_ERROR || (state.status & STA_UNSYNC) != 0) {
        findings.push_back(warning(
            "clock", "not synchronised with a time server; codes of a clock that is off are refused", mend));
    } else {
        findings.push_back(fine("clock", "synchronised"));
    }
}

void check_folders(const Config& config, const std::string& config_path, Diagnoses& findings) {
    check_folder("configuration", folder_of(config_path), findings);
    if (folder_of(config.host_key) != folder_of(config_path)) {
        check_folder("host key", folder_of(config.host_key), findings);
    }
    check_folder("socket", folder_of(config.socket), findings);
}

void check_disk(const Config& config, Diagnoses& findings) {
    struct statvfs disk{};
    if (::statvfs(config.store.c_str(), &disk) != 0) {
        findings.push_back(
            wrong("disk", fail_errno(config.store, errno).error().detail, "run secondstep setup"));
        return;
    }
    const std::uint64_t space = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    const bool has_inodes = disk.f_files > 0;  // some file systems have no fixed number
    if ((disk.f_flag & ST_RDONLY) != 0U) {
        findings.push_back(
            wrong("disk", "mounted read-only: every login with a second step fails", "mount it read-write"));
    } else if (space < little_space) {
        findings.push_back(
            warning("disk", "less than 16 MiB free: nobody new can be enrolled soon", "make room"));
    } else if (has_inodes && disk.f_favail < few_inodes) {
        findings.push_back(
            warning("disk", "fewer than 1000 inodes free: nobody new can be enrolled soon", "make room"));
    } else {
        findings.push_back(fine("disk", "room enough, writable"));
    }
}

void check_records(const Config& config, const FileStore& store, Diagnoses& findings) {
    Records records;
    const auto visited = store.for_each([&](const AccountName& account) {
        ++records.accounts;
        check_account(config, store, account, records, findings);
        return true;
    });
    report_missing_keys(records, findings);
    check_decoys(store, records, findings);
    if (!visited)
        return findings.push_back(wrong("accounts", visited.error().detail, "before anything else"));
    if (records.bad > most_records_listed) {
        findings.push_back(wrong("accounts",
                                 std::to_string(records.bad - most_records_listed) + " more are damaged",
                                 "secondstep status shows them"));
    }
    if (records.bad == 0 && records.by_missing_key.empty())
        findings.push_back(fine("accounts", std::to_string(records.accounts) + ", all readable"));
}

bool check_moved(const Config& config, const FileStore& store, Diagnoses& findings) {
    if (!store.is_moved()) return false;
    const std::string told = "the accounts of this store were handed over to a fleet";
    findings.push_back(
        config.fleet.part == FleetPart::host
            ? fine("accounts", told + ", whose nodes judge them")
            : wrong("accounts", told + ", and this machine is no host of one: nobody logs in",
                    "secondstep setup --join; or secondstep store migrate --to files brings them back"));
    return true;
}

std::string sealed_with(std::size_t accounts, const KeyId& key) {
    return std::to_string(accounts) + (accounts == 1 ? " account is" : " accounts are") +
           " sealed with key " + hex(key);
}

void check_machine(const Config& config, const FileStore& store, Diagnoses& findings) {
    using Where = MachineStanding::Where;
    const auto status = store.machine();
    if (!status) {
        return findings.push_back(
            wrong("machine", status.error().detail, "secondstep adopt --moved, if the store was made here"));
    }
    switch (status->where) {
        case Where::here:
            return findings.push_back(fine("machine", "the store was made here"));
        case Where::elsewhere:
            return findings.push_back(wrong("machine", made_elsewhere(status->record),
                                            "secondstep adopt --moved; --copied, if it is in use there too "
                                            "or comes from a backup"));
        case Where::not_said:
            return findings.push_back(warning("machine",
                                              "the store does not say on which machine it was made",
                                              "run secondstep setup: it says that it is this one"));
        case Where::not_to_say:
            break;
    }
    findings.push_back(warning("machine",
                               config.machine_id + " holds no id: a copy of the store would not be noticed",
                               "systemd-machine-id-setup, or name a file with an id in machine_id"));
}

std::string made_elsewhere(const MachineRecord& record) {
    return "the store was made on another machine (" + printable(record.host) + ", " +
           local_minute(record.since).substr(0, 10) + "): codes that were used there may be accepted here";
}

}  // namespace secondstep::tool
