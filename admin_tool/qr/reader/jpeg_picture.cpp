#include <cstdint>
#include <cstdio>
// jpeglib.h uses FILE and size_t without including anything.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <vector>

#include "qr/reader/picture.h"

namespace secondstep::qr_reader {

namespace {

// A progressive JPEG keeps all its coefficients until its last scan, up to six bytes a pixel.
constexpr long most_memory = 400L * 1024 * 1024;
// Cameras and editors write about ten scans; a file of a few KiB can have thousands, each over all pixels.
constexpr int most_scans = 64;
// Each costs time; a picture of so much noise is none.
constexpr long most_warnings = 1000;

// As in png_picture.cpp: errors come by longjmp(3), so what has a destructor lives here, outside.
class JpegDecoder {
  public:
    explicit JpegDecoder(ByteView bytes) : bytes_(bytes) {
        jpeg_.err = ::jpeg_std_error(&errors_);
        jpeg_.client_data = this;
        errors_.error_exit = give_up;  // the library's own calls exit(3)
        errors_.emit_message = count;
        errors_.output_message = ignore;
        progress_.progress_monitor = watch_scans;
    }
    JpegDecoder(const JpegDecoder&) = delete;
    JpegDecoder& operator=(const JpegDecoder&) = delete;
    ~JpegDecoder() { ::jpeg_destroy_decompress(&jpeg_); }

    std::expected<GrayPicture, Refusal> decode() {
        if (!guarded(&JpegDecoder::read_header)) return refused();
        if (std::size_t{jpeg_.image_width} * jpeg_.image_height > most_jpeg_pixels) {
            return std::unexpected(Refusal::too_many_pixels);
        }
        if (!guarded(&JpegDecoder::start)) return refused();
        GrayPicture picture = blank_picture(jpeg_.output_width, jpeg_.output_height);
        out_ = picture.pixels.data();
        row_.resize(picture.width * static_cast<std::size_t>(jpeg_.output_components));
        if (!guarded(&JpegDecoder::read_rows)) return refused();
        picture.damaged = errors_.num_warnings > 0;
        return picture;
    }

  private:
    static JpegDecoder& self_of(j_common_ptr jpeg) { return *static_cast<JpegDecoder*>(jpeg->client_data); }

    bool guarded(void (JpegDecoder::*part)()) {
        if (setjmp(return_point_) != 0) return false;
        (this->*part)();
        return true;
    }
    [[nodiscard]] std::unexpected<Refusal> refused() const {
        return std::unexpected(is_too_large_ ? Refusal::too_many_pixels : Refusal::damaged);
    }

    [[noreturn]] static void give_up(j_common_ptr jpeg) {
        JpegDecoder& self = self_of(jpeg);
        const int why = jpeg->err->msg_code;
        self.is_too_large_ =
            why == JERR_OUT_OF_MEMORY || why == JERR_NO_BACKING_STORE || why == JERR_IMAGE_TOO_BIG;
        std::longjmp(self.return_point_, 1);
    }
    static void count(j_common_ptr jpeg, int level) {
        if (level >= 0) return;  // a trace
        if (++jpeg->err->num_warnings > most_warnings) give_up(jpeg);
    }
    static void ignore(j_common_ptr /*jpeg*/) {}
    static void watch_scans(j_common_ptr jpeg) {
        if (self_of(jpeg).jpeg_.input_scan_number > most_scans) give_up(jpeg);
    }

    void read_header() {
        jpeg_create_decompress(&jpeg_);
        jpeg_.progress = &progress_;
        jpeg_.mem->max_memory_to_use = most_memory;
        ::jpeg_mem_src(&jpeg_, bytes_.data(), bytes_.size());
        ::jpeg_read_header(&jpeg_, TRUE);
    }

    // Scaled by n/8 while decoding: that costs less than decoding the whole, and no memory.
    void start() {
        const bool has_ink = jpeg_.jpeg_color_space == JCS_CMYK || jpeg_.jpeg_color_space == JCS_YCCK;
        jpeg_.out_color_space = has_ink ? JCS_CMYK : JCS_GRAYSCALE;
        jpeg_.scale_denom = 8;
        jpeg_.scale_num = 9;
        do {
            --jpeg_.scale_num;
            ::jpeg_calc_output_dimensions(&jpeg_);
        } while (jpeg_.scale_num > 1 &&
                 std::size_t{jpeg_.output_width} * jpeg_.output_height > most_searched_pixels);
        ::jpeg_start_decompress(&jpeg_);
    }

    void read_rows() {
        const std::size_t width = jpeg_.output_width;
        while (jpeg_.output_scanline < jpeg_.output_height) {
            std::uint8_t* const out = out_ + jpeg_.output_scanline * width;
            JSAMPROW row = row_.data();
            if (::jpeg_read_scanlines(&jpeg_, &row, 1) != 1) return;
            if (jpeg_.out_color_space == JCS_GRAYSCALE) {
                std::copy_n(row_.data(), width, out);
            } else {
                for (std::size_t x = 0; x < width; ++x)
                    out[x] = gray_of(row_.data() + 4 * x);
            }
        }
    }

    // Adobe's files have 255 for no ink, all others 0.
    [[nodiscard]] std::uint8_t gray_of(const JSAMPLE* cmyk) const {
        std::array<unsigned, 4> light{};
        for (std::size_t i = 0; i < light.size(); ++i)
            light.at(i) = jpeg_.saw_Adobe_marker != FALSE ? cmyk[i] : 255U - cmyk[i];
        const unsigned colour = (299 * light[0] + 587 * light[1] + 114 * light[2] + 500) / 1000;
        return static_cast<std::uint8_t>(colour * light[3] / 255);
    }

    ByteView bytes_;
    jpeg_decompress_struct jpeg_{};
    jpeg_error_mgr errors_{};
    jpeg_progress_mgr progress_{};
    bool is_too_large_ = false;
    std::uint8_t* out_ = nullptr;
    std::vector<JSAMPLE> row_;
    std::jmp_buf return_point_{};
};

}  // namespace

bool is_jpeg(ByteView bytes) {
    return bytes.size() >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff;
}

std::expected<GrayPicture, Refusal> decode_jpeg(ByteView bytes) {
    return JpegDecoder(bytes).decode();
}

}  // namespace secondstep::qr_reader
