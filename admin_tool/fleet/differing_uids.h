#pragma once

namespace secondstep::tool {

// Said where a fleet with `--uids differ` is made and where machines are let in: what nothing on these machines checks.
constexpr char what_differing_uids_mean[] =
    "Uids differ in this fleet, so a name is one person on all of its machines: whoever has the account alice on any of them "
    "is asked for alice's code. Give no two people the same name.";

}  // namespace secondstep::tool
