#pragma once

#include <string>
#include <vector>

#include "installation/diagnosis.h"
#include "store/file_store.h"

namespace secondstep::tool {

// What became of the accounts of the machine since people were enrolled, one line for each kind. Adds to the
// index of uids what is missing there, and says so.
void check_accounts(const FileStore& store, Diagnoses& findings);

// "ann, ben, cem, dan, eve and 12 more"
[[nodiscard]] std::string first_few(const std::vector<std::string>& names);

}  // namespace secondstep::tool
