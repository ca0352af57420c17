// SPDX-License-Identifier: Apache-2.0
// A step of GANs of a sweep, one in each element of a lane: what detail/gan/direct_gan.hpp does, for every
// discriminator, loss, estimator and optimiser, with settings that differ from GAN to GAN. Of the article's GAN it
// gives the same bytes.
#pragma once

#include "gumbelcuda/detail/gan/batch_sum.hpp"
#include "gumbelcuda/detail/gan/direct_gan.hpp"
#include "gumbelcuda/detail/gan/race.hpp"
#include "gumbelcuda/detail/sweep/fake_samples.hpp"
#include "gumbelcuda/detail/sweep/losses.hpp"
#include "gumbelcuda/detail/sweep/optimizers.hpp"
#include "gumbelcuda/detail/sweep/perceptron.hpp"
#include "gumbelcuda/detail/sweep/real_samples.hpp"

GUMBELCUDA_MATH_BEGIN

// P: where a GAN's numbers lie, V* or strided<V>. Noise: see lane_noise.hpp. Classes: fixed<K> or bounded<N>.
template <class V, class P, class Noise, class Classes>
class sweep_gan {
  static constexpr int width = lane<V>::width, most_classes = capacity<Classes>::classes;
  static constexpr std::size_t elements = std::size_t(width), most = std::size_t(most_classes);

 public:
  // gans: [width], their numbers in the task. state: shape.state_numbers() lanes; gradient, scratch: as many as the
  // discriminator has parameters.
  GUMBELCUDA_INLINE sweep_gan(const sweep_task& task, const std::uint32_t* gans, Classes classes, P state, P gradient,
                              P scratch, const Noise& noise)
      : task_(task),
        shape_(task.shape),
        order_(gan_shape<int, int>{shape_.classes, shape_.batch, shape_.generator_steps}),
        classes_(classes),
        state_(state),
        gradient_(gradient),
        scratch_(scratch),
        noise_(noise),
        real_(task, gans),
        fakes_(classes, V(1)) {
    alignas(64) float generator_rate[elements], discriminator_rate[elements], epsilon[elements], clip[elements],
        penalty[elements];
    double beta_1[elements], beta_2[elements], powers[4][elements] = {};
    for (int i = 0; i < width; ++i) {
      const sweep_gan_settings& gan = task.gans[gans[i]];
      gans_[i] = gans[i];
      generator_rate[i] = gan.generator_rate;
      discriminator_rate[i] = gan.discriminator_rate;
      epsilon[i] = gan.epsilon;
      clip[i] = gan.weight_clip;
      penalty[i] = gan.gradient_penalty;
      beta_1[i] = gan.beta_1;
      beta_2[i] = gan.beta_2;
      scheduled_ = scheduled_ || task.temperatures[gan.temperature].knot_count > 1;
      if (!task.powers) continue;  // nobody will train it
      for (int n = 0; n < 4; ++n) powers[n][i] = task.powers[std::uint64_t(gans[i]) * 4 + std::uint64_t(n)];
    }
    const optimizer_kind chosen = shape_.problem.optimizer;
    generator_optimizer_.begin(chosen, generator_rate, epsilon, beta_1, beta_2, powers[0], powers[1]);
    discriminator_optimizer_.begin(chosen, discriminator_rate, epsilon, beta_1, beta_2, powers[2], powers[3]);
    clip_ = load_numbers<V>(clip);
    penalty_ = load_numbers<V>(penalty);
    set_temperature(0);
  }

