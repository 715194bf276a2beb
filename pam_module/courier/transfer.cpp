#include "courier/transfer.h"

namespace secondstep::courier {

using delivery::Cause;
using delivery::DeliveryOutcome;

namespace {

constexpr long longest_transfer = 15;  // seconds
constexpr long longest_connect = 10;

Cause cause_of(CURLcode code) {
    switch (code) {
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_USE_SSL_FAILED:
            return Cause::certificate;
        case CURLE_LOGIN_DENIED:
            return Cause::login;
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_URL_MALFORMAT:
        case CURLE_FAILED_INIT:
            return Cause::misconfigured;
        default:
            return Cause::no_answer;
    }
}

}  // namespace

Transfer::Transfer(const char* protocols, const std::string& ca_file) : handle_(::curl_easy_init()) {
    if (!handle_) {
        usable_ = false;
        return;
    }
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_PROTOCOLS_STR, protocols);
    set(CURLOPT_PROXY, "");
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_QUICK_EXIT, 1L);  // a name server that is silent must not hold up the report at the end
    set(CURLOPT_TIMEOUT, longest_transfer);
    set(CURLOPT_CONNECTTIMEOUT, longest_connect);
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!ca_file.empty()) {
        set(CURLOPT_CAINFO, ca_file.c_str());
        set(CURLOPT_CAPATH, nullptr);  // these authorities and no others
    }
}

void Transfer::add(CURLoption option, const char* line) {
    curl_slist* const longer = ::curl_slist_append(list_.get(), line);
    if (longer == nullptr) {
        usable_ = false;
        return;
    }
    static_cast<void>(list_.release());
    list_.reset(longer);
    set(option, list_.get());
}

CURLcode Transfer::run() {
    return usable_ ? ::curl_easy_perform(handle_.get()) : CURLE_FAILED_INIT;
}

long Transfer::response_code() const {
    long code = 0;
    return ::curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code) == CURLE_OK ? code : 0;
}

std::string Transfer::error_text() const {
    return error_.data();
}

delivery::Report transport_failure(CURLcode code, const std::string& detail) {
    return {.outcome = DeliveryOutcome::failed,
            .cause = cause_of(code),
            .detail = detail.empty() ? ::curl_easy_strerror(code) : detail};
}

}  // namespace secondstep::courier
