#include "enrollment/device_request.h"

#include <gtest/gtest.h>

#include <string>

namespace secondstep::dialogue {
namespace {

using Verb = DeviceRequest::Verb;

TEST(DeviceRequest, ComesBack) {
    const DeviceRequest all[] = {{.verb = Verb::list},
                                 {.verb = Verb::add},
                                 {.verb = Verb::add, .device = "Karl's tablet"},
                                 {.verb = Verb::rename, .device = "phone", .new_name = "my = \"phone\""},
                                 {.verb = Verb::remove, .device = "2"}};
    for (const DeviceRequest& request : all) {
        const auto back = decode_device_request(encode(request));
        ASSERT_TRUE(back);
        EXPECT_EQ(back->verb, request.verb);
        EXPECT_EQ(back->device, request.device);
        EXPECT_EQ(back->new_name, request.new_name);
    }
}

TEST(DeviceRequest, IsWhatFormatsSays) {
    const Secret form = encode(DeviceRequest{.verb = Verb::rename, .device = "phone", .new_name = "mobile"});
    EXPECT_EQ(form.text().substr(0, form.text().find("check=")),
              "secondstep-device-request 1\nverb=rename\ndevice=phone\nnew-name=mobile\n");
}

TEST(DeviceRequest, ThatContradictsItselfIsDamaged) {
    const DeviceRequest wrong[] = {{.verb = Verb::rename, .device = "phone"},
                                   {.verb = Verb::remove, .device = "phone", .new_name = "mobile"},
                                   {.verb = Verb::list, .device = "phone"}};
    for (const DeviceRequest& request : wrong)
        EXPECT_EQ(decode_device_request(encode(request)).error().code, Errc::damaged);
    EXPECT_FALSE(decode_device_request(Secret::copy_of(std::string_view("devices"))));
    EXPECT_FALSE(decode_device_request(Secret{}));
}

TEST(DeviceRequest, OneChangedByteIsDamage) {
    const Secret form = encode(DeviceRequest{.verb = Verb::remove, .device = "phone"});
    for (std::size_t i = 0; i < form.size(); ++i) {
        std::string text(form.text());
        text[i] = text[i] == 'x' ? 'y' : 'x';
        EXPECT_FALSE(decode_device_request(Secret::copy_of(text))) << text;
    }
}

}  // namespace
}  // namespace secondstep::dialogue
