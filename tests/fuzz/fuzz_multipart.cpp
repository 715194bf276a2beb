// What somebody sends in the place of a form with a picture: a content type, a NUL, a body. What is found
// lies in the body; and no picture is lost or changed in a form as browsers write it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "portals/page/multipart.h"

namespace {

using namespace secondstep;

void check_anything(std::string_view type, ByteView body) {
    const Result<ByteView> picture = page::picture_in(type, body);
    if (!picture) return;
    if (picture->empty() || picture->data() < body.data() ||
        picture->data() + picture->size() > body.data() + body.size())
        std::abort();
}

void check_a_form(std::string_view picture) {
    const std::string boundary = "----WebKitFormBoundary7MA4YWxkTrZu0gW";
    if (picture.empty() || picture.find("\r\n--" + boundary) != picture.npos) return;
    const std::string form = "--" + boundary +
                             "\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a.png\"\r\n"
                             "Content-Type: image/png\r\n\r\n" +
                             std::string(picture) + "\r\n--" + boundary + "--\r\n";
    const Result<ByteView> found =
        page::picture_in("multipart/form-data; boundary=" + boundary, as_bytes(form));
    if (!found || !std::ranges::equal(*found, as_bytes(picture))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(all.find('\0'), size);
    check_anything(all.substr(0, end), as_bytes(all.substr(std::min(end + 1, size))));
    check_anything("multipart/form-data; boundary=X", as_bytes(all));
    check_a_form(all);
    return 0;
}
