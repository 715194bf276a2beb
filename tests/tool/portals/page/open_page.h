#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/randomness.h"
#include "portals/page/picture_page.h"
#include "tls_client.h"

namespace secondstep::testing {

inline constexpr std::string_view good_picture = "\x89PNG a picture with a QR code";
inline constexpr std::string_view boundary = "----WebKitFormBoundaryAbCd0123456789";

inline std::string form_with(std::string_view picture) {
    const std::string line = "--" + std::string(boundary);
    return line +
           "\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"qr.png\"\r\nContent-Type: "
           "image/png"
           "\r\n\r\n" +
           std::string(picture) + "\r\n" + line + "--\r\n";
}

// A page on the loopback, and its tool's end in a thread: it accepts the good picture, and no other.
class OpenPage {
  public:
    static page::PageOptions usual() {
        page::PageOptions options;
        options.portal = "Example Corp";
        options.host = "web01";
        options.address = "127.0.0.1";
        options.linger = std::chrono::milliseconds{0};
        options.most_memory = SECONDSTEP_SANITIZED ? 0 : options.most_memory;
        return options;
    }

    explicit OpenPage(const page::PageOptions& options = usual()) : page_(open(options)) {
        end_ = std::async(std::launch::async, [this] {
            return page_.wait(judge(), [this](const std::string& address) {
                const std::lock_guard guard(mutex_);
                crowds_.push_back(address);
            });
        });
    }

    [[nodiscard]] page::PicturePage& page() { return page_; }
    [[nodiscard]] std::uint16_t port() const { return page_.port(); }
    [[nodiscard]] std::string path() const {
        const std::string link(page_.link().text());
        return link.substr(link.rfind('/'));
    }
    [[nodiscard]] std::string host() const { return "web01:" + std::to_string(port()); }

    [[nodiscard]] Response ask(const std::string& request, const std::string& from = "127.0.0.1") const {
        TlsClient client(port(), 0, from);
        client.send(request);
        return client.response();
    }
    [[nodiscard]] Response get(const std::string& target) const {
        return ask("GET " + target + " HTTP/1.1\r\nHost: " + host() + "\r\n\r\n");
    }
    [[nodiscard]] std::string upload_head(std::size_t size, const std::string& more = "") const {
        return "POST " + path() + " HTTP/1.1\r\nHost: " + host() +
               "\r\nContent-Type: multipart/form-data; boundary=" + std::string(boundary) +
               "\r\nContent-Length: " + std::to_string(size) + "\r\n" + more + "\r\n";
    }
    [[nodiscard]] Response upload(std::string_view picture, const std::string& more = "",
                                  const std::string& from = "127.0.0.1") const {
        const std::string form = form_with(picture);
        return ask(upload_head(form.size(), more) + form, from);
    }

    // How the tool's wait ended; it has to have ended, or to end soon.
    [[nodiscard]] page::PicturePage::End end() {
        if (end_.wait_for(std::chrono::seconds{180}) != std::future_status::ready)
            throw std::runtime_error("the tool still waits");
        const auto result = end_.get();
        if (!result) throw std::runtime_error(result.error().detail);
        return *result;
    }
    [[nodiscard]] std::vector<std::string> pictures() {
        const std::lock_guard guard(mutex_);
        return pictures_;
    }

    // What the tool was told of the page being full: addresses.
    [[nodiscard]] std::vector<std::string> crowds() {
        const std::lock_guard guard(mutex_);
        return crowds_;
    }

    ~OpenPage() {
        // The line is still read by the thread: it ends with the page's process.
        if (end_.valid()) ::kill(page_.process(), SIGKILL);
    }
    OpenPage(const OpenPage&) = delete;
    OpenPage& operator=(const OpenPage&) = delete;

  private:
    static page::PicturePage open(const page::PageOptions& options) {
        SystemRandomness randomness;
        auto page = page::PicturePage::open(options, SystemClock(), randomness);
        if (!page) throw std::runtime_error(page.error().detail);
        return std::move(*page);
    }
    page::Judge judge() {
        return [this](ByteView bytes) {
            std::string picture(bytes.begin(), bytes.end());
            const std::lock_guard guard(mutex_);
            pictures_.push_back(picture);
            if (picture == good_picture) return page::PictureVerdict{true, "Example Corp: <alice>"};
            return page::PictureVerdict{false, "There is no QR code in it & nothing else."};
        };
    }

    page::PicturePage page_;
    std::mutex mutex_;
    std::vector<std::string> pictures_;
    std::vector<std::string> crowds_;
    std::future<Result<page::PicturePage::End>> end_;
};

}  // namespace secondstep::testing
