#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <string>

#include "base/secret.h"
#include "delivery/report.h"

namespace secondstep::courier {

// One libcurl transfer, with what all of ours have in common: only the protocols that are named, no proxy and
// no .netrc of anybody's environment, no redirects, TLS 1.2 or newer, certificate and name checked, 15 s in
// all. Secrets given to it end up in libcurl's own memory too; the process ends right after.
class Transfer {
  public:
    Transfer(const char* protocols, const std::string& ca_file);

    template <typename Value>
    void set(CURLoption option, Value value) {
        if (::curl_easy_setopt(handle_.get(), option, value) != CURLE_OK) usable_ = false;
    }
    void add(CURLoption option, const char* line);  // to one of its lists: recipients, headers
    [[nodiscard]] CURLcode run();
    [[nodiscard]] long response_code() const;
    [[nodiscard]] std::string error_text() const;

  private:
    struct End {
        void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
        void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
    };
    std::unique_ptr<curl_slist, End> list_;  // outlives the handle
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::unique_ptr<CURL, End> handle_;
    bool usable_ = true;
};

// What went wrong below the protocol: names, connections, TLS. The causes are the same for mail and gateways.
[[nodiscard]] delivery::Report transport_failure(CURLcode code, const std::string& detail);

}  // namespace secondstep::courier
