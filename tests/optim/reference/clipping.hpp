// Written by make_clipping.py with PyTorch 2.13.0.
#pragma once

#include <array>
#include <limits>

namespace reference {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

struct Clipping {
    double order, limit, norm;
    std::array<double, 11> left;
};

// clang-format off
inline constexpr std::array<Clipping, 10> clippings{{
    {2.0, 0.5, 0x1.bcb74cbcfb0b0p+1,
     {0x1.f0043d10d1953p-4, -0x1.be1b890e50739p-4, 0x1.83450c3464817p-4, -0x1.40ae4050abf2fp-4, 0x1.ef58acf2edd3bp-5, -0x1.536ac5aec05d4p-5, 0x1.61637fb3a22dfp-6, 0x1.26bb58d549195p-2, 0x1.3e7d12d32c757p-3, -0x1.ea9b5b83951b0p-4, -0x1.23c84473db478p-2}},
    {2.0, 1000000000.0, 0x1.bcb74cbcfb0b0p+1,
     {0x1.aed548f090ceep-1, -0x1.837b9dddc1eaep-1, 0x1.50608c26d0a08p-1, -0x1.1689ef5f34f52p-1, 0x1.ae4044881c506p-2, -0x1.26d02085f20f8p-2, 0x1.32f2d28f584cfp-3, 0x1.0000000000000p+1, 0x1.14a280fb5068cp+0, -0x1.aa22657537205p-1, -0x1.fae04be85e5d2p+0}},
    {1.0, 0.5, 0x1.319a848bbca3fp+3,
     {0x1.68e72fe25c6cfp-5, -0x1.4496d23065763p-5, 0x1.19c74fc8065f9p-5, -0x1.d2a806e7de0bdp-6, 0x1.686a5b7b19563p-6, -0x1.edebf3af9791cp-7, 0x1.0120699c8cd7fp-7, 0x1.ace53c087dd95p-4, 0x1.cf7765e0ce8b3p-5, -0x1.64f78b29762dcp-5, -0x1.a89a7034e34d6p-4}},
    {1.0, 1000000000.0, 0x1.319a848bbca3fp+3,
     {0x1.aed548f090ceep-1, -0x1.837b9dddc1eaep-1, 0x1.50608c26d0a08p-1, -0x1.1689ef5f34f52p-1, 0x1.ae4044881c506p-2, -0x1.26d02085f20f8p-2, 0x1.32f2d28f584cfp-3, 0x1.0000000000000p+1, 0x1.14a280fb5068cp+0, -0x1.aa22657537205p-1, -0x1.fae04be85e5d2p+0}},
    {infinity, 0.5, 0x1.0000000000000p+1,
     {0x1.aed53ad27a237p-3, -0x1.837b912b5130ap-3, 0x1.5060812114956p-3, -0x1.1689e63ea7b83p-3, 0x1.ae40366ee7b0dp-4, -0x1.26d016dce049dp-4, 0x1.32f2c88079b0ep-5, 0x1.ffffef3908ec0p-2, 0x1.14a277eabc09dp-2, -0x1.aa22577e8b033p-3, -0x1.fae03b4c62a58p-2}},
    {infinity, 1000000000.0, 0x1.0000000000000p+1,
     {0x1.aed548f090ceep-1, -0x1.837b9dddc1eaep-1, 0x1.50608c26d0a08p-1, -0x1.1689ef5f34f52p-1, 0x1.ae4044881c506p-2, -0x1.26d02085f20f8p-2, 0x1.32f2d28f584cfp-3, 0x1.0000000000000p+1, 0x1.14a280fb5068cp+0, -0x1.aa22657537205p-1, -0x1.fae04be85e5d2p+0}},
    {3.0, 0.5, 0x1.569b1f92be246p+1,
     {0x1.41ecaaf5cb550p-3, -0x1.2188562c69cc6p-3, 0x1.f6b0f90648584p-4, -0x1.a0418fc59f876p-4, 0x1.417d51f12bddap-4, -0x1.b893a258968fep-5, 0x1.cab65da3f0451p-6, 0x1.7e92cfa3249afp-2, 0x1.9d69218442a1cp-3, -0x1.3e69da5212fd6p-3, -0x1.7abeb02735003p-2}},
    {3.0, 1000000000.0, 0x1.569b1f92be246p+1,
     {0x1.aed548f090ceep-1, -0x1.837b9dddc1eaep-1, 0x1.50608c26d0a08p-1, -0x1.1689ef5f34f52p-1, 0x1.ae4044881c506p-2, -0x1.26d02085f20f8p-2, 0x1.32f2d28f584cfp-3, 0x1.0000000000000p+1, 0x1.14a280fb5068cp+0, -0x1.aa22657537205p-1, -0x1.fae04be85e5d2p+0}},
    {0.5, 0.5, 0x1.76d8318fd6ee7p+6,
     {0x1.263cc82353596p-8, -0x1.08a1a187d9885p-8, 0x1.cb751a102baa9p-9, -0x1.7c74c1276b832p-9, 0x1.25d702b04bf7bp-9, -0x1.92af5ad833b5ap-10, 0x1.a342ca0a3cd2ep-11, 0x1.5dab9a1e1b2afp-7, 0x1.79daf8ed0e7b6p-8, -0x1.230744eaafde3p-8, -0x1.5a2bc63a834cbp-7}},
    {0.5, 1000000000.0, 0x1.76d8318fd6ee7p+6,
     {0x1.aed548f090ceep-1, -0x1.837b9dddc1eaep-1, 0x1.50608c26d0a08p-1, -0x1.1689ef5f34f52p-1, 0x1.ae4044881c506p-2, -0x1.26d02085f20f8p-2, 0x1.32f2d28f584cfp-3, 0x1.0000000000000p+1, 0x1.14a280fb5068cp+0, -0x1.aa22657537205p-1, -0x1.fae04be85e5d2p+0}},
}};
// clang-format on

}  // namespace reference
