#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <optional>
#include <vector>

#include "qr/reader/picture.h"

namespace secondstep::qr_reader {

namespace {

constexpr std::size_t signature_size = 8;
constexpr png_uint_32 longest_side = 65500;
// Nothing but pixels is wanted; what else is in the file may not cost more than this.
constexpr png_alloc_size_t largest_chunk = 1'000'000;

// libpng reports an error by longjmp(3): between the setjmp and the call that may fail nothing may live that
// has a destructor. So all of that is here, outside, and the functions below that call libpng have only
// numbers and pointers.
class PngDecoder {
  public:
    PngDecoder(ByteView bytes, Background background) : rest_(bytes), background_(background) {
        png_ = ::png_create_read_struct(PNG_LIBPNG_VER_STRING, this, give_up, ignore);
        if (png_ != nullptr) info_ = ::png_create_info_struct(png_);
    }
    PngDecoder(const PngDecoder&) = delete;
    PngDecoder& operator=(const PngDecoder&) = delete;
    ~PngDecoder() { ::png_destroy_read_struct(&png_, &info_, nullptr); }

    std::expected<GrayPicture, Refusal> decode() {
        if (info_ == nullptr) return std::unexpected(Refusal::no_memory);
        if (!guarded(&PngDecoder::read_header)) return std::unexpected(Refusal::damaged);
        if (std::size_t{width_} * height_ > most_png_pixels || std::max(width_, height_) > longest_side) {
            return std::unexpected(Refusal::too_many_pixels);
        }
        if (!guarded(&PngDecoder::choose_form)) return std::unexpected(Refusal::damaged);
        row_.resize(::png_get_rowbytes(png_, info_));
        reducer_.emplace(width_, height_);
        if (!guarded(&PngDecoder::read_pixels)) return std::unexpected(Refusal::damaged);
        GrayPicture picture = reducer_->picture();
        picture.transparent = transparent_;
        return picture;
    }

  private:
    bool guarded(void (PngDecoder::*part)()) {
        if (setjmp(return_point_) != 0) return false;
        (this->*part)();
        return true;
    }

    [[noreturn]] static void give_up(png_structp png, png_const_charp /*why*/) {
        std::longjmp(static_cast<PngDecoder*>(::png_get_error_ptr(png))->return_point_, 1);
    }
    static void ignore(png_structp /*png*/, png_const_charp /*why*/) {}

    static void take(png_structp png, png_bytep out, std::size_t size) {
        auto* const self = static_cast<PngDecoder*>(::png_get_io_ptr(png));
        if (size > self->rest_.size()) ::png_error(png, "cut short");
        std::copy_n(self->rest_.data(), size, out);
        self->rest_ = self->rest_.subspan(size);
    }

    void read_header() {
        ::png_set_read_fn(png_, this, take);
        // libpng's own bounds come on top of ours, which give the better sentence.
        ::png_set_user_limits(png_, 0x7fffffff, 0x7fffffff);
        ::png_set_chunk_malloc_max(png_, largest_chunk);
        ::png_set_chunk_cache_max(png_, 64);
        // Colour profiles and texts are the places for a bomb within a chunk: they are passed over.
        ::png_set_keep_unknown_chunks(png_, PNG_HANDLE_CHUNK_NEVER, nullptr, -1);
        ::png_read_info(png_, info_);
        width_ = ::png_get_image_width(png_, info_);
        height_ = ::png_get_image_height(png_, info_);
    }

    // 8 bits a sample, no palette, and transparency as alpha: four forms are left.
    void choose_form() {
        ::png_set_expand(png_);
        ::png_set_scale_16(png_);
        ::png_read_update_info(png_, info_);
        channels_ = ::png_get_channels(png_, info_);
    }

    // Without png_set_interlace_handling an interlaced picture comes as seven small ones.
    void read_pixels() {
        if (::png_get_interlace_type(png_, info_) == PNG_INTERLACE_NONE) {
            for (png_uint_32 y = 0; y < height_; ++y)
                read_row(y, 0, 1);
        } else {
            for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass)
                read_pass(pass);
        }
    }

    void read_pass(int pass) {
        if (PNG_PASS_COLS(width_, pass) == 0) return;
        for (png_uint_32 y = PNG_PASS_START_ROW(pass); y < height_; y += PNG_PASS_ROW_OFFSET(pass))
            read_row(y, PNG_PASS_START_COL(pass), PNG_PASS_COL_OFFSET(pass));
    }

    void read_row(png_uint_32 y, png_uint_32 first, png_uint_32 step) {
        ::png_read_row(png_, row_.data(), nullptr);
        const png_byte* sample = row_.data();
        for (png_uint_32 x = first; x < width_; x += step, sample += channels_)
            reducer_->add(x, y, gray_of(sample));
    }

    std::uint8_t gray_of(const png_byte* sample) {
        const unsigned gray =
            channels_ < 3 ? sample[0] : (299U * sample[0] + 587U * sample[1] + 114U * sample[2] + 500) / 1000;
        if (channels_ % 2 != 0) return static_cast<std::uint8_t>(gray);
        const unsigned alpha = sample[channels_ - 1];
        if (alpha != 255) transparent_ = true;
        return static_cast<std::uint8_t>((gray * alpha + background_ * (255 - alpha) + 127) / 255);
    }

    ByteView rest_;
    Background background_;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
    png_uint_32 width_ = 0;
    png_uint_32 height_ = 0;
    unsigned channels_ = 0;  // 1 gray, 2 gray and alpha, 3 RGB, 4 RGB and alpha
    bool transparent_ = false;
    std::vector<png_byte> row_;
    std::optional<Reducer> reducer_;
    std::jmp_buf return_point_{};
};

}  // namespace

bool is_png(ByteView bytes) {
    return bytes.size() >= signature_size && ::png_sig_cmp(bytes.data(), 0, signature_size) == 0;
}

std::expected<GrayPicture, Refusal> decode_png(ByteView bytes, Background background) {
    return PngDecoder(bytes, background).decode();
}

}  // namespace secondstep::qr_reader
