// SPDX-License-Identifier: Apache-2.0
// The operations of gumbelcuda/gumbel.hpp on one row, from memory to memory, for a part of the row (part.hpp). GPU
// threads and CPU threads run this same text. What differs between them are template parameters:
//
//   Memory   reads and writes quads of a row: direct_memory below, or staged_memory, which goes through shared memory
//            (kernels/rows/staged_memory.cuh). All parts call open(rows, r) before the reads of a row, create(rows, r)
//            before its writes, and close() after them
//   Cache    cached_quads or uncached_quads, see softmax.hpp
//   Gumbels  drawn_gumbels or supplied_gumbels, see gumbels.hpp
#pragma once

#include "gumbelcuda/detail/rows/gumbel_max.hpp"
#include "gumbelcuda/detail/rows/gumbels.hpp"
#include "gumbelcuda/detail/rows/strides.hpp"
#include "gumbelcuda/gumbel.hpp"

GUMBELCUDA_MATH_BEGIN

// The task that writes gumbel_out.
GUMBELCUDA_INLINE gumbel_noise_task gumbel_out_task(const gumbel_softmax_task& task) {
  return {task.rows, task.classes, task.type, task.noise, task.gumbel_out};
}

// Four numbers that one load or store moves, if they lie at a multiple of their size.
template <class Stored>
struct alignas(quad_size * sizeof(Stored)) stored_quad {
  Stored value[quad_size];
};

// narrow() of a number that is not NaN.
template <class Stored>
GUMBELCUDA_INLINE Stored narrow_number(computed_of<Stored> x) {
  if constexpr (std::is_same_v<Stored, computed_of<Stored>>)
    return x;
  else
    return narrow<Stored>(x);
}

// The memory of one row, quad by quad. With Strided false the caller knows that classes lie next to each other: a
// thread with many quads then holds one address for all of them. Index: a type for the numbers of classes and quads.
template <class Stored, bool Strided = true, class Index = std::uint64_t>
class direct_memory {
 public:
  using V = computed_of<Stored>;

  GUMBELCUDA_INLINE explicit direct_memory(std::uint64_t classes) : classes_(Index(classes)) {}

  GUMBELCUDA_INLINE void open(const const_rows& rows, std::uint64_t row) {
    from_ = static_cast<const Stored*>(rows.data) + row * row_stride_of(rows, classes_);
    from_stride_ = stride_of_classes(rows);
    from_whole_ = whole_quads(from_stride_, from_);
  }
  GUMBELCUDA_INLINE void read(std::uint64_t quad, V padding, V* x) const {
    if (Index(quad) < from_whole_) {
      read_whole(quad, x);
      return;
    }
    const Index first = Index(quad) * quad_size;
    const Stored* const at = from_ + first * from_stride_;
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j)
      x[j] = first + Index(j) < classes_ ? widen(at[std::uint64_t(j) * from_stride_]) : padding;
  }
  // The number of quads that one load each reads, from the row's first on; and the load of such a quad.
  GUMBELCUDA_INLINE std::uint64_t whole_quads() const { return from_whole_; }
  GUMBELCUDA_INLINE void read_whole(std::uint64_t quad, V* x) const {
    const stored_quad<Stored> q = *reinterpret_cast<const stored_quad<Stored>*>(from_ + Index(quad) * quad_size);
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j) x[j] = widen(q.value[j]);
  }
  GUMBELCUDA_INLINE V read_one(std::uint64_t k, V padding) const {
    return k < classes_ ? widen(from_[k * from_stride_]) : padding;
  }

  GUMBELCUDA_INLINE void create(const mutable_rows& rows, std::uint64_t row) {
    to_ = static_cast<Stored*>(rows.data) + row * row_stride_of(rows, classes_);
    to_stride_ = stride_of_classes(rows);
    to_whole_ = whole_quads(to_stride_, to_);
  }
  // The same of writing, and where such a quad begins.
  GUMBELCUDA_INLINE std::uint64_t whole_quads_to_write() const { return to_whole_; }
  GUMBELCUDA_INLINE Stored* place(std::uint64_t quad) const { return to_ + Index(quad) * quad_size; }
  GUMBELCUDA_INLINE void write(std::uint64_t quad, const V* x) const {
    write_as(quad, x, [](V value) { return narrow<Stored>(value); });
  }
  // The same for numbers none of which is NaN.
  GUMBELCUDA_INLINE void write_numbers(std::uint64_t quad, const V* x) const {
    write_as(quad, x, [](V value) { return narrow_number<Stored>(value); });
  }
  GUMBELCUDA_INLINE void close() const {}

 protected:
  template <class Narrow>
  GUMBELCUDA_INLINE void write_as(std::uint64_t quad, const V* x, Narrow as_stored) const {
    const Index first = Index(quad) * quad_size;
    if (Index(quad) < to_whole_) {
      stored_quad<Stored> q;
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) q.value[j] = as_stored(x[j]);
      *reinterpret_cast<stored_quad<Stored>*>(to_ + first) = q;
      return;
    }
    Stored* const at = to_ + first * to_stride_;
    GUMBELCUDA_UNROLL
    for (int j = 0; j < quad_size; ++j)
      if (first + Index(j) < classes_) at[std::uint64_t(j) * to_stride_] = as_stored(x[j]);
  }
  template <class Rows>
  GUMBELCUDA_INLINE static std::uint64_t stride_of_classes(const Rows& rows) {
    return Strided ? class_stride_of(rows) : 1;
  }
  // The number of quads that can be moved at once.
  GUMBELCUDA_INLINE Index whole_quads(std::uint64_t stride, const Stored* row) const {
    return stride == 1 && reinterpret_cast<std::uintptr_t>(row) % sizeof(stored_quad<Stored>) == 0
               ? classes_ / quad_size
               : 0;
  }

  Index classes_;
  const Stored* from_ = nullptr;
  Stored* to_ = nullptr;
  std::uint64_t from_stride_ = 1, to_stride_ = 1;
  Index from_whole_ = 0, to_whole_ = 0;
};

