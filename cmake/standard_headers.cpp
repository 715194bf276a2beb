// Nothing: what its library is for are the headers that are compiled once for all folders: common/CMakeLists.txt.
