// SPDX-License-Identifier: Apache-2.0
// The contents of a sweep's file, listed once for the writer and the reader, which pass the visitors of
// result_layout.hpp. Besides these numbers the root's attributes are those of every result file, and the dataset "axes"
// says in JSON what the axes are: [{"name": …, "words": [...], "logarithmic": …}, …]; the values of the axis NAME are
// the dataset axis_NAME.
#pragma once

#include <string>
#include <vector>

#include "host/results/result_layout.hpp"
#include "host/results/sweep_columns.hpp"
#include "host/sweep_record.hpp"

namespace gumbelcuda::sweep_layout {

inline constexpr char format_name[] = "gumbelcuda sweep";
inline constexpr std::uint64_t format_version = 1;

// What shapes the datasets, and what else is an attribute.
struct sizes {
  std::uint64_t num_gans = 0, first_gan = 0, history_gans = 0, most_knots = 1;
  std::int64_t most_classes = 0, most_epochs = 0;
  std::int64_t steps_per_epoch = 0, data_order = 0;
  std::uint64_t data_count = 0, data_hash = 0;
  int gradient_samples = 0;
};

template <class Sizes, class Visitor>
void visit_numbers(Sizes& all, Visitor&& visitor) {
  visitor.number("num_gans", all.num_gans);
  visitor.number("first_gan", all.first_gan);
  visitor.number("classes", all.most_classes);
  visitor.number("epochs_at_most", all.most_epochs);
  visitor.number("temperature_knots_at_most", all.most_knots);
  visitor.number("history_gans", all.history_gans);
  visitor.number("steps_per_epoch", all.steps_per_epoch);
  visitor.number("data_order", all.data_order);
  visitor.number("data_count", all.data_count);
  visitor.number("data_hash", all.data_hash);
  visitor.number("gradient_samples", all.gradient_samples);
}

struct dimensions {
  result_layout::dimension gan, one_class, knot, epoch, history_gan;
};
inline dimensions dimensions_of(const sizes& all) {
  return {{"gan", all.num_gans, all.first_gan},
          {"class", static_cast<std::uint64_t>(all.most_classes), 0},
          {"knot", all.most_knots, 0},
          {"epoch", static_cast<std::uint64_t>(all.most_epochs), 1},
          {"history_gan", all.history_gans, all.first_gan}};
}

template <class Visitor>
void visit_scales(const sizes& all, Visitor&& visitor) {
  const dimensions sides = dimensions_of(all);
  visitor.scale(sides.gan, "[gan] its row of the noise stream");
  visitor.scale(sides.one_class, "[class] its number");
  visitor.scale(sides.knot, "[knot] its number in a schedule of the temperature");
  if (all.history_gans == 0) return;
  visitor.scale(sides.epoch, "[epoch] its number, from 1");
  visitor.scale(sides.history_gan, "[history_gan] row of the noise stream of a GAN whose history was kept");
}

// `logits` says whether there are initial logits.
template <class Columns, class Visitor>
void visit_settings(const sizes& all, Columns& columns, bool logits, Visitor&& visitor) {
  const auto [gan, one_class, knot, epoch, history_gan] = dimensions_of(all);
  const auto rates = [&, gan = gan](const char* name, auto& values, const char* about) {
    visitor.rates(name, values, gan, about);
  };
  visitor.rows("target", columns.target, gan, one_class, "[class] or [gan][class] to learn; 0 beyond a GAN's classes");
  if (logits)
    visitor.rows("initial_logits", columns.initial_logits, gan, one_class, "[class] or [gan][class] at the start");
  rates("seed", columns.seed, "of the noise");
  rates("generator_learning_rate", columns.generator_learning_rate, "one for all or [gan]");
  rates("discriminator_learning_rate", columns.discriminator_learning_rate, "one for all or [gan]");
  rates("beta_1", columns.beta_1, "of both optimizers");
  rates("beta_2", columns.beta_2, "of both optimizers");
  rates("epsilon", columns.epsilon, "of both optimizers");
  rates("temperature_shape", columns.temperature_shape, "0 linear, 1 exponential, 2 cosine");
  rates("temperature_knots", columns.temperature_knots, "how many a schedule has; 1: the temperature is constant");
  visitor.rows("temperature_step", columns.temperature_step, gan, knot, "[knot] or [gan][knot] the last one repeated");
  visitor.rows("temperature", columns.temperature, gan, knot, "[knot] or [gan][knot] of the Gumbel-softmax there");
  rates("batch_size", columns.batch_size, "samples an update");
  rates("generator_steps", columns.generator_steps, "generator updates after each discriminator update");
  rates("epochs", columns.epochs, "of training, if the GAN does not stop before");
  rates("hidden_layers", columns.hidden_layers, "of the discriminator");
  rates("hidden_width_1", columns.hidden_width[0], "of the first; 0: there is none");
  rates("hidden_width_2", columns.hidden_width[1], "of the second; 0: there is none");
  rates("hidden_width_3", columns.hidden_width[2], "of the third; 0: there is none");
  rates("activation", columns.activation, "0 leaky_relu, 1 tanh");
  rates("initializer", columns.initializer, "0 glorot_uniform, 1 he_uniform");
  rates("loss", columns.loss, "0 non_saturating, 1 saturating, 2 hinge, 3 wasserstein");
  rates("weight_clip", columns.weight_clip, "0: none");
  rates("gradient_penalty", columns.gradient_penalty, "0: none");
  rates("estimator", columns.estimator, "0 relaxed, 1 straight_through, 2 gumbel_rao, 3 score_function");
  rates("inner_samples", columns.inner_samples, "of gumbel_rao");
  rates("optimizer", columns.optimizer, "0 adam, 1 adam_pytorch, 2 sgd, 3 rmsprop");
  rates("smoothing", columns.smoothing, "0 none, 1 gumbel_softmax, 2 label, 3 normal");
  rates("smoothing_amount", columns.smoothing_amount, "of label and normal");
}

// Numbers that all GANs share and that are not whole.
template <class Values, class Visitor>
void visit_limits(Values& until_total_variation, Values& tolerance, Visitor&& visitor) {
  visitor.array("until_total_variation", until_total_variation, {}, "a GAN stops when it is this near; -1: none does");
  visitor.array("tolerance", tolerance, {}, "total variation up to which a GAN counts as converged");
}

// The results; those that are not plain numbers in memory are `classes` and `outcome`.
template <class Result, class Integers, class Visitor>
void visit_results(const sizes& all, Result& result, Integers& classes, Integers& outcome, Visitor&& visitor) {
  const auto [gan, one_class, knot, epoch, history_gan] = dimensions_of(all);
  const result_layout::shape gans{gan}, rows{gan, one_class};
  visitor.array("gan_classes", classes, gans, "[gan] classes of a GAN; its rows are 0 beyond them");
  visitor.array("outcome", outcome, gans, "[gan] 0 all epochs, 1 converged before, 2 diverged");
  visitor.array("trained_epochs", result.epochs, gans, "[gan] epochs until then");
  visitor.array("trained_steps", result.steps, gans, "[gan] discriminator updates until then");
  visitor.array("total_variation", result.total_variation, gans, "[gan] to the target; NaN where the GAN diverged");
  visitor.array("generator_loss", result.generator_loss, gans, "[gan] expected, at the final parameters");
  visitor.array("discriminator_loss", result.discriminator_loss, gans, "[gan] expected, at the final parameters");
  if (all.gradient_samples > 0) {
    visitor.array("nonzero_gradients", result.nonzero_gradients, gans,
                  "[gan] share of single samples' gradients with respect to the logits that is not exactly 0");
    visitor.array("gradient_variance", result.gradient_variance, gans, "[gan] theirs, summed over the logits");
  }
  visitor.array("distribution", result.distribution, rows, "[gan][class] learned: softmax(logits)");
  visitor.array("logits", result.logits, rows, "[gan][class] the generator's parameters");
}

template <class Histories, class Visitor>
void visit_histories(const sizes& all, Histories& histories, Visitor&& visitor) {
  if (all.history_gans == 0) return;
  const auto [gan, one_class, knot, epoch, history_gan] = dimensions_of(all);
  const result_layout::shape epochs{history_gan, epoch};
  visitor.array("history", histories.history, {history_gan, epoch, one_class},
                "[history_gan][epoch][class] learned after each epoch; from the GAN's end on, what it was then");
  visitor.array("history_total_variation", histories.history_total_variation, epochs, "[history_gan][epoch]");
  visitor.array("history_generator_loss", histories.history_generator_loss, epochs, "[history_gan][epoch]");
  visitor.array("history_discriminator_loss", histories.history_discriminator_loss, epochs, "[history_gan][epoch]");
}

// After the axes' list has been written or read.
template <class Axes, class Visitor>
void visit_axes(const sizes& all, Axes& axes, Visitor&& visitor) {
  const result_layout::shape gans{dimensions_of(all).gan};
  for (auto& axis : axes)
    visitor.array(("axis_" + axis.name).c_str(), axis.value, gans, "[gan] its value on this axis, or a word's number");
}

}  // namespace gumbelcuda::sweep_layout
