#include "row_makers.hpp"

using namespace rows;

namespace {

/// f along every axis of several shapes, and of what is transposed and strided.
void along(std::vector<Row>& rows, const std::string& name, const std::string& about,
           const std::function<xg::Tensor(const xg::Tensor&, std::int64_t)>& f) {
    struct Case {
        xg::Shape shape;
        std::int64_t axis;
    };
    for (const Case& c :
         std::vector<Case>{{{3, 2}, 0}, {{2, 3}, -1}, {{2, 3, 2}, 1}, {{4}, 0}, {{1}, 0}, {{2, 0}, 1}, {{0, 2}, 1}})
        one(
            rows, name, about + c.shape.str() + " along " + std::to_string(c.axis),
            [=](const Inputs& in) { return f(in[0], c.axis); }, values(31, c.shape));
    one(
        rows, name, about + "transposed", [=](const Inputs& in) { return f(in[0].transpose(), 1); },
        values(32, {3, 2}));
    one(
        rows, name, about + "with steps", [=](const Inputs& in) { return f(in[0].slice(1, 0, 5, 2), 1); },
        values(33, {2, 5}));
}

void scans(std::vector<Row>& rows) {
    along(rows, "cumsum", "", xg::cumsum);
    along(rows, "cumprod", "", xg::cumprod);
    along(rows, "logcumsumexp", "", xg::logcumsumexp);
    along(rows, "cummax", "", [](const xg::Tensor& x, std::int64_t axis) { return xg::cummax(x, axis).values; });
    along(rows, "cummin", "", [](const xg::Tensor& x, std::int64_t axis) { return xg::cummin(x, axis).values; });
    along(rows, "diff", "", [](const xg::Tensor& x, std::int64_t axis) { return xg::diff(x, 1, axis); });
    for (const std::int64_t n : {0, 2, 7})
        one(
            rows, "diff", std::to_string(n) + " times", [n](const Inputs& in) { return xg::diff(in[0], n, 0); },
            values(34, {4, 2}));
    one(
        rows, "cumprod", "zeros", [](const Inputs& in) { return xg::cumprod(in[0], 0) + xg::cumprod(in[0], 1); },
        xg::tensor({{2.0, 0.0, 3.0, 1.0}, {0.0, 4.0, 0.0, -1.0}, {1.0, 2.0, -1.5, 2.0}}, support::f64));
    one(
        rows, "logcumsumexp", "far out", [](const Inputs& in) { return xg::logcumsumexp(in[0], 0); },
        xg::tensor({-900.0, 800.0, 799.5, 0.0}, support::f64));
    for (const char* name : {"cumsum", "cumprod", "logcumsumexp"})
        one(
            rows, name, "rank 0",
            [name](const Inputs& in) {
                const std::string which = name;
                return which == "cumsum"    ? xg::cumsum(in[0], 0)
                       : which == "cumprod" ? xg::cumprod(in[0], -1)
                                            : xg::logcumsumexp(in[0], 0);
            },
            values(1, {}));
}

void sorting(std::vector<Row>& rows) {
    for (const char* integer : {"argsort", "searchsorted"}) rows.push_back({integer, "integer result", nullptr, {}});
    rows.push_back({"unique", "its number of values jumps", nullptr, {}});
    rows.push_back({"histogram", "its counts jump", nullptr, {}});

    along(rows, "sort", "", [](const xg::Tensor& x, std::int64_t axis) { return xg::sort(x, axis).values; });
    along(rows, "sort", "descending, ",
          [](const xg::Tensor& x, std::int64_t axis) { return xg::sort(x, axis, true).values; });
    along(rows, "topk", "", [](const xg::Tensor& x, std::int64_t axis) {
        return xg::topk(x, std::min<std::int64_t>(2, x.size(axis)), axis).values;
    });
    along(rows, "topk", "the least, ", [](const xg::Tensor& x, std::int64_t axis) {
        return xg::topk(x, x.size(axis), axis, {.largest = false, .sorted = false}).values;
    });
    one(
        rows, "topk", "none", [](const Inputs& in) { return xg::topk(in[0], 0).values; }, values(35, {3}));
    const auto nonempty = [](const xg::Tensor& x, std::int64_t axis) { return x.size(axis) > 0; };
    along(rows, "kthvalue", "", [=](const xg::Tensor& x, std::int64_t axis) {
        return nonempty(x, axis) ? xg::kthvalue(x, x.size(axis), axis, true).values : x;
    });
    along(rows, "median", "",
          [=](const xg::Tensor& x, std::int64_t axis) { return nonempty(x, axis) ? xg::median(x, axis).values : x; });
    one(
        rows, "median", "of everything", [](const Inputs& in) { return xg::median(in[0].transpose()); },
        values(36, {2, 3}));
    for (const auto method : {xg::QuantileMethod::linear, xg::QuantileMethod::lower, xg::QuantileMethod::higher,
                              xg::QuantileMethod::midpoint, xg::QuantileMethod::nearest}) {
        const std::string about = "method " + std::to_string(static_cast<int>(method)) + ", ";
        one(
            rows, "quantile", about + "of everything",
            [=](const Inputs& in) { return xg::quantile(in[0], 0.3, {}, {.method = method}); }, values(37, {2, 3}));
        rows.push_back({"quantile",
                        about + "several, apart axes, kept",
                        [=](const Inputs& in) {
                            return xg::quantile(in[0], in[1], {0, 2}, {.keepdims = true, .method = method});
                        },
                        {values(38, {2, 3, 2}), xg::tensor({0.05, 0.4, 0.85}, support::f64)}});
        rows.push_back({"quantile",
                        about + "one element",
                        [=](const Inputs& in) { return xg::quantile(in[0], 0.5, {0}, {.method = method}); },
                        {values(39, {1, 2})}});
    }
    rows.push_back({"quantile",
                    "its share is a variable",
                    [](const Inputs& in) { return xg::quantile(in[0], in[1], 1); },
                    {values(40, {2, 4}), xg::tensor(0.45, support::f64)}});
    rows.push_back(
        {"quantile", "no rows", [](const Inputs& in) { return xg::quantile(in[0], 0.5, 1); }, {values(1, {0, 2})}});
    one(
        rows, "bincount", "weights",
        [](const Inputs& in) {
            return xg::bincount(xg::tensor({3, 0, 3, 1}), in[0].slice(0, 0, 8, 2), 6);
        },
        values(41, {8}));
    one(
        rows, "bincount", "no weights",
        [](const Inputs& in) { return xg::bincount(xg::zeros({0}, {.dtype = xg::int64}), in[0], 2); }, values(41, {0}));
}

void probabilities(std::vector<Row>& rows) {
    along(rows, "softmax", "", xg::softmax);
    along(rows, "log_softmax", "", xg::log_softmax);
    along(rows, "softmin", "", xg::softmin);
    one(
        rows, "softmax", "rank 0", [](const Inputs& in) { return xg::softmax(in[0], 0); }, values(1, {}));
    one(
        rows, "log_softmax", "rank 0", [](const Inputs& in) { return xg::log_softmax(in[0], -1); }, values(1, {}));
    one(
        rows, "softmax", "far out", [](const Inputs& in) { return xg::softmax(in[0], 0); },
        xg::tensor({-900.0, 800.0, 799.5, 0.0}, support::f64));
    one(
        rows, "log_softmax", "far out", [](const Inputs& in) { return xg::log_softmax(in[0], 0); },
        xg::tensor({-900.0, 800.0, 799.5, 0.0}, support::f64));
    one(
        rows, "softmax", "a long row", [](const Inputs& in) { return xg::softmax(in[0], 1).slice(1, 0, 40, 13); },
        values(42, {1, 40}));
    one(
        rows, "log_softmax", "a long row",
        [](const Inputs& in) { return xg::log_softmax(in[0], 1).slice(1, 0, 40, 13); }, values(42, {1, 40}));
    one(
        rows, "softmax", "columns", [](const Inputs& in) { return xg::softmax(in[0], 0).slice(1, 0, 20, 7); },
        values(43, {2, 20}));
    one(
        rows, "log_softmax", "columns", [](const Inputs& in) { return xg::log_softmax(in[0], 0).slice(1, 0, 20, 7); },
        values(43, {2, 20}));
}

}  // namespace

std::vector<Row> order_rows() {
    std::vector<Row> rows;
    scans(rows);
    sorting(rows);
    probabilities(rows);
    return rows;
}