  // Parameters before the first step, and moments.
  GUMBELCUDA_INLINE void start() {
    for (int n = 0; n < shape_.state_numbers(); ++n) state_[n] = V(0);
    for (int k = 0; k < shape_.classes; ++k) {
      alignas(64) float logit[elements];
      for (int i = 0; i < width; ++i)
        logit[i] = task_.initial_logits[std::uint64_t(task_.gans[gans_[i]].initial_logits) * unsigned(shape_.classes) +
                                        unsigned(k)];
      state_[k] = load_numbers<V>(logit);
    }
    const P weights = discriminator();
    const std::uint64_t first_block = shape_.problem.hidden_layers == 0 ? 0 : sweep_noise::weights;
    int word = 0;
    word_of<V> words[4];
    for (int l = 0; l < shape_.layers(); ++l) {
      const int inputs = shape_.inputs(l), outputs = shape_.outputs(l);
      const bool glorot = shape_.problem.initializer == gan_initializer::glorot_uniform;
      using S = scalar_of<V>;
      const V limit = V(uniform_limit<S>(glorot ? inputs + outputs : inputs));
      for (int i = 0; i < inputs * outputs; ++i, ++word) {
        if (word % 4 == 0) noise_.write(first_block + std::uint64_t(word / 4), 1, words);
        weights[shape_.first_weight(l) + i] = limit * uniform_signed<V>(words[word % 4]);
      }
    }
  }

  // Returns false if stopped(), which is asked before each update of the generator, returned true; the GANs must not be
  // used then.
  template <class Stopped>
  GUMBELCUDA_INLINE bool step(std::uint64_t step, Stopped stopped) {
    step_ = step;
    if (scheduled_) set_temperature(step);
    real_.begin_step(order_.real_block(step));
    begin_samples(order_.fake_block(step, 0), sweep_noise::inner_step(shape_, step));
    update_discriminator();
    for (int update = 0; update < shape_.generator_steps; ++update) {
      if (stopped()) return false;
      update_generator(update);
    }
    return true;
  }

  // Of shape.batch samples' gradients with respect to the logits: how many are not 0, and their variance, summed over
  // the logits. `step`: how many updates of the discriminator there have been.
  GUMBELCUDA_INLINE void look_at_gradients(std::uint64_t step, V& nonzero, V& variance) {
    set_temperature(step);
    begin_samples(sweep_noise::gradients, sweep_noise::inner_of_gradients);
    load_weights();
    const V scale = shape_.problem.estimator == gan_estimator::score_function ? V(1) : generator_scale_;
    V mean[most], squares = V(0);
    for (int k = 0; k < classes_; ++k) mean[k] = V(0);
    nonzero = V(0);
    // Welford (Technometrics 4, 1962): the mean and the sum of squares about it, updated sample by sample.
    add_generator_terms(0, 0, [&](int i, const V* terms) {
      V size = V(0);
      for (int k = 0; k < classes_; ++k) {
        const V gradient = terms[k] * scale, off = gradient - mean[k];
        size = max(size, abs(gradient));
        mean[k] = mean[k] + off / V(scalar_of<V>(i + 1));
        squares = fma(off, gradient - mean[k], squares);
      }
      nonzero = nonzero + select(size > V(0), V(1), V(0));
    });
    variance = squares / V(scalar_of<V>(shape_.batch - 1));
  }

  // finite[i]: whether all parameters of GAN i are.
  GUMBELCUDA_INLINE void store_finite(bool* finite) const {
    V sum = V(0);
    for (int n = 0; n < shape_.parameters(); ++n) sum = sum + (state_[n] - state_[n]);
    alignas(64) float sums[elements];
    store_numbers(sum, sums);
    for (int i = 0; i < width; ++i) finite[i] = sums[i] == 0;
  }
  GUMBELCUDA_INLINE void store_powers(int i, double* powers) const {
    powers[0] = generator_optimizer_.power_1(i);
    powers[1] = generator_optimizer_.power_2(i);
    powers[2] = discriminator_optimizer_.power_1(i);
    powers[3] = discriminator_optimizer_.power_2(i);
  }

 private:
  GUMBELCUDA_INLINE P discriminator() const { return state_ + shape_.classes; }
  // With a number of classes that is known when compiling, or an int.
  template <class Parameters>
  GUMBELCUDA_INLINE auto network_of(Parameters parameters) const {
    if constexpr (is_fixed<Classes>)
      return perceptron<V, Parameters, Classes>(shape_, parameters, classes_);
    else
      return perceptron<V, Parameters>(shape_, parameters, shape_.classes);
  }
  GUMBELCUDA_INLINE bool is_logistic() const { return shape_.problem.hidden_layers == 0; }

