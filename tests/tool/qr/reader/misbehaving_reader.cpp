// Stands in for secondstep-qr-reader: its standard input says what it is to do.
#include "qr/reader/answer.h"
#include "tool/confined/misbehaviour.h"

int main() {
    using namespace secondstep;
    return testing::misbehave([](const std::string& text) {
        qr_reader::Contents contents;
        contents.push_back(Secret::copy_of(text));
        testing::write_all(qr_reader::encode(std::move(contents)));
    });
}
