// fuzz_replay NAME FILE: every input of a corpus once through the parser that it is for. An input that breaks a
// promise ends the program, under the sanitizers with the place; its line has been said before.
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

#include "encoding/base64.h"

#define FUZZED(name) extern "C" int fuzz_##name(const std::uint8_t* data, std::size_t size);
#include "fuzzed.inc"
#undef FUZZED

namespace {

using Parser = int (*)(const std::uint8_t*, std::size_t);

Parser parser_called(std::string_view name) {
#define FUZZED(known) \
    if (name == #known) return fuzz_##known;
#include "fuzzed.inc"
#undef FUZZED
    return nullptr;
}

bool give(Parser parser, const std::string& line) {
    const auto input = secondstep::otp::base64_decode(line);
    if (!input) return false;
    parser(input->bytes().data(), input->bytes().size());
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    const Parser parser = argc == 3 ? parser_called(argv[1]) : nullptr;
    if (parser == nullptr) return 2;
    std::ifstream corpus(argv[2]);
    std::size_t number = 0;
    for (std::string line; std::getline(corpus, line);) {
        std::cerr << argv[2] << ':' << ++number << '\n';
        if (!give(parser, line)) return 2;
    }
    if (number > 0) return 0;
    std::cerr << argv[2] << " has no input: run the fuzzer, and pack what it has learnt (corpus.py)\n";
    return 1;
}
