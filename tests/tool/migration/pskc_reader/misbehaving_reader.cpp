// Stands in for secondstep-pskc-reader: its standard input says what it is to do.
#include "migration/pskc_reader/answer.h"
#include "tool/confined/misbehaviour.h"

int main() {
    using namespace secondstep;
    return testing::misbehave([](const std::string& text) {
        pskc_reader::AnswerWriter answer;
        if (answer.element("who", {}, text, 0)) testing::write_all(std::move(answer).take());
    });
}
