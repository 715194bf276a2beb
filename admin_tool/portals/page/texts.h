#pragma once

#include <string_view>

// Everything the page says. {portal}, {host}, {until} and {label} are put in, escaped.
namespace secondstep::page::texts {

inline constexpr std::string_view product = "Secondstep";

// The page itself
inline constexpr std::string_view upload_title = "QR code for {portal}";
inline constexpr std::string_view upload_what =
    "Choose the photo or screenshot of the QR code that {portal} shows. It goes to {host} alone, "
    "is read there, and is not kept as a picture.";
inline constexpr std::string_view upload_who =
    "Did nobody ask you to do this on {host}? Then close this page.";
inline constexpr std::string_view choose = "Choose picture";
inline constexpr std::string_view send = "Send to {host}";
inline constexpr std::string_view until = "This link works once, until {until} (clock of {host}).";
inline constexpr std::string_view time_left = "Time left:";
inline constexpr std::string_view no_javascript = "After sending, wait: this can take a minute.";

// While sending; for the script
inline constexpr std::string_view sending = "Sending …";
inline constexpr std::string_view looking = "Sent. The picture is being looked at …";
inline constexpr std::string_view broken =
    "The connection broke off. Is the phone online? Then send the picture again.";

// What became of a picture
inline constexpr std::string_view accepted_title = "The picture was accepted";
inline constexpr std::string_view accepted = "{host} has read the QR code:";
inline constexpr std::string_view accepted_next =
    "Go on at {host}. You can close this page, and should delete the picture: "
    "whoever has it can make the same codes.";
inline constexpr std::string_view refused_title = "Not accepted: choose another picture";
inline constexpr std::string_view too_large =
    "The picture is larger than 10 MiB. Take a screenshot, or cut the photo down to the QR code.";
inline constexpr std::string_view malformed = "What arrived was not a picture. Please send it again.";
inline constexpr std::string_view no_picture = "No picture was chosen, or it is empty.";
inline constexpr std::string_view cross_site =
    "This came from another page. Open the link itself, and choose the picture there.";

// The end of a link
inline constexpr std::string_view used_title = "This link was used already";
inline constexpr std::string_view used =
    "A link takes one picture. If it was not yours, tell the administrator of {host} at once.";
inline constexpr std::string_view expired_title = "This link has expired";
inline constexpr std::string_view expired = "It worked until {until}. Ask for a new one at {host}.";
inline constexpr std::string_view exhausted_title = "This link was closed";
inline constexpr std::string_view exhausted =
    "Ten pictures in a row were not accepted. Ask for a new link at {host}.";
inline constexpr std::string_view closed_title = "This link was closed";
inline constexpr std::string_view closed = "At {host} nobody waits for the picture any more.";

// For whoever does not know the link; no word about what is here.
inline constexpr std::string_view not_found = "Not found";
inline constexpr std::string_view bad_request = "Bad request";
inline constexpr std::string_view method =
    "This page can be opened, and a picture can be sent to it; no more.";

}  // namespace secondstep::page::texts