  // Before samples whose quad 0 has this first block; first_inner: see sweep_noise::inner_block().
  GUMBELCUDA_INLINE void begin_samples(std::uint64_t first_block, std::uint64_t first_inner) {
    fakes_.begin_step(first_block);
    first_inner_ = first_inner;
    for (int k = 0; k < classes_; ++k) logits_[k] = state_[k];
  }

  GUMBELCUDA_INLINE void set_temperature(std::uint64_t step) {
    alignas(64) float numbers[elements];
    for (int i = 0; i < width; ++i)
      numbers[i] = temperature(task_.temperatures[task_.gans[gans_[i]].temperature], step);
    const V t = load_numbers<V>(numbers);
    inverse_temperature_ = inverse_temperature(t);
    generator_scale_ = generator_gradient_scale(t);
    fakes_.set_temperature(t);
    racing_ = shape_.problem.estimator == gan_estimator::relaxed && largest_element(t) <= racing_temperature_limit;
  }

  // Fake sample number `sample` of the step: what the discriminator sees. Returns softmax(z/τ), unless the estimator
  // does without; it is what is seen, or in relaxed_.
  GUMBELCUDA_INLINE const V* fake(int sample, V* seen) {
    const word_of<V>* const words = fakes_.staged_words(sample, noise_);
    if (shape_.problem.estimator == gan_estimator::relaxed) {
      fakes_.draw_words(words, logits_, seen, inverse_temperature_);
      return seen;
    }
    gumbel_scores(logits_, words, 4, relaxed_, classes_);
    one_hot_of_largest(relaxed_, seen, classes_);
    if (shape_.problem.estimator == gan_estimator::straight_through)
      tempered_softmax(relaxed_, relaxed_, inverse_temperature_, classes_);
    return relaxed_;
  }
  GUMBELCUDA_INLINE void real(int sample, V* seen) {
    real_.draw(sample, step_, noise_, inverse_temperature_, terms_, seen);
  }

  // What the discriminator looks at. mixed: a place between a real sample and the fake one of the same number.
  enum class kind { real, fake, mixed };

  // s(x) of sample number `sample` of its kind. x is in seen_; softmax(z/τ) where relaxed_of_seen_ says.
  GUMBELCUDA_INLINE V see(kind of, int sample) {
    if (of != kind::fake) real(sample, of == kind::real ? seen_ : slope_);
    if (of != kind::real) relaxed_of_seen_ = fake(sample, seen_);
    if (of == kind::mixed) {
      if (sample % 4 == 0) noise_.write(sweep_noise::penalty_block(shape_, step_, sample / 4), 1, penalty_words_);
      const V half = V(scalar_of<V>(.5)), share = fma(uniform_signed<V>(penalty_words_[sample % 4]), half, half);
      for (int k = 0; k < classes_; ++k) seen_[k] = fma(share, slope_[k] - seen_[k], seen_[k]);
    }
    return is_logistic() ? judge(weights_, seen_, classes_) : network_of(discriminator()).judge(seen_, h_);
  }

  // Adds what the samples of a kind add to the discriminator's gradient. The terms of logistic regression are summed in
  // the order of math/sum.hpp, those of a perceptron and of the penalty in the order of samples: there are too many of
  // them for slots.
  GUMBELCUDA_INLINE void add_samples(kind of) {
    const gan_loss loss = shape_.problem.loss;
    const auto network = network_of(discriminator());
    const int terms = classes_ + 1;
    sum_.clear(shape_.batch, terms);
    for (int i = 0; i < shape_.batch; ++i) {
      const V s = see(of, i), d = of == kind::real ? d_real_loss(loss, s) : d_fake_loss(loss, s);
      if (of == kind::mixed) {
        network.add_penalty_gradient(penalty_, h_, seen_, gradient_);
      } else if (is_logistic()) {
        fake_terms_of(d, seen_, terms_, classes_);
        sum_.add(shape_.batch, i, terms_, terms);
      } else {
        network.backward(d, h_, d_h_, d_a_);
        network.add_gradient(d, seen_, h_, d_a_, gradient_);
      }
    }
    if (is_logistic() && of != kind::mixed) add_total();
  }
  GUMBELCUDA_INLINE void add_total() {
    const int terms = classes_ + 1;
    const V* const total = sum_.total(shape_.batch, terms);
    for (int n = 0; n < terms; ++n) gradient_[n] = gradient_[n] + total[n];
  }
  // Real samples that are one-hot, for logistic regression: their terms take only K values. Returns false if samples
  // are not one-hot, or a perceptron looks at them.
  GUMBELCUDA_INLINE bool add_real_by_class() {
    if (!is_logistic() || shape_.problem.smoothing != gan_smoothing::none) return false;
    for (int k = 0; k < classes_; ++k) terms_[k] = d_real_loss(shape_.problem.loss, weights_[k] + weights_[classes_]);
    sum_by_class(terms_, real_.words(), shape_.batch, classes_, sum_,
                 [&](int i) { return real_.word(i, step_, noise_); });
    add_total();
    return true;
  }

