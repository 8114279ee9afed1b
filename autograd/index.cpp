#include <algorithm>
#include <cstring>
#include <string>

#include <xgrad/autograd/creation.hpp>
#include <xgrad/autograd/detail/copying.hpp>
#include <xgrad/autograd/detail/elementwise.hpp>
#include <xgrad/autograd/detail/index_kernels.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/detail/parts.hpp>
#include <xgrad/autograd/indexing.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

// Python's square brackets.

namespace xg {

using detail::body;
using detail::check_defined;
using detail::data_as;
using detail::dense;
using detail::make_tensor;
using detail::Part;

namespace {

/// What entries mean for an array: a regular part of it, and index arrays on some of the part's axes.
class Entries {
public:
    Entries(const char* operation, const Shape& shape, const std::vector<IndexEntry>& entries)
        : part(shape), operation_(operation), shape_(shape), entries_(entries) {
        part.shown = Shape();
        std::size_t consumed = 0;
        for (const IndexEntry& e : entries) {
            const auto* t = std::get_if<Tensor>(&e.value());
            if (t != nullptr) check_tensor(*t);
            const bool mask = t != nullptr && body(*t).dtype == boolean;
            const bool axis =
                std::holds_alternative<std::int64_t>(e.value()) || std::holds_alternative<Slice>(e.value());
            consumed += mask ? body(*t).shape.rank() : axis || t != nullptr ? 1 : 0;
        }
        if (consumed > shape.rank())
            throw IndexError(std::string(operation) + ": entries for " + std::to_string(consumed) +
                             " axes are too many for the shape " + shape.str());
        rest_ = shape.rank() - consumed;
        bool open = true;
        for (const IndexEntry& e : entries) {
            if (std::holds_alternative<Ellipsis>(e.value()) && !std::exchange(open, false))
                throw ValueError(std::string(operation) + ": expected Ellipsis at most once");
            std::visit([&](const auto& value) { add(value); }, e.value());
        }
        if (open) add(Ellipsis{});
    }

    Part part;
    /// int64 each, with the axes of the part, ascending, on which they are; and of x, for messages.
    std::vector<Tensor> arrays;
    std::vector<std::size_t> axes, axes_of_x;
    /// Whether all stand side by side, and before which of the axes that have no array.
    bool adjacent = true;
    std::size_t place = 0;

    /// How many of x's last axes stay whole.
    std::size_t whole() const {
        const bool last = entries_.empty() || std::holds_alternative<Ellipsis>(entries_.back().value());
        const bool none = std::none_of(entries_.begin(), entries_.end(),
                                       [](const IndexEntry& e) { return std::holds_alternative<Ellipsis>(e.value()); });
        return last || none ? rest_ : 0;
    }

private:
    void check_tensor(const Tensor& t) {
        check_defined(t, operation_);
        has_arrays_ = true;
        if (is_floating(body(t).dtype))
            throw DTypeError(std::string(operation_) + ": expected indices of int64 or a bool mask, got " +
                             name(body(t).dtype));
    }

    /// Notes an index of an array (or beside one).
    void advanced() {
        if (state_ == 0) place = part.shown.rank() - arrays.size();
        if (state_ == 2) adjacent = false;
        state_ = 1;
    }
    void between() { state_ = state_ == 1 ? 2 : state_; }
    void show(std::int64_t axis) { part.shown = part.shown.inserted(part.shown.rank(), axis); }
    void add_array(const Tensor& indices, std::int64_t axis) {
        advanced();
        axes.push_back(part.shown.rank());
        axes_of_x.push_back(next_);
        arrays.push_back(indices);
        show(axis);
    }

