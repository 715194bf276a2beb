#pragma once

#include <functional>
#include <string>

#include "base/bytes.h"

namespace secondstep::page {

// What is thought of a picture, as the telephone is told.
struct PictureVerdict {
    bool accepted = false;
    std::string
        text;  // accepted: whose key it is, "Example Corp: alice"; otherwise a sentence why not. No secret
};

using Judge = std::function<PictureVerdict(ByteView picture)>;

}  // namespace secondstep::page
