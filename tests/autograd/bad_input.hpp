#pragma once

#include <functional>
#include <initializer_list>
#include <limits>
#include <string>
#include <typeinfo>
#include <utility>
#include <vector>

#include "support.hpp"

inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
inline constexpr std::int64_t kHuge = std::int64_t{1} << 40;  ///< Its square is more than can be counted.

/// Input that an operation should refuse, or that is at the edge of what it takes.
struct BadInput {
    std::string operation;
    std::string about;
    std::function<xg::Tensor()> call;
    /// What is wrong with how the call ended; empty if all is well. Called with the result, or an undefined tensor
    /// while an exception is being handled.
    std::function<std::string(const xg::Tensor& result)> judge;
};

/// The table, by families; every public operation has rows in it, or the tests fail.
class BadInputs {
public:
    using Call = std::function<xg::Tensor()>;

    /// `call` must throw an E, no class derived from it, whose text names the operation, as in `add: `, and has `parts`
    /// in it.
    template <class E>
    void throws(const std::string& operation, const std::string& about, Call call,
                std::initializer_list<std::string> parts) {
        std::vector<std::string> all(parts);
        all.push_back(operation + ": ");
        rows_.push_back({operation, about, std::move(call), [all](const xg::Tensor& result) -> std::string {
                             if (result.defined()) return "nothing was thrown; the result is " + result.str();
                             try {
                                 throw;
                             } catch (const E& error) {
                                 if (typeid(error) != typeid(E)) return std::string("another type: ") + error.what();
                                 const std::string text = error.what();
                                 for (const std::string& part : all)
                                     if (!support::contains(text, part)) return '"' + part + "\" is not in: " + text;
                                 return "";
                             } catch (const std::exception& error) {
                                 return std::string("another type: ") + error.what();
                             }
                         }});
    }

    /// `call` must give these elements in this shape, but for rounding: NumPy's or PyTorch's answer.
    void gives(const std::string& operation, const std::string& about, Call call, const xg::Shape& shape,
               const std::vector<double>& values);

    const std::vector<BadInput>& rows() const { return rows_; }

private:
    std::vector<BadInput> rows_;
};

void bad_elementwise(BadInputs& rows);
void bad_shapes(BadInputs& rows);
void bad_functions(BadInputs& rows);
void bad_logic(BadInputs& rows);
void bad_activations(BadInputs& rows);
void bad_scans(BadInputs& rows);
void bad_orders(BadInputs& rows);
void bad_counts(BadInputs& rows);
void bad_reductions(BadInputs& rows);
void bad_in_place(BadInputs& rows);
void bad_brackets(BadInputs& rows);
void bad_classes(BadInputs& rows);
void bad_convolutions(BadInputs& rows);
void bad_indexing(BadInputs& rows);
void bad_joining(BadInputs& rows);
void bad_layers(BadInputs& rows);
void bad_recurrent(BadInputs& rows);
void bad_linalg(BadInputs& rows);
void bad_losses(BadInputs& rows);
void bad_matrices(BadInputs& rows);
void bad_moving(BadInputs& rows);
void bad_windows(BadInputs& rows);