template <class Memory, class V>
GUMBELCUDA_INLINE void write_numbers(const Memory& memory, std::uint64_t quad, const V* x) {
  if constexpr (requires { memory.write_numbers(quad, x); })
    memory.write_numbers(quad, x);
  else
    memory.write(quad, x);
}

// τ of a row; NaN, which makes the whole row NaN, if τ is not allowed.
template <class V, class Task>
GUMBELCUDA_INLINE V temperature_of_row(const Task& task, std::uint64_t row) {
  const float temperature = task.temperature[task.temperature_per_row ? row : 0];
  return temperature >= 0 && temperature < INFINITY ? V(temperature) : V(NAN);
}
template <class V>
GUMBELCUDA_INLINE V inverse_or_nan(V temperature) {
  return temperature == temperature ? inverse_temperature(temperature) : temperature;
}

template <class Stored, class Gumbels, class Part, class Memory, class Cache>
GUMBELCUDA_INLINE void gumbel_softmax_of_row(const gumbel_softmax_task& task, std::uint64_t row, const Part& part,
                                             Memory& memory, Cache& cache, typename Memory::V* slots) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  memory.open(task.logits, row);
  const row_softmax softmax(part, cache, slots, inverse_or_nan(temperature_of_row<S>(task, row)), task.log_domain,
                            task.index || task.one_hot.data, scores_of_row<V>(Gumbels(part, task, row), part, memory));
  if (task.y.data) {
    memory.create(task.y, row);
    if (softmax.is_valid())
      for_each_quad<true>(part, [&](std::int64_t n) {
        V y[quad_size];
        softmax(n, y);
        write_numbers(memory, part.quad(n), y);
      });
    else
      for_each_quad<true>(part, [&](std::int64_t n) {
        const V y[quad_size] = {V(S(NAN)), V(S(NAN)), V(S(NAN)), V(S(NAN))};
        memory.write(part.quad(n), y);
      });
    memory.close();
  }
  if (task.one_hot.data) {
    const V hot = softmax.is_valid() ? V(1) : V(NAN), cold = softmax.is_valid() ? V(0) : V(NAN);
    memory.create(task.one_hot, row);
    for_each_quad<true>(part, [&](std::int64_t n) {
      V x[quad_size];
      GUMBELCUDA_UNROLL
      for (int j = 0; j < quad_size; ++j) x[j] = one_element(softmax.drawn() - class_of<V>(part.quad(n), j), hot, cold);
      memory.write(part.quad(n), x);
    });
    memory.close();
  }
  if (task.index && part.is_leader()) task.index[row] = std::int64_t(softmax.drawn());  // no_class is −1
}

