// Changes in place, given what they cannot take.

#include <limits>

#include "bad_row_makers.hpp"

using bad::of;
using xg::NoGrad;
using xg::Tensor;

namespace {

using Change = Tensor& (*)(Tensor& x);
using ChangeBy = Tensor& (*)(Tensor& x, const Tensor& other);

/// x of ones, after `f` has changed it.
template <class F>
Tensor changed(Tensor x, F f) {
    return f(x);
}

/// Tensors that must not be written.
void any_change(BadInputs& rows, const std::string& name, Change f) {
    rows.throws<xg::ValueError>(name, "an undefined tensor", [f] { return changed({}, f); }, {"undefined"});
    rows.throws<xg::GradError>(name, "a leaf, while recording",
                               [f] { return changed(xg::ones({2}, {.requires_grad = true}), f); },
                               {"requires a gradient", "NoGrad"});
    rows.throws<xg::GradError>(name, "a result, while recording",
                               [f] { return changed(xg::ones({2}, {.requires_grad = true}) * 2, f); },
                               {"requires a gradient", "NoGrad"});
    rows.gives(name, "a leaf under NoGrad",
               [f] {
                   const NoGrad no_grad;
                   return changed(xg::ones({2}, {.requires_grad = true}), f) * 0;
               },
               {2}, {0, 0});
    rows.throws<xg::GradError>(name, "a part of a tensor",
                               [f] {
                                   const Tensor x = xg::ones({3, 2});
                                   return changed(x.slice(0, 0, 2), f);
                               },
                               {"view", "(2, 2)"});
    rows.throws<xg::GradError>(name, "another shape of a tensor",
                               [f] {
                                   const Tensor x = xg::ones({3, 2});
                                   return changed(x.reshape({6}), f);
                               },
                               {"view", "(6,)"});
    rows.throws<xg::GradError>(name, "a transposed tensor that is gone",
                               [f] {
                                   return changed(xg::ones({3, 2}).transpose(), f);
                               },
                               {"view", "(2, 3)"});
    rows.throws<xg::GradError>(name, "a repeated element",
                               [f] { return changed(xg::broadcast_to(xg::ones({1}), {4}), f); }, {"view", "(4,)"});
    rows.gives(name, "a part of a tensor that is gone",
               [f] {
                   const Tensor part = xg::ones({3, 2}).slice(0, 0, 2);
                   return changed(part, f) * 0;
               },
               {2, 2}, {0, 0, 0, 0});
    rows.gives(name, "no elements", [f] { return changed(xg::ones({0, 3}), f); }, {0, 3}, {});
    // The operation that saved what was changed complains, when the gradient comes.
    rows.throws<xg::GradError>("mul", "a factor that " + name + " changed",
                               [f] {
                                   Tensor x = xg::ones({2}, {.requires_grad = true}), factor = xg::ones({2});
                                   const Tensor y = x * factor;
                                   f(factor);
                                   xg::sum(y).backward();
                                   return x.grad();
                               },
                               {"backward of mul", "(2,)", "changed in place", "version 0 was saved", "now it is 1"});
}

/// Other tensors that do not fit, and that do not change x before they are refused.
void change_by(BadInputs& rows, const std::string& name, ChangeBy f) {
    const auto by = [f](Tensor x, const Tensor& other) { return f(x, other); };
    rows.throws<xg::ValueError>(name, "an undefined tensor besides", [by] { return by(xg::ones({2}), {}); },
                                {"undefined"});
    rows.throws<xg::GradError>(name, "a tensor besides that requires a gradient",
                               [by] { return by(xg::ones({2}), xg::ones({2}, {.requires_grad = true})); },
                               {"requires a gradient", "NoGrad"});
    const std::pair<xg::Shape, xg::Shape> cases[] = {{{2}, {3}},    {{3}, {2, 3}},  {{1}, {2}},          {{}, {1}},
                                                     {{2, 3}, {2}}, {{0}, {2}},     {{2}, {0}},          {{1}, {0}},
                                                     {{2}, {2, 1}}, {{2}, {kHuge}}, {{1, 2}, {kHuge, 1}}};
    for (const auto& [shape, other] : cases) {
        const auto besides = [other = other] { return xg::broadcast_to(xg::ones({}), other); };
        rows.throws<xg::ShapeError>(name, other.str() + " to " + shape.str(),
                                    [by, besides, shape = shape] { return by(xg::ones(shape), besides()); },
                                    {shape.str(), other.str(), "broadcast"});
        rows.gives(
            name, "what is left of " + shape.str() + " by " + other.str(),
            [by, besides, shape = shape] {
                const Tensor x = xg::ones(shape);
                try {
                    by(x, besides());
                } catch (const xg::ShapeError&) {
                    return x;
                }
                return Tensor();
            },
            shape, std::vector<double>(static_cast<std::size_t>(shape.elements()), 1.0));
    }
    rows.gives(name, "no elements by one", [by] { return by(xg::ones({2, 0}), xg::ones({1})); }, {2, 0}, {});
}

/// What results in another kind of number.
void keeps_dtype(BadInputs& rows, const std::string& name, ChangeBy f) {
    const std::pair<xg::DType, xg::DType> cases[] = {
        {xg::int64, xg::float32}, {xg::int64, xg::float64}, {xg::boolean, xg::float32}, {xg::boolean, xg::int64}};
    for (const auto& [from, other] : cases)
        rows.throws<xg::DTypeError>(name, std::string(xg::name(other)) + " into " + xg::name(from),
                                    [f, from = from, other = other] {
                                        Tensor x = xg::ones({2}, {.dtype = from});
                                        return f(x, xg::ones({2}, {.dtype = other}));
                                    },
                                    {xg::name(from), xg::name(other), "does not fit"});
}

void adding(BadInputs& rows) {
    for (const auto& [name, f] :
         {std::pair<const char*, ChangeBy>("add_", [](Tensor&x, const Tensor&y) -> Tensor& { return xg::add_(x, y); }),
          {"axpy_", [](Tensor&x, const Tensor&y) -> Tensor& { return xg::axpy_(x, 1, y); }},
          {"mul_", [](Tensor&x, const Tensor&y) -> Tensor& { return xg::mul_(x, y); }}}) {
        change_by(rows, name, f);
        keeps_dtype(rows, name, f);
        rows.gives(name, "NaN and infinities",
                   [f = f] {
                       Tensor x = of({kNan, 1, kInf, 1});
                       return f(x, of({1, kNan, -kInf, kInf}));
                   },
                   {4}, {kNan, kNan, name == std::string("mul_") ? -kInf : kNan, kInf});
    }
    for (const auto& [name, f] :
         {std::pair<const char*, ChangeBy>("add_",
                                           [](Tensor&x, const Tensor&y) -> Tensor& { return xg::add_(x, y, 0.5); }),
          {"axpy_", [](Tensor&x, const Tensor&y) -> Tensor& { return xg::axpy_(x, 0.5, y); }}}) {
        rows.throws<xg::DTypeError>(name, "a fraction of integers",
                                    [f = f] {
                                        Tensor x = xg::tensor({1, 2});
                                        return f(x, xg::tensor({2, 2}));
                                    },
                                    {"int64", "float32", "does not fit"});
        rows.throws<xg::DTypeError>(name, "a fraction of bools",
                                    [f = f] {
                                        Tensor x = xg::tensor({true});
                                        return f(x, xg::tensor({true}));
                                    },
                                    {"bool", "float32"});
    }
    rows.throws<xg::DTypeError>(
        "add_", "two of bool",
        [] { return changed(xg::tensor({true}), [](Tensor& x) { return xg::add_(x, xg::tensor({true})); }); },
        {"bool"});
    rows.throws<xg::DTypeError>("add_", "a fraction to integers",
                                [] { return changed(xg::tensor({1}), [](Tensor& x) { return xg::add_(x, 0.5); }); },
                                {"int64", "float32", "does not fit"});
    rows.throws<xg::DTypeError>("mul_", "integers by NaN",
                                [] { return changed(xg::tensor({1}), [](Tensor& x) { return xg::mul_(x, kNan); }); },
                                {"int64", "float32", "does not fit"});
    rows.gives("axpy_", "NaN and infinity times 0",
               [] {
                   Tensor x = of({1, 1, 1});
                   xg::axpy_(x, 0, of({kNan, kInf, 2}));
                   return x;
               },
               {3}, {kNan, kNan, 1});
    rows.gives("add_", "an alpha of NaN",
               [] { return changed(of({1}), [](Tensor& x) { return xg::add_(x, of({1}), kNan); }); }, {1}, {kNan});
    rows.gives("mul_", "a tensor by its own rows, turned round",
               [] {
                   Tensor x = xg::tensor({{1.0, 2.0}, {3.0, 4.0}});
                   return xg::mul_(x, x.transpose());
               },
               {2, 2}, {1, 6, 6, 16});
}

void filling(BadInputs& rows) {
    change_by(rows, "copy_", [](Tensor& x, const Tensor& y) -> Tensor& { return xg::copy_(x, y); });
    rows.gives("copy_", "NaN and fractions into bools, fractions into integers",
               [] {
                   Tensor mask = xg::tensor({false, false, true}), whole = xg::tensor({0, 0});
                   return xg::concat({xg::copy_(mask, of({kNan, 0.5, -0.0})), xg::copy_(whole, of({1.7, -1.7}))});
               },
               {5}, {1, 1, 0, 1, -1});
    rows.gives("copy_", "float64 beyond float32",
               [] {
                   Tensor x = xg::ones({3});
                   return xg::copy_(x, of({1e300, -1e300, kNan}, xg::float64));
               },
               {3}, {kInf, -kInf, kNan});
    for (const auto& [dtype, value, kind] :
         {std::tuple(xg::int64, xg::Scalar(0.5), "float"), std::tuple(xg::int64, xg::Scalar(kNan), "float"),
          std::tuple(xg::boolean, xg::Scalar(2), "int64"), std::tuple(xg::boolean, xg::Scalar(1.0), "float")})
        rows.throws<xg::DTypeError>("fill_", "a number of another kind",
                                    [dtype = dtype, value = value] {
                                        Tensor x = xg::zeros({2}, {.dtype = dtype});
                                        return xg::fill_(x, value);
                                    },
                                    {xg::name(dtype), kind, "does not fit"});
    rows.gives("fill_", "NaN, and more than float32 holds",
               [] {
                   Tensor x = xg::ones({1}), y = xg::ones({1});
                   return xg::concat({xg::fill_(x, kNan), xg::fill_(y, -1e300)});
               },
               {2}, {kNan, -kInf});
    rows.gives("zero_", "NaN and infinity",
               [] {
                   Tensor x = of({kNan, kInf});
                   return xg::zero_(x);
               },
               {2}, {0, 0});
}

}  // namespace

void bad_in_place(BadInputs& rows) {
    any_change(rows, "add_", [](Tensor& x) -> Tensor& { return xg::add_(x, 2); });
    any_change(rows, "add_", [](Tensor& x) -> Tensor& { return xg::add_(x, Tensor(2.0)); });
    any_change(rows, "mul_", [](Tensor& x) -> Tensor& { return xg::mul_(x, 2); });
    any_change(rows, "mul_", [](Tensor& x) -> Tensor& { return xg::mul_(x, Tensor(2.0)); });
    any_change(rows, "axpy_", [](Tensor& x) -> Tensor& { return xg::axpy_(x, 2, Tensor(2.0)); });
    any_change(rows, "copy_", [](Tensor& x) -> Tensor& { return xg::copy_(x, Tensor(2.0)); });
    any_change(rows, "fill_", [](Tensor& x) -> Tensor& { return xg::fill_(x, 2); });
    any_change(rows, "zero_", xg::zero_);
    adding(rows);
    filling(rows);
}
