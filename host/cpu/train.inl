// SPDX-License-Identifier: Apache-2.0
// Training on one instruction set: load, loop over gan/step.hpp, store. Included once by each file of
// host/cpu/targets/, which has defined GUMBELCUDA_ISA and the lane types through host/cpu/simd.hpp or not.

GUMBELCUDA_MATH_BEGIN

struct placement {};

}  // namespace GUMBELCUDA_ISA
}  // namespace gumbelcuda

// Our own placement new: the standard's is an inline function that other files share.
GUMBELCUDA_INLINE void* operator new(std::size_t, void* where, gumbelcuda::GUMBELCUDA_ISA::placement) noexcept {
  return where;
}

GUMBELCUDA_MATH_BEGIN

inline class_words real_words_of(const cpu_train_task& task) { return {task.first_word, task.last_word}; }
inline adam_corrections corrections_of(const cpu_train_task& task) { return {task.corrections, task.num_corrections}; }

// Calls body(classes, batch) with fixed<N> for the sizes that are compiled, int for others.
template <class Body>
inline auto with_shape(const cpu_train_task& task, Body body) {
  const auto with_batch = [&](auto classes) {
    return task.batch_size == 10 ? body(classes, fixed<10>{}) : body(classes, task.batch_size);
  };
  switch (task.classes) {
    case 5: return with_batch(fixed<5>{});
#ifndef GUMBELCUDA_ONLY_ARTICLE_SHAPE  // for quick builds: the others say nothing new to a sanitizer
    case 2: return with_batch(fixed<2>{});
    case 3: return with_batch(fixed<3>{});
    case 4: return with_batch(fixed<4>{});
    case 6: return with_batch(fixed<6>{});
    case 7: return with_batch(fixed<7>{});
    case 8: return with_batch(fixed<8>{});
    case 10: return with_batch(fixed<10>{});
    case 16: return with_batch(fixed<16>{});
#endif
    default: return body(task.classes, task.batch_size);
  }
}

inline gan_results results_of(const cpu_train_task& task) {
  return {task.distribution, task.logits, task.weights, task.bias, task.generator_loss, task.discriminator_loss};
}

// Element k·stride of logits and weights is class k's, in a row of its own.
template <class Classes>
struct gan_row {
  float logits[capacity<Classes>::classes], weights[capacity<Classes>::classes + 1];
  gan_row(const float* logits_, const float* weights_, int stride, Classes classes) {
    for (int k = 0; k < classes; ++k) logits[k] = logits_[k * stride];
    for (int k = 0; k <= classes; ++k) weights[k] = weights_[k * stride];
  }
};

template <class Classes>
inline void store_history(const cpu_train_task& task, std::uint64_t gan, std::int64_t epoch, const float* logits,
                          const float* weights, int stride, Classes classes) {
  if (gan >= task.history_gans) return;
  const gan_row<Classes> row(logits, weights, stride, classes);
  float* out = task.history + (gan * std::uint64_t(task.epochs) + std::uint64_t(epoch)) * std::uint64_t(task.classes);
  write_distribution(row.logits, out, classes);
}

// Trains whatever Gan is: `count` GANs from `first` on, GAN i in element i of its lanes. False: stopped.
template <class Gan, class Classes>
inline bool train_gans(Gan& gan, const cpu_train_task& task, std::uint64_t first, int count, int width, Classes classes) {
  gan.start();
  const auto* logits = reinterpret_cast<const float*>(gan.state().logits);
  const auto* weights = reinterpret_cast<const float*>(gan.state().weights);
  const adam_corrections corrections = corrections_of(task);
  const auto stopped = [&] { return task.stopped(task.context); };
  std::uint64_t step = 0;
  for (std::int64_t epoch = 0; epoch < task.epochs; ++epoch) {
    for (std::int64_t i = 0; i < task.steps_per_epoch; ++i, ++step)
      if (!train_step(gan, step, task.generator_steps, corrections, stopped)) return false;
    for (int i = 0; i < count; ++i) store_history(task, first + std::uint64_t(i), epoch, logits + i, weights + i, width, classes);
    task.epoch_done(task.context, count);
  }
  for (int i = 0; i < count; ++i) {
    const gan_row<Classes> row(logits + i, weights + i, width, classes);
    write_results(results_of(task), first + std::uint64_t(i), row.logits, row.weights, task.target, classes);
  }
  return true;
}

// One GAN alone, as Gan<Classes, Batch> does it.
template <template <class, class> class Gan>
inline bool train_alone(const cpu_train_task& task, std::uint64_t gan_index, void* workspace) {
  const gan_hyperparameters<float> hyper{task.generator_rate[gan_index * task.generator_rate_stride],
                                         task.discriminator_rate[gan_index * task.discriminator_rate_stride],
                                         task.temperature[gan_index * task.temperature_stride]};
  const stream_row row{task.seed, task.first_row + gan_index};
  return with_shape(task, [&](auto classes, auto batch) {
    using Classes = decltype(classes);
    using Batch = decltype(batch);
    const gan_shape<Classes, Batch> shape{classes, batch, task.generator_steps};
    auto* gan = new (workspace, placement{}) Gan<Classes, Batch>(shape, row, real_words_of(task), hyper);
    return train_gans(*gan, task, gan_index, 1, 1, classes);
  });
}

GUMBELCUDA_MATH_END
