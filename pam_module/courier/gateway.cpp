#include "courier/gateway.h"

#include <string>
#include <string_view>

#include "courier/gateway_answer.h"
#include "courier/transfer.h"

namespace secondstep::courier {
namespace {

constexpr std::size_t longest_answer = 65536;

struct Answer {
    std::string text;
    bool cut = false;  // the rest was not waited for
};

std::size_t take_more(char* data, std::size_t size, std::size_t count, void* taken) {
    auto& answer = *static_cast<Answer*>(taken);
    const std::string_view part(data, size * count);
    answer.text += part.substr(0, longest_answer - answer.text.size());
    answer.cut = answer.text.size() == longest_answer;
    return answer.cut ? 0 : part.size();
}

Secret terminated(const Secret& text) {
    Secret out = text.clone();
    out.push_back('\0');
    return out;
}

}  // namespace

delivery::Report send_to_gateway(const SmsConfig& config, const GatewayRequest& request,
                                 const Redaction& redaction) {
    Transfer transfer("http,https", config.ca_file);
    Answer answer;
    transfer.set(CURLOPT_URL, terminated(request.url).text().data());
    for (const Secret& line : request.headers)
        transfer.add(CURLOPT_HTTPHEADER, terminated(line).text().data());
    if (request.is_post) {
        transfer.set(CURLOPT_POST, 1L);
        transfer.set(CURLOPT_POSTFIELDSIZE, static_cast<long>(request.body.size()));
        // Without fields libcurl would read the body from standard input.
        const auto* const body = request.body.bytes().data();
        transfer.set(CURLOPT_POSTFIELDS, body != nullptr ? static_cast<const void*>(body) : "");
    }
    transfer.set(CURLOPT_WRITEFUNCTION, &take_more);
    transfer.set(CURLOPT_WRITEDATA, &answer);
    const CURLcode code = transfer.run();
    const bool answered = code == CURLE_OK || (code == CURLE_WRITE_ERROR && answer.cut);
    if (!answered) return transport_failure(code, redaction.of(transfer.error_text()));
    return judge_answer(config, transfer.response_code(), answer.text, redaction);
}

}  // namespace secondstep::courier
