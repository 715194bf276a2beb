#pragma once

#include <map>
#include <string>

namespace secondstep::testing {

using Files = std::map<std::string, std::string>;  // their texts, by their paths

// While one of these lives, fopen(3) of this program and of its libraries finds these files and no others: /etc/pam.d
// of the machine is neither read nor needed.
class PretendedFiles {
  public:
    explicit PretendedFiles(const Files& files);
    PretendedFiles(const PretendedFiles&) = delete;
    PretendedFiles& operator=(const PretendedFiles&) = delete;
    ~PretendedFiles();
};

}  // namespace secondstep::testing
