#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>

#include <xgrad/autograd/losses.hpp>
#include <xgrad/nn/module.hpp>

namespace xg::train {

/// The loss of a Trainer: a loss module such as `nn::MSELoss()`, a layer of your own with `forward(prediction,
/// target)`, or a function of the two.
///
/// A module may say more about itself, as those of <xgrad/nn/loss.hpp> do (`nn::LossLayer`): that it works row by row,
/// which lets batches be cut; how much a batch weighs in a mean over several; and the losses of all elements, which
/// weights of samples need. Of a function nothing of that is known.
class XG_EXPORT Loss {
public:
    /// Of a module.
    template <class L>
        requires std::derived_from<L, nn::ModuleBase> &&
            std::is_invocable_r_v<Tensor, const L&, const Tensor&, const Tensor&>
            Loss(const L& layer) : held_(std::make_shared<const Layer<L>>(layer)) {}
        /// Of a function, such as a lambda.
        template <class F>
            requires(!std::derived_from<F, nn::ModuleBase> && !std::same_as<std::remove_cvref_t<F>, Loss> &&
                     std::is_invocable_r_v<Tensor, const F&, const Tensor&, const Tensor&>)
        Loss(F function) : held_(std::make_shared<const Function<F>>(std::move(function))) {}

        /// The loss of a batch.
        Tensor operator()(const Tensor& prediction, const Tensor& target) const {
            return held_->value(prediction, target);
        }
        /// The losses of all elements. Throws ValueError where the loss does not give them.
        Tensor each(const Tensor& prediction, const Tensor& target) const { return held_->each(prediction, target); }
        /// What a mean over this batch counts beside the means over others.
        double weight(const Tensor& target) const { return held_->weight(target); }
        /// Whether it adds losses up instead of taking their mean.
        bool sums() const { return held_->reduction() == LossReduction::sum; }
        /// Whether it gives the losses of all elements, which cannot be differentiated as they are.
        bool gives_elements() const { return held_->reduction() == LossReduction::none; }
        /// Whether the loss of a row depends on that row alone.
        bool is_row_wise() const { return held_->is_row_wise(); }
        /// The class's name, or `function`.
        std::string name() const { return held_->name(); }

    private:
        [[noreturn]] static void gives_no_elements(const std::string& name);

        struct Erased {
            virtual ~Erased() = default;
            virtual Tensor value(const Tensor& prediction, const Tensor& target) const = 0;
            virtual Tensor each(const Tensor&, const Tensor&) const { gives_no_elements(name()); }
            virtual double weight(const Tensor& target) const { return static_cast<double>(target.numel()); }
            virtual LossReduction reduction() const { return LossReduction::mean; }
            virtual bool is_row_wise() const { return false; }
            virtual std::string name() const = 0;
        };
        template <class L>
        struct Layer final : Erased {
            L layer;
            explicit Layer(const L& l) : layer(l) {}
            Tensor value(const Tensor& prediction, const Tensor& target) const override {
                return layer(prediction, target);
            }
            Tensor each(const Tensor& prediction, const Tensor& target) const override {
                if constexpr (requires {
                                  { layer.each(prediction, target) } -> std::convertible_to<Tensor>;
                              })
                    return layer.each(prediction, target);
                else
                    return Erased::each(prediction, target);
            }
            double weight(const Tensor& target) const override {
                if constexpr (requires {
                                  { layer.weight(target) } -> std::convertible_to<double>;
                              })
                    return layer.weight(target);
                else
                    return Erased::weight(target);
            }
            LossReduction reduction() const override {
                if constexpr (requires {
                                  { layer.reduction() } -> std::convertible_to<LossReduction>;
                              })
                    return layer.reduction();
                else
                    return Erased::reduction();
            }
            bool is_row_wise() const override { return layer.is_row_wise(); }
            std::string name() const override { return layer.type(); }
        };
        template <class F>
        struct Function final : Erased {
            F function;
            explicit Function(F f) : function(std::move(f)) {}
            Tensor value(const Tensor& prediction, const Tensor& target) const override {
                return function(prediction, target);
            }
            std::string name() const override { return "function"; }
        };

        std::shared_ptr<const Erased> held_;
};

}  // namespace xg::train
