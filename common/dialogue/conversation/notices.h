#pragma once

#include <string>
#include <vector>

#include "delivery/address.h"

namespace secondstep::dialogue {

// What the owner of a second step is told by a way of their own, in case it was not they: that it was
// changed, a recovery code was used, or 100 wrong codes were entered.
struct Notice {
    std::string user;
    std::string service;
    std::string sentence;  // what happened, when, and from where
    std::vector<delivery::Address>
        to;  // the address on file; after a change also the one before; may be empty
};

// A port. Must not block.
class Notices {
  public:
    Notices() = default;
    Notices(const Notices&) = delete;
    Notices& operator=(const Notices&) = delete;
    virtual ~Notices() = default;
    virtual void tell(const Notice& notice) = 0;
};

}  // namespace secondstep::dialogue
