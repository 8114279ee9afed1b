// Written by make_reference.py with PyTorch 2.13.0.
#pragma once

#include <array>

namespace reference {

enum class Function { quadratic, rosenbrock };

/// The steps after which points were taken.
inline constexpr std::array<int, 7> steps{1, 2, 3, 10, 50, 100, 200};

struct Trajectory {
    Function function;
    std::array<double, 2> start;
    double lr, momentum, dampening, weight_decay;
    bool nesterov;
    std::array<std::array<double, 2>, 7> points;
};

// clang-format off
inline constexpr std::array<Trajectory, 16> trajectories{{
    {Function::quadratic, {3.0, 2.0}, 0.05, 0, 0, 0, false,
     {{{0x1.6cccccccccccdp+1, 0x1.5333333333333p+0}, {0x1.5cb851eb851ecp+1, 0x1.828f5c28f5c27p-1}, {0x1.4f449ba5e3540p+1, 0x1.18353f7ced911p-2}, {0x1.1eda90e9e3c05p+1, -0x1.8a7738a33e8f4p+0}, {0x1.149aeed2619b2p+1, -0x1.2dcb41e3c6e36p+1}, {0x1.16fd7906abb6ep+1, -0x1.2e7a8d29c0240p+1}, {0x1.174505c21c7e6p+1, -0x1.2e8b72d2aabc2p+1}}}},
    {Function::rosenbrock, {-1.2, 1.0}, 0.0002, 0, 0, 0, false,
     {{{-0x1.282949a5657fbp+0, 0x1.04816f0068db9p+0}, {-0x1.205725366d822p+0, 0x1.07ca51000a0f0p+0}, {-0x1.1aa0daff4f367p+0, 0x1.0a3ab622c9edap+0}, {-0x1.0b31766852ab7p+0, 0x1.10b054227551ap+0}, {-0x1.0662ea6e076aep+0, 0x1.0ef954cfab677p+0}, {-0x1.0462502301432p+0, 0x1.0ae32a5f796cap+0}, {-0x1.0053f5781319ap+0, 0x1.02b4321a5e1d4p+0}}}},
    {Function::quadratic, {3.0, 2.0}, 0.05, 0.9, 0, 0, false,
     {{{0x1.6cccccccccccdp+1, 0x1.5333333333333p+0}, {0x1.4b70a3d70a3d7p+1, 0x1.2e147ae147ad6p-3}, {0x1.22c5a1cac0831p+1, -0x1.4c926e978d501p+0}, {0x1.e3f9021b5bd2dp+0, -0x1.e6192acadc1d5p+1}, {0x1.197530c0aae0dp+1, -0x1.2a6c9afcf1594p+1}, {0x1.16ad947a9bcb3p+1, -0x1.3149d51326dfap+1}, {0x1.1746a02bba4f3p+1, -0x1.2e88b393a1db2p+1}}}},
    {Function::rosenbrock, {-1.2, 1.0}, 0.0002, 0.9, 0, 0, false,
     {{{-0x1.282949a5657fbp+0, 0x1.04816f0068db9p+0}, {-0x1.1667d3039ac70p+0, 0x1.0bd8681a0207dp+0}, {-0x1.032c4799228cdp+0, 0x1.13d921e756a50p+0}, {-0x1.027688c2b1ab3p+0, 0x1.060b1a2572b86p+0}, {-0x1.c7a1bd00e5ddfp-1, 0x1.a7fef04c761d6p-1}, {-0x1.9c98489786834p-1, 0x1.504c696217aecp-1}, {-0x1.26a6dc71500c3p-1, 0x1.5afeec1d94eb9p-2}}}},
    {Function::quadratic, {3.0, 2.0}, 0.05, 0.9, 0.25, 0, false,
     {{{0x1.6cccccccccccdp+1, 0x1.5333333333333p+0}, {0x1.4f75c28f5c28fp+1, 0x1.28f5c28f5c28bp-2}, {0x1.2c94083126e97p+1, -0x1.e582f1a9fbe7bp-1}, {0x1.a825e9efdf226p+0, -0x1.28b6fd3edef3bp+2}, {0x1.1bb42e069601ap+1, -0x1.22b2cefd41deap+1}, {0x1.1699e65147e2bp+1, -0x1.3117118eeb4e2p+1}, {0x1.174681e391004p+1, -0x1.2e890390dcb36p+1}}}},
    {Function::rosenbrock, {-1.2, 1.0}, 0.0002, 0.9, 0.25, 0, false,
     {{{-0x1.282949a5657fbp+0, 0x1.04816f0068db9p+0}, {-0x1.185c5c1f58c66p+0, 0x1.0b062f9a19bafp+0}, {-0x1.07599ad4f3dfdp+0, 0x1.121761eb5de14p+0}, {-0x1.ea5e2c059a23ap-1, 0x1.0fbac9652fad5p+0}, {-0x1.e1e50de24e7e0p-1, 0x1.beaaef68fac76p-1}, {-0x1.ba981094e23cap-1, 0x1.819619846b6c8p-1}, {-0x1.6b9cde402c03bp-1, 0x1.0652e7e62bf76p-1}}}},
    {Function::quadratic, {3.0, 2.0}, 0.05, 0, 0, 0.1, false,
     {{{0x1.6ae147ae147aep+1, 0x1.50a3d70a3d70ap+0}, {0x1.591d14e3bcd36p+1, 0x1.7b089a0275253p-1}, {0x1.4a29d40ee06dap+1, 0x1.085814940bbaep-2}, {0x1.124990184a522p+1, -0x1.84ba1667c2fafp+0}, {0x1.ef878eb698c49p+0, -0x1.1faa4c20882c0p+1}, {0x1.ee4879a2d6e31p+0, -0x1.1f9b7ffae0b68p+1}, {0x1.ee2d8b25b54a8p+0, -0x1.1f98531aa364cp+1}}}},
    {Function::rosenbrock, {-1.2, 1.0}, 0.0002, 0, 0, 0.1, false,
     {{{-0x1.2827b6fe2e6eap+0, 0x1.04801f75104d5p+0}, {-0x1.2054500b3db93p+0, 0x1.07c7942b4982ep+0}, {-0x1.1a9cee0e6cce9p+0, 0x1.0a367a417bff5p+0}, {-0x1.0b273aa3f9cd6p+0, 0x1.10a0ec80bb04cp+0}, {-0x1.0637eb9bf7a9ap+0, 0x1.0ea7d23c87b6cp+0}, {-0x1.040ea9017670fp+0, 0x1.0a3fb62e25378p+0}, {-0x1.ff5d479b47e3ap-1, 0x1.01702da8dd495p+0}}}},
    {Function::quadratic, {3.0, 2.0}, 0.05, 0.8, 0, 0.05, false,
     {{{0x1.6bd70a3d70a3dp+1, 0x1.51eb851eb851fp+0}, {0x1.4ac95182a9930p+1, 0x1.a10cb295e9e16p-3}, {0x1.24b9c087442c7p+1, -0x1.15ca06e9ff0cdp+0}, {0x1.d6d6743864690p+0, -0x1.98ccd7a39f11fp+1}, {0x1.0657aa44b8645p+1, -0x1.26b4d3662c017p+1}, {0x1.0648c4bd69bd2p+1, -0x1.26cf0fd926262p+1}, {0x1.064944486a686p+1, -0x1.26cd0f620d2c9p+1}}}},
    {Function::rosenbrock, {-1.2, 1.0}, 0.0002, 0.8, 0, 0.05, false,
     {{{-0x1.28288051c9f73p+0, 0x1.0480c73abc947p+0}, {-0x1.17805eb8ebb11p+0, 0x1.0b632b90ff908p+0}, {-0x1.06a8e7d014e9fp+0, 0x1.126731da0bc30p+0}, {-0x1.055cd4c59ea86p+0, 0x1.0b30b5acc2ae3p+0}, {-0x1.f5ec078e1cf67p-1, 0x1.f06279a828b84p-1}, {-0x1.dfd56bc4c1da8p-1, 0x1.c5d3fb0dc111ep-1}, {-0x1.b01082a3bef7ep-1, 0x1.70c43c7a83834p-1}}}},
    {Function::quadratic, {3.0, 2.0}, 0.05, 0.8, 0.5, 0.05, false,
     {{{0x1.6bd70a3d70a3dp+1, 0x1.51eb851eb851fp+0}, {0x1.533fcb923a29cp+1, 0x1.f5930be0ded28p-2}, {0x1.39166a3bddfc9p+1, -0x1.9447b139c94f9p-2}, {0x1.b62491f247f75p+0, -0x1.d2b100bd3dc3fp+1}, {0x1.06607152dfc29p+1, -0x1.2655873ae7e59p+1}, {0x1.0648da2767036p+1, -0x1.26ceccb7e044ap+1}, {0x1.064944482de95p+1, -0x1.26cd0f63207b0p+1}}}},
    {Function::rosenbrock, {-1.2, 1.0}, 0.0002, 0.8, 0.5, 0.05, false,
     {{{-0x1.28288051c9f73p+0, 0x1.0480c73abc947p+0}, {-0x1.1b69c19197228p+0, 0x1.09bf15e3c31aap+0}, {-0x1.0efb40d1aa0e3p+0, 0x1.0ee66de4b9e62p+0}, {-0x1.eed6abf6e4f1fp-1, 0x1.15dec230611bcp+0}, {-0x1.01222102c766ep+0, 0x1.04b255a735ab8p+0}, {-0x1.f7dfe8c60d165p-1, 0x1.f40049da32dfdp-1}, {-0x1.e1c67f5647046p-1, 0x1.c979b07b87850p-1}}}},
    {Function::quadratic, {3.0, 2.0}, 0.05, 0.9, 0, 0, true,
     {{{0x1.5b851eb851eb8p+1, 0x1.6f5c28f5c28f6p-1}, {0x1.32c04ea4a8c15p+1, -0x1.772474538ef36p-1}, {0x1.0d7a3f8982cb2p+1, -0x1.0adf718655194p+1}, {0x1.0ed4e6680cd9bp+1, -0x1.6936acfb91659p+1}, {0x1.17b29fb659260p+1, -0x1.2ea40f48b22d8p+1}, {0x1.1745ea8c6cd69p+1, -0x1.2e8bd1c509fe3p+1}, {0x1.1745d1f18a14bp+1, -0x1.2e8ba30645088p+1}}}},
    {Function::rosenbrock, {-1.2, 1.0}, 0.0002, 0.9, 0, 0, true,
     {{{-0x1.1e39f77292c49p+0, 0x1.088f861a60d45p+0}, {-0x1.0b7291425a6f8p+0, 0x1.106cdb49a8a7cp+0}, {-0x1.fb6659f488d25p-1, 0x1.16099022d2765p+0}, {-0x1.071a11994f65ep+0, 0x1.07c38ca553f0ep+0}, {-0x1.e32a24bb9f188p-1, 0x1.cc15346a6208bp-1}, {-0x1.b569acd5fb37ap-1, 0x1.79cf6fbed1023p-1}, {-0x1.47ad9eca683c3p-1, 0x1.ab7a9258b2b87p-2}}}},
    {Function::quadratic, {3.0, 2.0}, 0.05, 0.9, 0, 0.1, true,
     {{{0x1.57df3b645a1cbp+1, 0x1.65a1cac083127p-1}, {0x1.2abe48a58b3f6p+1, -0x1.84f312b1b36bfp-1}, {0x1.00f5fe05cc3f2p+1, -0x1.0cf66b7e759e4p+1}, {0x1.d4cdaba776250p+0, -0x1.4c1e636807effp+1}, {0x1.ee0bc135950ddp+0, -0x1.1fc312fe08605p+1}, {0x1.ee2ba76d4db20p+0, -0x1.1f9836f18ebcap+1}, {0x1.ee2d5e21be12ap+0, -0x1.1f984dca69bcbp+1}}}},
    {Function::rosenbrock, {-1.2, 1.0}, 0.0002, 0.9, 0, 0.1, true,
     {{{-0x1.1e36fa68108a9p+0, 0x1.088d08919ef95p+0}, {-0x1.0b6c557031df0p+0, 0x1.1066699286292p+0}, {-0x1.fb52db9c0f531p-1, 0x1.15fdc7c552ebdp+0}, {-0x1.06ee4c0d8fd3dp+0, 0x1.07750c99dc927p+0}, {-0x1.e06c332fb5fc6p-1, 0x1.c6f99b13120a8p-1}, {-0x1.af4d5b54cc094p-1, 0x1.6f7cbd4e03affp-1}, {-0x1.39ac3fc33d0f2p-1, 0x1.8863cf77eeb46p-2}}}},
}};
// clang-format on

}  // namespace reference
