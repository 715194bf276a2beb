#pragma once

#include <optional>

#include "qr/reader/finder_triples.h"
#include "qr/reader/local_frame.h"
#include "qr/reader/module_mesh.h"

// Where the modules of one symbol lie, from its finder patterns and alignment patterns (ISO/IEC 18004:2015,
// clause 12: each module is sampled relative to the patterns around it, not to those of the corners alone).
namespace secondstep::qr_reader {

// The three finder patterns of a symbol as they lie in the picture.
struct FinderFrames {
    LocalFrame corner;
    LocalFrame right;
    LocalFrame below;
};

// nullopt: on a closer look one of them is none.
[[nodiscard]] std::optional<FinderFrames> fitted_frames(const GrayPicture& picture,
                                                        const FinderTriple& triple);

// From the distances of the finder patterns in their own modules. In perspective or bent it may be one off.
[[nodiscard]] int measured_version(const FinderFrames& frames);

// What stands beside the finder patterns (7.10), or nullopt. Of versions under 7, which do not say theirs, it is data,
// and by chance of one in eight a version all the same: to be believed only near the measured one.
[[nodiscard]] std::optional<int> told_version(const GrayPicture& picture, const FinderFrames& frames);

// Through all alignment patterns that are found where they should be, each looked for where those
// before it suggest.
[[nodiscard]] ModuleMesh mesh_of(const GrayPicture& picture, const FinderFrames& frames, int version);

}  // namespace secondstep::qr_reader
