#pragma once

#include <filesystem>
#include <string>

namespace secondstep::bench {

// The directory that tests/bench/lab has prepared, on the disk that is measured:
//   pam.d/            a stack for each contender
//   libraries         "NAME PATH" of each module
//   journaled         there if the file system is an ext4 of its own
//   people            names in /etc/passwd that are going to be enrolled; strangers: that are not
//   NAME.conf, NAME.store, NAME.sock, NAME.pid      of each service that runs
class Lab {
  public:
    Lab(std::string directory, int rounds) : directory_(std::move(directory)), rounds_(rounds) {}

    [[nodiscard]] std::string file(const std::string& name) const { return directory_ + "/" + name; }
    // It is an ext4 with a journal, where google-authenticator's rename costs more.
    [[nodiscard]] bool journaled() const { return std::filesystem::exists(file("journaled")); }
    // Returns when everything that was written there is on the disk.
    void settle() const;
    [[nodiscard]] int rounds() const { return rounds_; }

  private:
    std::string directory_;
    int rounds_;
};

}  // namespace secondstep::bench
