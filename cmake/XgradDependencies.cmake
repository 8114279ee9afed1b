# Found here, once. No public header needs any of them, except the bridge, which needs the xtensor of the user's project.

set(CMAKE_THREAD_PREFER_PTHREAD ON)
find_package(Threads REQUIRED)
find_package(xtensor 0.24 CONFIG REQUIRED)
find_package(xsimd CONFIG REQUIRED)
find_package(fmt CONFIG REQUIRED)
find_package(nlohmann_json 3 CONFIG REQUIRED)
find_package(CBLAS REQUIRED)
find_package(Random123 REQUIRED)
find_package(ZLIB REQUIRED)

# What our own sources include, and what the library is linked to.
set(XGRAD_INCLUDED xtensor xsimd nlohmann_json::nlohmann_json Random123::Random123)
set(XGRAD_LINKED fmt::fmt CBLAS::CBLAS ZLIB::ZLIB Threads::Threads)