    void add(std::int64_t i) {
        const std::int64_t n = shape_[next_];
        if (i < -n || i >= n)
            throw IndexError(std::string(operation_) + ": index " + std::to_string(i) + " is out of range for axis " +
                             std::to_string(next_) + " of the shape " + shape_.str());
        if (has_arrays_) advanced();
        part.start[next_] = i < 0 ? i + n : i;
        part.count[next_++] = 1;
    }
    void add(const Slice& slice) {
        if (slice.step == 0) throw ValueError(std::string(operation_) + ": expected a step other than 0");
        between();
        part.slice(next_, slice.start.value_or(Part::kOpen), slice.stop.value_or(Part::kOpen), slice.step);
        show(static_cast<std::int64_t>(next_++));
    }
    void add(Ellipsis) {
        between();
        for (std::size_t k = 0; k < rest_; ++k) show(static_cast<std::int64_t>(next_++));
    }
    void add(NewAxis) {
        between();
        show(-1);
    }
    void add(const Tensor& t) {
        if (body(t).dtype == int64) {
            add_array(t, static_cast<std::int64_t>(next_));
            ++next_;
            return;
        }
        const Shape& mask = body(t).shape;
        if (mask.empty()) return add_array(zeros({t.item() != 0 ? 1 : 0}, {.dtype = int64}), -1);
        const Shape here(shape_.data() + next_, mask.rank());
        if (!(mask == here))
            throw IndexError(std::string(operation_) + ": expected a mask of shape " + here.str() + " for axis " +
                             std::to_string(next_) + " of the shape " + shape_.str() + ", got " + mask.str());
        const Tensor at = nonzero(t).transpose().contiguous();
        for (std::int64_t k = 0; k < at.size(0); ++k, ++next_) add_array(at[k], static_cast<std::int64_t>(next_));
    }

    const char* operation_;
    const Shape& shape_;
    const std::vector<IndexEntry>& entries_;
    std::size_t next_ = 0, rest_ = 0;
    int state_ = 0;  // 0 before the first array, 1 among them, 2 behind
    bool has_arrays_ = false;
};

/// The places that arrays on neighbouring axes of `sizes` name together, as positions in these axes flattened.
Tensor joint_positions(const char* operation, const Entries& e, const Shape& sizes, const Shape& shape) {
    Shape common;
    for (const Tensor& t : e.arrays) common = detail::broadcast_shape(common, body(t).shape, operation);
    if (e.arrays.size() == 1) return e.arrays[0];
    const Tensor y = zeros(common, {.dtype = int64});
    std::int64_t step = 1;
    for (std::size_t k = e.arrays.size(); k-- > 0; step *= sizes[k]) {
        const Tensor t = dense(broadcast_to(e.arrays[k], common));
        detail::add_positions(data_as<std::int64_t>(t), body(t).numel, sizes[k], step, data_as<std::int64_t>(y),
                              {operation, e.axes_of_x[k], shape});
    }
    return y;
}

/// x[entries…]; errors name the shape `of`, of which x has the first axes.
Tensor indexed(const char* operation, const Tensor& x, const std::vector<IndexEntry>& entries, const Shape& of) {
    const Shape shape = body(x).shape;
    const Entries e(operation, shape, entries);
    Tensor v = detail::take_part(operation, x, e.part);
    if (e.arrays.empty()) return v;
    // The axes with arrays side by side.
    const std::size_t n = e.axes.size(), rank = body(v).shape.rank();
    std::size_t first = e.axes[0];
    if (e.axes.back() - first + 1 != n) {
        Shape order = Shape::filled(rank, 0);
        std::size_t kept = n;
        for (std::size_t i = 0; i < rank; ++i) {
            const auto found = std::find(e.axes.begin(), e.axes.end(), i);
            order[found != e.axes.end() ? static_cast<std::size_t>(found - e.axes.begin()) : kept++] =
                static_cast<std::int64_t>(i);
        }
        v = permute(v, order);
        first = 0;
    }
    const Shape &now = body(v).shape, sizes(now.data() + first, n);
    const Tensor at = joint_positions(operation, e, sizes, of);
    if (n > 1) {
        Shape joined = now;
        joined[first] = sizes.elements();
        for (std::size_t k = 1; k < n; ++k) joined = joined.erased(first + 1);
        v = v.reshape(joined);
    }
    Tensor y = detail::take_entries(operation, v, at, first, {operation, e.axes_of_x[0], of});
    // Where the arrays' axes belong.
    const std::size_t place = e.adjacent ? e.place : 0, width = body(at).shape.rank();
    if (place == first || width == 0) return y;
    Shape order = Shape::filled(body(y).shape.rank(), 0);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < order.rank(); ++i) {
        if (kept == first) kept += width;
        order[i] = static_cast<std::int64_t>(i >= place && i < place + width ? first + i - place : kept++);
    }
    return permute(y, order);
}

/// x with its part replaced by `values`, which broadcast to it.
Tensor with_part(const Tensor& x, const Part& part, const Tensor& values) {
    Tensor y = detail::dense(x, true);
    const Shape shape = part.shape(), strides = body(y).strides;
    detail::copy_strided(shape, body(y).dtype, body(y).data + part.offset(strides) * item_size(body(y).dtype),
                         part.strides(strides), body(values).data, detail::broadcast_strides(values, shape));
    return detail::record(
        "index_put", std::move(y),
        detail::wrt(x, [part](const Tensor& g) { return with_part(g, part, zeros({}, {.dtype = body(g).dtype})); }),
        detail::wrt(values, [part](const Tensor& g) { return detail::take_part("take_part", g, part); }));
}

/// x, a matrix, with row at[i] replaced by row i of `values`.
Tensor with_rows(const Tensor& x, const Tensor& at, const Tensor& values) {
    Tensor y = detail::dense(x, true);
    const Shape& shape = body(x).shape;
    const Tensor from = dense(values);
    detail::put_rows({1, shape[0], shape[1], body(at).numel}, body(x).dtype, body(y).data, data_as<std::int64_t>(at),
                     body(from).data, {"index_put", 0, shape});
    return detail::record(
        "index_put", std::move(y),
        detail::wrt(x,
                    [at](const Tensor& g) {
                        const Shape rows{body(at).numel, body(g).shape[1]};
                        return with_rows(g, at, broadcast_to(zeros({}, {.dtype = body(g).dtype}), rows));
                    }),
        detail::wrt(values, [at](const Tensor& g) {
            // Of rows for one place the last was stored.
            const Tensor number = arange(0, body(at).numel).reshape({-1, 1});
            const Tensor last = take(with_rows(zeros({body(g).shape[0], 1}, {.dtype = int64}), at, number), at, 0);
            return where(last == number, take(g, at, 0), 0);
        }));
}

}  // namespace

