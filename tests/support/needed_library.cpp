extern "C" [[gnu::visibility("default")]] int needed_by_a_name_source() {
    return 1;
}
