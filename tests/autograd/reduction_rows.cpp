#include <limits>

#include "row_makers.hpp"

using namespace rows;

namespace {

struct Case {
    std::string about;
    xg::Shape shape;
    xg::Axes axes;
    bool keepdims = false;
};

const std::vector<Case>& cases() {
    static const std::vector<Case> all = {{"everything", {2, 3}, {}},
                                          {"everything, kept", {2, 3}, {}, true},
                                          {"the first axis", {3, 2}, 0},
                                          {"the last axis, kept", {2, 3}, -1, true},
                                          {"an axis in the middle", {2, 3, 2}, 1},
                                          {"axes that are apart", {2, 2, 3}, {0, 2}},
                                          {"neighbouring axes, kept", {2, 2, 2}, {0, 1}, true},
                                          {"axes of size 1", {1, 3, 1}, {0, 1}},
                                          {"two of a kind", {2}, 0},
                                          {"nothing to be kept", {0, 2}, 1}};
    return all;
}

using Reduction = xg::Tensor (*)(const xg::Tensor&, const xg::Axes&, bool);

void reduction(std::vector<Row>& rows, const std::string& name, const std::string& about, Reduction f) {
    for (const Case& c : cases())
        one(
            rows, name, about + c.about, [=](const Inputs& in) { return f(in[0], c.axes, c.keepdims); },
            values(21, c.shape));
    one(
        rows, name, about + "transposed", [=](const Inputs& in) { return f(in[0].transpose(), 1, false); },
        values(22, {3, 2}));
    one(
        rows, name, about + "with steps",
        [=](const Inputs& in) {
            return f(in[0].slice(1, 0, 5, 2), {}, false) * f(in[0].slice(0, 1, 2), 0, false).slice(0, 1, 2);
        },
        values(23, {2, 5}));
}

}  // namespace

std::vector<Row> reduction_rows() {
    std::vector<Row> rows;
    for (const char* integer : {"argmax", "argmin", "count_nonzero"})
        rows.push_back({integer, "integer result", nullptr, {}});
    for (const char* truth : {"any", "all"}) rows.push_back({truth, "bool result", nullptr, {}});

    reduction(rows, "prod", "", xg::prod);
    for (const int zeros : {1, 2, 3})
        one(
            rows, "prod", std::to_string(zeros) + " zeros",
            [](const Inputs& in) { return xg::prod(in[0]) + xg::prod(in[0], 1) + xg::prod(in[0], 0); },
            xg::tensor({{zeros > 0 ? 0.0 : 2.0, 1.5}, {zeros > 2 ? 0.0 : -2.0, zeros > 1 ? 0.0 : 3.0}}, support::f64));
    one(
        rows, "prod", "one element", [](const Inputs& in) { return xg::prod(in[0]) * xg::prod(in[0].reshape({1})); },
        values(1, {}));
    one(
        rows, "prod", "three axes and a zero",
        [](const Inputs& in) {
            return xg::prod(in[0].reshape({2, 2, 2}), {0, 2});
        },
        xg::tensor({1.0, 0.0, 2.0, -1.0, 0.5, 3.0, 1.0, 2.0}, support::f64));

    reduction(rows, "var", "", [](const xg::Tensor& x, const xg::Axes& axes, bool keepdims) {
        return xg::var(x, axes, {.correction = 0, .keepdims = keepdims});
    });
    reduction(rows, "std", "", [](const xg::Tensor& x, const xg::Axes& axes, bool keepdims) {
        // A standard deviation of 0, of a single element, has no derivative.
        const xg::Tensor y = xg::concat({xg::reshape(x, {-1}), xg::full({1}, 9, support::f64)});
        return xg::std(y, {}, {.correction = 0}) +
               xg::std(x + xg::full(x.shape(), 0, support::f64), axes, {.correction = -1, .keepdims = keepdims});
    });
    for (const double correction : {0.0, 1.0, 0.5, -2.0})
        one(
            rows, "var", "a correction of " + std::to_string(correction),
            [=](const Inputs& in) {
                return xg::var(in[0], 1, {.correction = correction}) * xg::std(in[0], 1, {.correction = correction});
            },
            values(24, {2, 3}));
    one(
        rows, "var", "far from 0", [](const Inputs& in) { return xg::var(in[0] + 1e3, 0); }, values(24, {3, 2}));

    reduction(rows, "logsumexp", "", xg::logsumexp);
    one(
        rows, "logsumexp", "far out", [](const Inputs& in) { return xg::logsumexp(in[0]); },
        xg::tensor({-900.0, 800.0, 799.5, 0.0}, support::f64));
    reduction(rows, "nansum", "", xg::nansum);
    reduction(rows, "nanmean", "", xg::nanmean);

    constexpr double inf = std::numeric_limits<double>::infinity();
    reduction(rows, "norm", "",
              [](const xg::Tensor& x, const xg::Axes& axes, bool keepdims) { return xg::norm(x, 2, axes, keepdims); });
    for (const double p : {0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, -1.0, -2.5, inf, -inf}) {
        const std::string about = "p = " + std::to_string(p);
        one(
            rows, "norm", about, [=](const Inputs& in) { return xg::norm(in[0], p); }, values(25, {2, 3}));
        one(
            rows, "norm", about + ", an axis",
            [=](const Inputs& in) { return xg::norm(in[0].transpose(), p, 0, true); }, values(26, {2, 3}));
        if (p == 2 || p == 3 || p == 1.5)
            one(
                rows, "norm", about + ", tiny and huge",
                [=](const Inputs& in) {
                    return xg::norm(in[0] * 1e-200, p) * 1e200 + xg::norm(in[0] * 1e200, p) * 1e-200;
                },
                values(27, {3}));
    }
    one(
        rows, "norm", "one 0", [](const Inputs& in) { return xg::norm(in[0], 3) + xg::norm(in[0]); },
        xg::tensor({0.0, 2.0, -1.0}, support::f64));
    return rows;
}
