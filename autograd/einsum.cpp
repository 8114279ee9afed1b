#include <xgrad/autograd/einsum.hpp>

#include <algorithm>
#include <bit>
#include <string>

#include <xgrad/autograd/detail/einsum_spec.hpp>
#include <xgrad/autograd/detail/node.hpp>
#include <xgrad/autograd/linalg.hpp>
#include <xgrad/autograd/math.hpp>
#include <xgrad/autograd/matrices.hpp>
#include <xgrad/autograd/reductions.hpp>
#include <xgrad/autograd/shaping.hpp>
#include <xgrad/core/error.hpp>

namespace xg {

using detail::bit;
using detail::body;
using detail::EinsumSpec;
using detail::Labels;

namespace {

/// A tensor whose axes have labels, each another.
struct Operand {
    Tensor t;
    std::vector<int> labels;

    Labels set() const {
        Labels all = 0;
        for (const int label : labels) all |= bit(label);
        return all;
    }
    std::size_t axis(int label) const {
        return static_cast<std::size_t>(std::find(labels.begin(), labels.end(), label) - labels.begin());
    }
    std::int64_t step(int label) const { return body(t).strides[axis(label)]; }
};

/// t without the axes that have nothing to say: diagonals for labels that come twice, and axes of size 1 taken away.
Operand plain(const Tensor& t, const std::vector<int>& labels) {
    Operand x{t, labels};
    for (std::size_t i = 0; i < x.labels.size(); ++i) {
        for (std::size_t k = i + 1; k < x.labels.size(); ++k) {
            if (x.labels[k] != x.labels[i]) continue;
            x.t = diagonal(x.t, 0, static_cast<std::int64_t>(i), static_cast<std::int64_t>(k));
            // The diagonal's axis is the last one now.
            const int label = x.labels[i];
            x.labels.erase(x.labels.begin() + static_cast<std::ptrdiff_t>(k));
            x.labels.erase(x.labels.begin() + static_cast<std::ptrdiff_t>(i));
            x.labels.push_back(label);
            i = static_cast<std::size_t>(-1);
            break;
        }
    }
    Shape shape = body(x.t).shape;
    for (std::size_t i = x.labels.size(); i-- > 0;) {
        if (shape[i] != 1) continue;
        shape = shape.erased(i);
        x.labels.erase(x.labels.begin() + static_cast<std::ptrdiff_t>(i));
    }
    x.t = x.t.reshape(shape);
    return x;
}

/// x summed over the labels that are not in `needed`.
void sum_others(Operand& x, Labels needed) {
    std::vector<std::int64_t> axes;
    std::vector<int> kept;
    for (std::size_t i = 0; i < x.labels.size(); ++i) {
        if ((needed & bit(x.labels[i])) == 0)
            axes.push_back(static_cast<std::int64_t>(i));
        else
            kept.push_back(x.labels[i]);
    }
    if (axes.empty()) return;
    x.t = sum(x.t, Axes(axes));
    x.labels = std::move(kept);
}

/// x with its axes in the order of `labels`, which are all of its own.
Tensor ordered(const Operand& x, const std::vector<int>& labels) {
    Shape order = Shape::filled(labels.size(), 0);
    for (std::size_t i = 0; i < labels.size(); ++i) order[i] = static_cast<std::int64_t>(x.axis(labels[i]));
    return permute(x.t, order);
}

/// The labels of x that are in `set`, in x's order.
std::vector<int> picked(const Operand& x, Labels set) {
    std::vector<int> labels;
    for (const int label : x.labels)
        if ((set & bit(label)) != 0) labels.push_back(label);
    return labels;
}

std::vector<int> joined(const std::vector<int>& a, const std::vector<int>& b, const std::vector<int>& c = {}) {
    std::vector<int> all = a;
    all.insert(all.end(), b.begin(), b.end());
    all.insert(all.end(), c.begin(), c.end());
    return all;
}

Shape shape_of(const std::vector<int>& labels, const std::vector<std::int64_t>& sizes) {
    Shape shape = Shape::filled(labels.size(), 1);
    for (std::size_t i = 0; i < labels.size(); ++i) shape[i] = sizes[static_cast<std::size_t>(labels[i])];
    return shape;
}

Shape with(const Shape& batch, std::int64_t rows, std::int64_t columns) {
    return batch.inserted(batch.rank(), rows).inserted(batch.rank() + 1, columns);
}

/// x's axes in the order of `labels`, with axes of size 1 for those that it does not have.
Tensor spread(const Operand& x, const std::vector<int>& labels) {
    std::vector<int> own;
    Shape shape = Shape::filled(labels.size(), 1);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if ((x.set() & bit(labels[i])) == 0) continue;
        own.push_back(labels[i]);
        shape[i] = body(x.t).shape[x.axis(labels[i])];
    }
    return ordered(x, own).reshape(shape);
}

/// The product of two operands, summed over the labels that are not in `needed`. `first` says which labels should come first in the result.
Operand multiplied(Operand a, Operand b, Labels needed, const std::vector<int>& first,
                   const std::vector<std::int64_t>& sizes) {
    sum_others(a, needed | b.set());
    sum_others(b, needed | a.set());
    const Labels common = a.set() & b.set(), summed = common & ~needed;
    // The one whose own axes come first in the result stands on the left.
    const auto place = [&](const Operand& x) {
        for (std::size_t i = 0; i < first.size(); ++i)
            if ((x.set() & ~common & bit(first[i])) != 0) return i;
        return first.size();
    };
    if (place(b) < place(a)) std::swap(a, b);
    const std::vector<int> left = picked(a, ~common), right = picked(b, ~common);
    std::vector<int> batch;
    for (const int label : first)
        if ((common & needed & bit(label)) != 0) batch.push_back(label);
    for (const int label : picked(a, common & needed))
        if (std::find(batch.begin(), batch.end(), label) == batch.end()) batch.push_back(label);
    if (summed == 0 || (left.empty() && right.empty())) {
        // No matrices in it: products element by element, and their sum.
        const std::vector<int> axes = joined(batch, joined(left, right));
        const std::vector<int> gone = picked(body(a.t).numel >= body(b.t).numel ? a : b, summed);
        Tensor product = spread(a, joined(axes, gone)) * spread(b, joined(axes, gone));
        Operand result{std::move(product), joined(axes, gone)};
        sum_others(result, needed);
        return result;
    }
    // (batch, left, summed) · (batch, summed, right), with the summed axes in the order that suits the larger operand.
    const std::vector<int> inner = picked(body(a.t).numel >= body(b.t).numel ? a : b, summed);
    const Shape outer = shape_of(batch, sizes), rows = shape_of(left, sizes), columns = shape_of(right, sizes);
    const std::int64_t m = rows.elements(), n = columns.elements(), k = shape_of(inner, sizes).elements();
    const Tensor p = ordered(a, joined(batch, left, inner)).reshape(with(outer, m, k)),
                 q = ordered(b, joined(batch, inner, right)).reshape(with(outer, k, n));
    const std::vector<int> labels = joined(batch, left, right);
    return {matmul(p, q).reshape(shape_of(labels, sizes)), labels};
}

}  // namespace

