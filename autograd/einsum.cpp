#include <xgrad/autograd/einsum.hpp>

#include <string>
#include <utility>

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
using detail::LabelList;
using detail::Labels;

namespace {

/// A tensor whose axes have labels, each another.
struct Operand {
    Tensor t;
    LabelList labels;

    Labels set() const { return labels.set(); }
};

/// t without the axes that have nothing to say: diagonals for labels that come twice, and axes of size 1 taken away.
Operand plain(const Tensor& t, const LabelList& labels) {
    Operand x{t, labels};
    for (std::size_t k = 1; k < x.labels.size(); ++k) {
        const int label = x.labels[k];
        const std::size_t first = x.labels.find(label);
        if (first == k) continue;
        x.t = diagonal(x.t, 0, static_cast<std::int64_t>(first), static_cast<std::int64_t>(k));
        // The diagonal's axis is the last one now.
        x.labels.erase(k);
        x.labels.erase(first);
        x.labels.push_back(label);
        k = 0;
    }
    Shape shape = body(x.t).shape;
    for (std::size_t i = x.labels.size(); i-- > 0;) {
        if (shape[i] != 1) continue;
        shape = shape.erased(i);
        x.labels.erase(i);
    }
    x.t = x.t.reshape(shape);
    return x;
}

/// x summed over the labels that are not in `needed`.
void sum_others(Operand& x, Labels needed) {
    if ((x.set() & ~needed) == 0) return;
    std::vector<std::int64_t> axes;
    LabelList kept;
    for (std::size_t i = 0; i < x.labels.size(); ++i) {
        if ((needed & bit(x.labels[i])) == 0)
            axes.push_back(static_cast<std::int64_t>(i));
        else
            kept.push_back(x.labels[i]);
    }
    x.t = sum(x.t, Axes(axes));
    x.labels = kept;
}

/// x with its axes in the order of `labels`, which are all of its own.
Tensor ordered(const Operand& x, const LabelList& labels) {
    Shape order = Shape::filled(labels.size(), 0);
    for (std::size_t i = 0; i < labels.size(); ++i) order[i] = static_cast<std::int64_t>(x.labels.find(labels[i]));
    return permute(x.t, order);
}

/// The labels of x that are in `set`, in x's order.
LabelList picked(const Operand& x, Labels set) {
    LabelList labels;
    for (const int label : x.labels)
        if ((set & bit(label)) != 0) labels.push_back(label);
    return labels;
}

/// The lists one after another; no label is in two of them.
LabelList joined(LabelList a, const LabelList& b, const LabelList& c = {}) {
    a.append(b);
    a.append(c);
    return a;
}

Shape shape_of(const LabelList& labels, const std::vector<std::int64_t>& sizes) {
    Shape shape = Shape::filled(labels.size(), 1);
    for (std::size_t i = 0; i < labels.size(); ++i) shape[i] = sizes[static_cast<std::size_t>(labels[i])];
    return shape;
}

Shape with(const Shape& batch, std::int64_t rows, std::int64_t columns) {
    return batch.inserted(batch.rank(), rows).inserted(batch.rank() + 1, columns);
}

/// x's axes in the order of `labels`, with axes of size 1 for those that it does not have.
Tensor spread(const Operand& x, const LabelList& labels) {
    LabelList own;
    Shape shape = Shape::filled(labels.size(), 1);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const std::size_t axis = x.labels.find(labels[i]);
        if (axis == x.labels.size()) continue;
        own.push_back(labels[i]);
        shape[i] = body(x.t).shape[axis];
    }
    return ordered(x, own).reshape(shape);
}

/// The product element by element, summed over what is not in `needed`.
Operand spread_product(const Operand& a, const Operand& b, const LabelList& axes, Labels needed,
                       const std::vector<std::int64_t>& sizes) {
    detail::checked_elements(shape_of(axes, sizes), body(a.t).dtype, "einsum");
    Operand result{spread(a, axes) * spread(b, axes), axes};
    sum_others(result, needed);
    return result;
}

/// The product of two operands, summed over the labels that are not in `needed`. `first` says which labels should come
/// first in the result.
Operand multiplied(Operand a, Operand b, Labels needed, const LabelList& first,
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
    const LabelList left = picked(a, ~common), right = picked(b, ~common);
    const Operand& larger = body(a.t).numel >= body(b.t).numel ? a : b;
    // Where there are no matrices in it: memory is walked through as the larger operand lies, if it has all axes.
    if ((summed == 0 || right.empty()) && left.empty()) return spread_product(a, b, b.labels, needed, sizes);
    if (summed == 0 && right.empty()) return spread_product(a, b, a.labels, needed, sizes);
    LabelList batch;
    for (const int label : first)
        if ((common & needed & bit(label)) != 0) batch.push_back(label);
    for (const int label : picked(a, common & needed))
        if (batch.find(label) == batch.size()) batch.push_back(label);
    if (summed == 0) return spread_product(a, b, joined(batch, left, right), needed, sizes);
    // (batch, left, summed) · (batch, summed, right), with the summed axes in the order that suits the larger operand.
    const LabelList inner = picked(larger, summed);
    const Shape outer = shape_of(batch, sizes), rows = shape_of(left, sizes), columns = shape_of(right, sizes);
    const std::int64_t m = rows.elements(), n = columns.elements(), k = shape_of(inner, sizes).elements();
    const Tensor p = ordered(a, joined(batch, left, inner)).reshape(with(outer, m, k)),
                 q = ordered(b, joined(batch, inner, right)).reshape(with(outer, k, n));
    const LabelList labels = joined(batch, left, right);
    detail::checked_elements(shape_of(labels, sizes), body(a.t).dtype, "einsum");
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
    detail::checked_elements(shape_of(spec.output, spec.sizes), dtype, "einsum");
    // Labels of size 1 are nowhere but in the result's shape.
    LabelList output;
    Labels wanted = 0;
    for (const int label : spec.output)
        if (spec.sizes[static_cast<std::size_t>(label)] != 1) {
            output.push_back(label);
            wanted |= bit(label);
        }
    std::vector<Operand> left;
    left.reserve(operands.size());
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