  // The discriminator's fake samples, if the race can tell which of them are certainly one-hot: those of logistic
  // regression take only K values then. Returns false if it cannot.
  GUMBELCUDA_INLINE bool add_racing_fakes() {
    if constexpr (fake_samples<V, Classes>::can_race) {
      if (!racing_ || !is_logistic()) return false;
      const int width_of_terms = classes_ + 1, batch = shape_.batch;
      const gan_loss loss = shape_.problem.loss;
      for (int k = 0; k < classes_; ++k) slope_[k] = d_fake_loss(loss, weights_[k] + weights_[classes_]);
      sum_.clear(batch, width_of_terms);
      fakes_.begin_races(logits_, weights_, width_of_terms);
      fakes_.for_each_chunk(0, batch, noise_, [&](int begin, int end) {
        for (int sample = begin; sample < end; ++sample) {
          const mask_of<V> certain = fakes_.run_race(sample, begin);
          V* const terms = chunk_terms_[sample - begin];
          terms[classes_] = V(0);
          for (int k = 0; k < classes_; ++k) {
            terms[k] = select(certain & fakes_.has_won(k), slope_[k], V(0));
            terms[classes_] = terms[classes_] + terms[k];  // at most one of them is not zero
          }
        }
        fakes_.template for_each_doubtful<most_classes + 1>(
            begin, end, logits_, weights_, scratch_, width_of_terms, width_of_terms,
            [&](const V* y, const V* weights, V* terms) {
              fake_terms_of(d_fake_loss(loss, judge(weights, y, classes_)), y, terms, classes_);
            },
            [&](int sample, int element, const float* terms) {
              float* const row = reinterpret_cast<float*>(chunk_terms_[sample - begin]) + element;
              for (int n = 0; n < width_of_terms; ++n) row[n * width] = terms[n * width];
            });
        for (int sample = begin; sample < end; ++sample)
          sum_.add(batch, sample, chunk_terms_[sample - begin], width_of_terms);
      });
      add_total();
      return true;
    }
    return false;
  }
  // The race leaves out one-hot samples, whose gradient is 0·slope. The slope of logistic regression is a weight, which
  // the race looks at itself; that of a perceptron is at most (64·limit)⁴, a finite number. Asked after each update of
  // the discriminator.
  GUMBELCUDA_INLINE bool are_slopes_finite() const {
    if (!racing_ || is_logistic()) return true;
    const V limit = V(scalar_of<V>(1e6));
    auto within = abs(discriminator()[0]) < limit;
    for (int n = 1; n < shape_.discriminator_parameters(); ++n) within = within & (abs(discriminator()[n]) < limit);
    return all_elements(within);
  }
  // The generator's samples that are not certainly one-hot: the others have no gradient.
  GUMBELCUDA_INLINE bool add_racing_terms(int update) {
    if constexpr (fake_samples<V, Classes>::can_race) {
      if (!racing_ || !slopes_are_finite_) return false;
      const int first = (update + 1) * shape_.batch, count = shape_.discriminator_parameters();
      const gan_loss loss = shape_.problem.loss;
      fakes_.begin_races(logits_, discriminator(), count);
      fakes_.for_each_chunk(first, shape_.batch, noise_, [&](int begin, int end) {
        for (int sample = begin; sample < end; ++sample) fakes_.run_race(sample, begin);
        fakes_.template for_each_doubtful<most_classes>(
            begin, end, logits_, discriminator(), scratch_, classes_, count,
            [&](const V* y, const V* parameters, V* terms) {
              if (is_logistic()) {
                tempered_softmax_vjp(y, parameters, terms, d_generator_loss(loss, judge(parameters, y, classes_)),
                                     classes_);
              } else {
                const auto network = network_of(parameters);
                const V d = d_generator_loss(loss, network.judge(y, h_));
                network.backward(V(1), h_, d_h_, d_a_);
                network.input_gradient(d_a_, slope_);
                tempered_softmax_vjp(y, slope_, terms, d, classes_);
              }
            },
            [&](int sample, int element, const float* terms) {
              float* const slot = reinterpret_cast<float*>(sum_.slot(shape_.batch, sample - first)) + element;
              for (int k = 0; k < classes_; ++k) slot[k * width] += terms[k * width];
            });
      });
      return true;
    }
    return false;
  }