Tensor index(const Tensor& x, const std::vector<IndexEntry>& entries) {
    check_defined(x, "index");
    return indexed("index", x, entries, body(x).shape);
}

Tensor index_put(const Tensor& x, const std::vector<IndexEntry>& entries, const Tensor& values, bool accumulate) {
    check_defined(x, "index_put");
    check_defined(values, "index_put");
    if (body(x).dtype != body(values).dtype)
        throw DTypeError(std::string("index_put: expected values of ") + name(body(x).dtype) + ", got " +
                         name(body(values).dtype));
    const Shape shape = body(x).shape;
    const Entries e("index_put", shape, entries);
    const auto check_values = [&](const Shape& to) {
        const Shape& from = body(values).shape;
        bool fits = from.rank() <= to.rank();
        for (std::size_t i = 0; fits && i < from.rank(); ++i) {
            const std::int64_t size = from[from.rank() - 1 - i];
            fits = size == 1 || size == to[to.rank() - 1 - i];
        }
        if (!fits)
            throw ShapeError("index_put: values of shape " + from.str() + " do not broadcast to " + to.str() +
                             ", the shape of what is indexed");
    };
    if (e.arrays.empty()) {
        const Shape to = e.part.shape();
        check_values(to);
        if (!accumulate) return with_part(x, e.part, values);
        return x + detail::put_part(broadcast_to(values, to), e.part, shape);
    }
    // Rows of the last axes that stay whole, by their numbers.
    const std::size_t lead = shape.rank() - e.whole();
    const Shape outer(shape.data(), lead), inner(shape.data() + lead, e.whole());
    const Tensor numbers = indexed("index_put", arange(0, outer.elements()).reshape(outer), entries, shape);
    Shape to = body(numbers).shape;
    for (const std::int64_t size : inner) to = to.inserted(to.rank(), size);
    check_values(to);
    const Tensor rows = x.reshape({outer.elements(), inner.elements()});
    const Tensor at = dense(numbers.reshape({body(numbers).numel}));
    const Tensor by = broadcast_to(values, to).reshape({body(at).numel, inner.elements()});
    return (accumulate ? index_add(rows, 0, at, by) : with_rows(rows, at, by)).reshape(shape);
}

}  // namespace xg