Tensor einsum(std::string_view text, const std::vector<Tensor>& operands) {
    if (operands.empty()) throw ValueError("einsum: expected at least one operand, got none");
    std::vector<const Shape*> shapes;
    for (const Tensor& t : operands) {
        detail::check_defined(t, "einsum");
        shapes.push_back(&body(t).shape);
    }
    const EinsumSpec spec(text, shapes);
    DType dtype = body(operands[0]).dtype;
    for (const Tensor& t : operands) dtype = promote(dtype, body(t).dtype);
    // Labels of size 1 are nowhere but in the result's shape.
    std::vector<int> output;
    Labels wanted = 0;
    for (const int label : spec.output)
        if (spec.sizes[static_cast<std::size_t>(label)] != 1) {
            output.push_back(label);
            wanted |= bit(label);
        }
    std::vector<Operand> left;
    for (std::size_t i = 0; i < operands.size(); ++i) left.push_back(plain(operands[i].to(dtype), spec.operands[i]));
    const auto needed_beside = [&](std::size_t p, std::size_t q) {
        Labels needed = wanted;
        for (std::size_t i = 0; i < left.size(); ++i)
            if (i != p && i != q) needed |= left[i].set();
        return needed;
    };
    for (std::size_t i = 0; i < left.size(); ++i) sum_others(left[i], needed_beside(i, i));
    if (left.size() > 1) {
        std::vector<Labels> sets;
        for (const Operand& x : left) sets.push_back(x.set());
        for (const auto& [p, q] : detail::contraction_order(sets, wanted, spec.sizes)) {
            Operand product = multiplied(left[p], left[q], needed_beside(p, q), output, spec.sizes);
            left.erase(left.begin() + static_cast<std::ptrdiff_t>(q));
            left.erase(left.begin() + static_cast<std::ptrdiff_t>(p));
            left.push_back(std::move(product));
        }
    }
    const Tensor y = ordered(left[0], output).reshape(shape_of(spec.output, spec.sizes));
    return y;
}

}  // namespace xg