  GUMBELCUDA_INLINE void update_discriminator() {
    const gan_problem& problem = shape_.problem;
    const int count = shape_.discriminator_parameters();
    for (int n = 0; n < count; ++n) gradient_[n] = V(0);
    load_weights();
    GUMBELCUDA_ROLLED
    for (int n = 0; n < 3; ++n) {
      const kind of = kind(n);
      if (of == kind::real && add_real_by_class()) continue;
      if (of == kind::fake && add_racing_fakes()) continue;
      if (of == kind::mixed && !(problem.gradient_penalty > 0)) continue;
      add_samples(of);
    }
    const V factor = V(1) / V(scalar_of<V>(shape_.batch));
    const optimizer_step<V> optimise = discriminator_optimizer_.next();
    const P p = discriminator(), m = p + shape_.parameters(), v = m + shape_.parameters();
    for (int n = 0; n < count; ++n) {
      optimise(p[n], m[n], v[n], gradient_[n] * factor);
      if (problem.weight_clip > 0) p[n] = min(clip_, max(-clip_, p[n]));  // NaN, the second, passes
    }
    load_weights();
    slopes_are_finite_ = are_slopes_finite();
  }
  // Those of logistic regression lie next to each other while they do not change.
  GUMBELCUDA_INLINE void load_weights() {
    if (is_logistic())
      for (int k = 0; k <= classes_; ++k) weights_[k] = discriminator()[k];
  }

  GUMBELCUDA_INLINE void update_generator(int update) {
    const gan_problem& problem = shape_.problem;
    const bool by_score = problem.estimator == gan_estimator::score_function;
    sum_.clear(shape_.batch, classes_);
    if (!add_racing_terms(update))
      add_generator_terms((update + 1) * shape_.batch, update * shape_.batch,
                          [&](int i, const V* terms) { sum_.add(shape_.batch, i, terms, classes_); });
    const V* const total = sum_.total(shape_.batch, classes_);
    const V factor = (by_score ? V(1) : generator_scale_) / V(scalar_of<V>(shape_.batch));
    const optimizer_step<V> optimise = generator_optimizer_.next();
    const P m = state_ + shape_.parameters(), v = m + shape_.parameters();
    for (int k = 0; k < classes_; ++k) {
      optimise(logits_[k], m[k], v[k], total[k] * factor);
      state_[k] = logits_[k];
    }
  }

