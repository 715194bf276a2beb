#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/randomness.h"
#include "base/secret.h"

namespace secondstep::page {

// 128 random bits as 32 lower-case hexadecimal digits: telephones take '-' and '_' at the end of a link for
// punctuation, and whoever has to type it needs no second alphabet.
[[nodiscard]] Secret make_token(Randomness& randomness);

// "web01:8443", "login.example.com", "[2001:db8::1]:8443". `configured` is portal_page_host; empty: `host`
// and the port that is listened on. Port 443 is left out.
[[nodiscard]] std::string authority_of(std::string_view configured, std::string_view host,
                                       std::uint16_t port);
// The name or address in it, as a certificate names it: "web01", "2001:db8::1".
[[nodiscard]] std::string host_in(std::string_view authority);

// "https://AUTHORITY/TOKEN"
[[nodiscard]] Secret link_of(std::string_view authority, const Secret& token);

// Whether a request's target is "/TOKEN" and nothing else. How long it takes does not tell
// how much of it is right.
[[nodiscard]] bool leads_here(std::string_view target, const Secret& token);

}  // namespace secondstep::page
