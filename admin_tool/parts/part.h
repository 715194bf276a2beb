#pragma once

#include <cstdint>
#include <string>

namespace secondstep::tool {

// Programs that not everybody installs, each in a package of its own where there are packages.
enum class Part : std::uint8_t { qr_reader, pskc_reader, courier, relay };

// A reader and the relay lie beside the running program, as installed or as built; the courier where it was configured to
// be installed. No environment is asked.
[[nodiscard]] std::string program_of(Part part);
[[nodiscard]] bool is_installed(Part part);

// "package secondstep-qr", or without packages "built with SECONDSTEP_WITH_QR_READER".
[[nodiscard]] std::string where_from(Part part);
// "apt install secondstep-qr", or without packages how it is built.
[[nodiscard]] std::string how_to_install(Part part);
// "The reader of pictures is not installed: apt install secondstep-qr."
[[nodiscard]] std::string not_installed(Part part);

}  // namespace secondstep::tool