  // Passes to put(i, terms) what sample i of a batch adds to the generator's gradient, before the factor 1/τ if the
  // estimator goes through softmax(z/τ). The batch begins with fake sample `first`, whose inner samples are number
  // `first_number`'s. The score function takes a pass of its own over the samples first, which adds up their losses.
  template <class Put>
  GUMBELCUDA_INLINE void add_generator_terms(int first, int first_number, Put put) {
    const gan_problem& problem = shape_.problem;
    const int batch = shape_.batch;
    const bool by_score = problem.estimator == gan_estimator::score_function;
    const bool is_rao = problem.estimator == gan_estimator::gumbel_rao;
    const V log_total = is_rao ? log_normalizer_of(logits_, classes_) : V(0);
    V all_losses = V(0);
    GUMBELCUDA_ROLLED
    for (int pass = by_score ? 0 : 1; pass < 2; ++pass) {
      for (int i = 0; i < batch; ++i) {
        const V s = see(kind::fake, first + i), loss = by_score ? generator_loss(problem.loss, s) : V(0);
        if (pass == 0) {
          sum_.add(batch, i, &loss, fixed<1>{});
        } else if (by_score) {
          score_terms(loss, all_losses);
          put(i, static_cast<const V*>(terms_));
        } else {
          const V d = d_generator_loss(problem.loss, s);
          const V* const slope = slope_of_seen();
          if (is_rao)
            average_inner_terms(first_number + i, log_total, slope, d);
          else
            tempered_softmax_vjp(relaxed_of_seen_, slope, terms_, d, classes_);
          put(i, static_cast<const V*>(terms_));
        }
      }
      if (pass == 1) continue;
      all_losses = *sum_.total(batch, fixed<1>{});
      sum_.clear(batch, classes_);
    }
  }
  // The derivative of s at seen_, after see().
  GUMBELCUDA_INLINE const V* slope_of_seen() {
    if (is_logistic()) return weights_;
    const auto network = network_of(discriminator());
    network.backward(V(1), h_, d_h_, d_a_);
    network.input_gradient(d_a_, slope_);
    return slope_;
  }
  // terms_: (ℓ − the mean of the batch's other losses)·(x − p).
  GUMBELCUDA_INLINE void score_terms(V loss, V all_losses) {
    V advantage = loss;
    if (shape_.batch > 1) advantage = loss - (all_losses - loss) / V(scalar_of<V>(shape_.batch - 1));
    tempered_softmax(logits_, slope_, V(1), classes_);
    for (int k = 0; k < classes_; ++k) terms_[k] = advantage * (seen_[k] - slope_[k]);
  }
  // terms_: the mean over samples whose argmax is that of seen_.
  GUMBELCUDA_INLINE void average_inner_terms(int number, V log_total, const V* slope, V d) {
    const Classes classes = classes_;
    const int samples = shape_.problem.inner_samples;
    for (int k = 0; k < classes; ++k) terms_[k] = V(0);
    for (int m = 0; m < samples; ++m) {
      noise_.write(sweep_noise::inner_block(shape_, first_inner_, number / 4, m), classes, inner_words_);
      scores_given_largest(logits_, seen_, inner_words_ + number % 4, 4, log_total, relaxed_, classes);
      tempered_softmax(relaxed_, relaxed_, inverse_temperature_, classes);
      tempered_softmax_vjp(relaxed_, slope, inner_terms_, d, classes);
      for (int k = 0; k < classes; ++k) terms_[k] = terms_[k] + inner_terms_[k];
    }
    for (int k = 0; k < classes; ++k) terms_[k] = terms_[k] / V(scalar_of<V>(samples));
  }

  const sweep_task& task_;
  sweep_shape shape_;
  noise_order order_;
  Classes classes_;
  P state_, gradient_, scratch_;
  Noise noise_;
  real_samples<V, most_classes> real_;
  fake_samples<V, Classes> fakes_;
  std::uint32_t gans_[elements];
  V clip_, penalty_, inverse_temperature_, generator_scale_;
  optimizer<V> generator_optimizer_, discriminator_optimizer_;
  const V* relaxed_of_seen_ = nullptr;
  bool scheduled_ = false, racing_ = false, slopes_are_finite_ = true;
  std::uint64_t step_ = 0, first_inner_ = 0;

  // Rows of classes: logits, the weights of logistic regression, and scratch.
  V logits_[most], weights_[most + 1], seen_[most], relaxed_[most], slope_[most], terms_[most + 1], inner_terms_[most];
  word_of<V> inner_words_[4 * most], penalty_words_[4];
  V h_[std::size_t(max_units)], d_h_[std::size_t(max_units)], d_a_[std::size_t(max_units)];
  batch_sum<V, most_classes + 1, max_sum_slots> sum_;
  // Of a chunk of raced samples.
  static constexpr std::size_t chunk = std::size_t(fake_samples<V, Classes>::chunk_capacity);
  V chunk_terms_[chunk][most + 1];
};

GUMBELCUDA_MATH_END
