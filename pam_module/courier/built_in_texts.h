#pragma once

#include <span>
#include <string_view>

#include "courier/template.h"

// What is said where a site says nothing else.
namespace secondstep::courier::built_in {

inline constexpr std::string_view code_mail =
    "Your code to log in to {host}:\n"
    "\n"
    "    {code}\n"
    "\n"
    "It is for the account {user} ({service}), works once, and is valid for\n"
    "{minutes} minutes.\n"
    "\n"
    "Did you not log in just now? Then somebody else knows your password:\n"
    "change it, and tell {contact}.\n"
    "\n"
    "Give the code to nobody, also not to people who say they want to help.\n";

inline constexpr std::string_view notice_mail =
    "{notice}\n"
    "\n"
    "This is about the account {user} on {host}.\n"
    "\n"
    "Was it not you? Then tell {contact} at once.\n";

inline constexpr std::string_view test_subject = "Test message from {host}";
inline constexpr std::string_view test_mail =
    "This is a test of the mail that carries login codes on {host}.\n"
    "\n"
    "An administrator sent it to the address on file for the account {user}.\n"
    "There is nothing to do.\n";
inline constexpr std::string_view test_text =
    "This is a test of the text messages that carry login codes on {host}.";

// The link follows on the same line: telephones take everything up to the next space for a part of it.
inline constexpr std::string_view link_text =
    "{host}: choose the picture of the QR code for {service} here, within {minutes} min:";
inline constexpr std::string_view no_portal = "a portal";

// Stand where {contact} and {service} would be empty.
inline constexpr std::string_view no_contact = "your administrator";
inline constexpr std::string_view no_service = "login";

[[nodiscard]] std::span<const Placeholder> code_placeholders();
[[nodiscard]] std::span<const Placeholder> notice_placeholders();
[[nodiscard]] std::span<const Placeholder> all_placeholders();  // of the built-in texts themselves

}  // namespace secondstep::courier::built_in
