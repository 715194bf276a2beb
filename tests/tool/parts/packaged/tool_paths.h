#pragma once

// As a package of a distribution is configured, for what is said there.
namespace secondstep::tool_paths {

inline constexpr char courier_program[] = "/nonexistent/secondstep-courier";
inline constexpr char relay_program[] = "/nonexistent/secondstep-relay";
inline constexpr char relay_from_tool[] = "../sbin/secondstep-relay";
inline constexpr char parts_directory[] = "/nonexistent";
inline constexpr char parts_from_tool[] = "../libexec/secondstep";
inline constexpr char install_command[] = "apt install";
inline constexpr char qr_package[] = "secondstep-qr";
inline constexpr char import_package[] = "secondstep-import";
inline constexpr char courier_package[] = "secondstep-courier";
inline constexpr char fleet_package[] = "secondstep-fleet";

}  // namespace secondstep::tool_paths