// y_memory reads y or logits; d_memory reads d_y and writes d_logits.
template <class Stored, class Gumbels, class Part, class Memory, class YCache, class DCache>
GUMBELCUDA_INLINE void gumbel_softmax_vjp_of_row(const gumbel_softmax_vjp_task& task, std::uint64_t row,
                                                 const Part& part, Memory& y_memory, Memory& d_memory, YCache& y_cache,
                                                 DCache& d_cache, typename Memory::V* slots) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  const S temperature = temperature_of_row<S>(task, row);
  const auto back = [&](auto compute_y) {
    if constexpr (YCache::keeps)
      for_each_quad(part, [&](std::int64_t n) {
        V x[quad_size];
        compute_y(n, x);
        y_cache.set(n, x);
      });
    d_memory.open(task.d_y, row);
    d_memory.create(task.d_logits, row);
    if constexpr (DCache::keeps)
      for_each_quad(part, [&](std::int64_t n) {
        V x[quad_size];
        d_memory.read(part.quad(n), V(0), x);
        d_cache.set(n, x);
      });
    const S d_temperature = row_softmax_vjp<V>(
        part, slots, temperature == temperature ? gradient_scale(temperature) : temperature,
        task.d_temperature != nullptr,
        [&](std::int64_t n, V* x) {
          if constexpr (YCache::keeps)
            y_cache.get(n, x);
          else
            compute_y(n, x);
        },
        [&](std::int64_t n, V* x) {
          if constexpr (DCache::keeps)
            d_cache.get(n, x);
          else
            d_memory.read(part.quad(n), V(0), x);
        },
        [&](std::uint64_t k) { return d_memory.read_one(k, S(0)); },
        [&](std::int64_t n, const V* d) { d_memory.write(part.quad(n), d); });
    d_memory.close();
    if (task.d_temperature && part.is_leader()) static_cast<S*>(task.d_temperature)[row] = canonical(d_temperature);
  };
  if (task.y.data) {
    y_memory.open(task.y, row);
    back([&](std::int64_t n, V* x) { y_memory.read(part.quad(n), V(0), x); });
  } else {
    y_memory.open(task.logits, row);
    back(row_softmax(part, y_cache, slots, inverse_or_nan(temperature), false, false,
                     scores_of_row<V>(Gumbels(part, task, row), part, y_memory)));
  }
}

// For tasks with indices of both sizes.
template <class Task>
GUMBELCUDA_INLINE void store_index(const Task& task, std::uint64_t at, std::int64_t index) {
  if (task.index) task.index[at] = index;
  if (task.index_int32) task.index_int32[at] = std::int32_t(index);
}

template <class Stored, class Part, class Memory>
GUMBELCUDA_INLINE void gumbel_max_of_row(const gumbel_max_task& task, std::uint64_t row, const Part& part,
                                         Memory& memory, typename Memory::V* slots) {
  using V = typename Memory::V;
  using S = scalar_of<V>;
  memory.open(task.logits, row);
  const row_logits<V, Part, Memory> logits{part, memory};
  const best_class<S> best = gumbel_max_row<V>(part, noise_of_row(part, task.noise, row), logits);
  const row_status status = status_of(best);
  const bool drawn = status == row_status::drawn;
  if (task.log_prob) {
    const row_exponentials<S> sum = sum_exponentials(part, slots, logits);
    if (part.is_leader())
      static_cast<S*>(task.log_prob)[row] =
          drawn ? log_normalizer<S>(sum).log_prob(memory.read_one(best.index, S(0))) : canonical(S(NAN));
  }
  if (!part.is_leader()) return;
  store_index(task, row, drawn ? std::int64_t(best.index) : -1);
  if (task.status) task.status[row] = status;
}

// The noise of quad `quad` of a row.
template <class Stored, class Memory>
GUMBELCUDA_INLINE void gumbel_noise_of_quad(const row_noise& noise, std::uint64_t quad, const Memory& memory) {
  typename Memory::V g[quad_size];
  quad_gumbels(noise, quad, g);
  write_numbers(memory, quad, g);
}
// The noise of the quads [first, last), if one thread has them all.
template <class Stored, class Memory>
GUMBELCUDA_INLINE void gumbel_noise_of_quads(const row_noise& noise, std::uint64_t first, std::uint64_t last,
                                             const Memory& memory) {
  for (; first < last; ++first) gumbel_noise_of_quad<Stored>(noise, first, memory);
}

GUMBELCUDA_MATH_END
