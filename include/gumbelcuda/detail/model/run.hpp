// SPDX-License-Identifier: Apache-2.0
// What a model's functions are given: parameters, noise, sums over a batch, and the optimiser. One run trains one
// model, or one in each element of its lanes.
#pragma once

#include "gumbelcuda/detail/gan/batch_sum.hpp"
#include "gumbelcuda/detail/model/optimizer.hpp"
#include "gumbelcuda/detail/model/parameters.hpp"
#include "gumbelcuda/math/philox.hpp"

GUMBELCUDA_MODEL_BEGIN

// Each may differ from lane to lane.
template <class V, int Groups>
struct model_hyperparameters {
  V temperature;
  V learning_rate[std::size_t(Groups)];
};

// What a model's output() is given: it reads parameters, and changes nothing.
template <class Model, class V, int Gap = 0>
class model_reading {
  using groups = typename Model::parameters;

 public:
  using lane = V;
  GUMBELCUDA_INLINE model_reading(const V* state, V temperature) : state_(state), temperature_(temperature) {}

  template <int Group>
  GUMBELCUDA_INLINE const V* parameters(fixed<Group>) const {
    static_assert(Group < groups::count, "the model has no such group of parameters");
    return state_ + groups::first(Group) + Group * Gap;
  }
  GUMBELCUDA_INLINE V temperature() const { return temperature_; }

 private:
  const V* state_;
  V temperature_;
};

// Blocks: a callable from a 64-bit block number of the model's row to philox_block<word_of<V>>. Optimizer: see
// optimizer.hpp. Gap: lanes of memory between two groups of parameters; the check of a model (check.hpp) looks whether
// it writes there. Races: a kernel's temperatures are so small that races pay (detail/gan/race.hpp).
template <class Model, class V, class Blocks, class Optimizer = any_optimizer, int Gap = 0, bool Races = false>
class model_run {
  using groups = typename Model::parameters;

 public:
  using lane = V;
  // Parameters, then the optimiser's first moments, then the second ones.
  static constexpr int lanes_of_parameters = groups::total + groups::count * Gap,
                       lanes_of_state = 3 * lanes_of_parameters;
  GUMBELCUDA_HD static constexpr int first_lane(int group) { return groups::first(group) + group * Gap; }

  // `state`: lanes_of_state lanes. `gradient`: lanes_of_parameters, used by models that ask for gradient().
  GUMBELCUDA_INLINE model_run(V* state, V* gradient, Blocks blocks,
                              const model_hyperparameters<V, groups::count>& hyper, const Optimizer& optimizer)
      : state_(state), gradient_(gradient), blocks_(blocks), hyper_(hyper), optimizer_(optimizer) {}

  // Group number `group` of the parameters: fixed<0>{}, …
  template <int Group>
  GUMBELCUDA_INLINE V* parameters(fixed<Group>) const {
    static_assert(Group < groups::count, "the model has no such group of parameters");
    return state_ + first_lane(Group);
  }
  GUMBELCUDA_INLINE V temperature() const { return hyper_.temperature; }

  // Four words of noise. `number` counts from the beginning of start(), or of the step: below Model::start_blocks, or
  // Model::step_blocks.
  GUMBELCUDA_INLINE philox_block<word_of<V>> block(std::uint64_t number) { return blocks_(first_block_ + number); }
  // Word number `number` of them: word number mod 4 of block ⌊number/4⌋, which is drawn once if words are asked for in
  // order.
  GUMBELCUDA_INLINE word_of<V> word(int number) {
    const std::uint64_t wanted = first_block_ + std::uint64_t(number / 4);
    if (wanted != latest_) latest_ = wanted, latest_block_ = blocks_(wanted);
    return word_at(latest_block_, number % 4);
  }

  // Σ over samples i = 0 … batch − 1 of terms(i, out), which writes `width` numbers.
  template <int Batch, int Width, class Terms>
  GUMBELCUDA_INLINE lanes<V, Width> sum(fixed<Batch> batch, fixed<Width> width, Terms terms) const {
    batch_sum<V, Width, sum_slots(Batch)> slots;
    slots.clear(batch, width);
    GUMBELCUDA_UNROLL_ON_GPU
    for (int i = 0; i < batch; ++i) {
      V of_sample[std::size_t(Width)];
      terms(i, of_sample);
      slots.add(batch, i, of_sample, width);
    }
    const V* const total = slots.total(batch, width);
    lanes<V, Width> result;
    GUMBELCUDA_UNROLL_ON_GPU
    for (int k = 0; k < Width; ++k) result[k] = total[k];
    return result;
  }

  // A number for each parameter of a group, 0 until the model adds to it: for groups too large for sum(). It is not on
  // a thread's stack, and its sums have the order in which the model adds.
  template <int Group>
  GUMBELCUDA_INLINE V* gradient(fixed<Group>) const {
    static_assert(Group < groups::count, "the model has no such group of parameters");
    return gradient_ + first_lane(Group);
  }

  // One update of a group by the fleet's optimiser, with the gradient sums·factor.
  template <int Group, int Width>
  GUMBELCUDA_INLINE void update(fixed<Group> group, const lanes<V, Width>& sums, V factor) {
    static_assert(Width == groups::size(Group), "a gradient for every parameter of the group");
    update(group, sums.values, factor);
  }
  // The same with gradient(group), which is 0 afterwards.
  template <int Group>
  GUMBELCUDA_INLINE void update(fixed<Group> group, V factor) {
    update(group, static_cast<const V*>(gradient(group)), factor);
    for (int n = 0; n < groups::size(Group); ++n) gradient(group)[n] = V(0);
  }

  // For the library.
  GUMBELCUDA_INLINE Blocks& blocks() { return blocks_; }
  GUMBELCUDA_INLINE std::uint64_t first_block() const { return first_block_; }
  GUMBELCUDA_INLINE void output(const Model& model, V* out) const {
    model.output(model_reading<Model, V, Gap>(state_, hyper_.temperature), out);
  }
  // Updates of each group so far; to resume a run, give them to one with the same state,
  // whose gradients this clears.
  GUMBELCUDA_INLINE const std::uint64_t* updates() const { return updates_; }
  GUMBELCUDA_INLINE void go_on(const std::uint64_t* updates) {
    clear_gradient();
    for (int g = 0; g < groups::count; ++g) updates_[g] = updates[g];
  }
  GUMBELCUDA_INLINE void start(const Model& model) {
    for (int i = lanes_of_parameters; i < lanes_of_state; ++i) state_[i] = V(0);
    clear_gradient();
    first_block_ = 0;
    model.start(*this);
  }
  GUMBELCUDA_INLINE void clear_gradient() {
    for (int g = 0; g < groups::count; ++g)
      for (int n = 0; n < groups::size(g); ++n) gradient_[first_lane(g) + n] = V(0);
  }
  GUMBELCUDA_INLINE void set_temperature(V temperature) { hyper_.temperature = temperature; }
  GUMBELCUDA_INLINE void step(const Model& model, std::uint64_t step) {
    first_block_ = Model::start_blocks + step * Model::step_blocks;
    model.step(*this);
  }

 private:
  template <int Group>
  GUMBELCUDA_INLINE void update(fixed<Group> group, const V* sums, V factor) {
    V *const parameters_of_group = parameters(group), *const m = parameters_of_group + lanes_of_parameters,
             *const v = m + lanes_of_parameters;
    optimizer_.update(parameters_of_group, m, v, sums, factor, hyper_.learning_rate[Group], ++updates_[Group],
                      fixed<groups::size(Group)>{});
  }

  V *state_, *gradient_;
  Blocks blocks_;
  model_hyperparameters<V, groups::count> hyper_;
  Optimizer optimizer_;
  std::uint64_t latest_ = ~std::uint64_t{0};  // the number of the latest block
  philox_block<word_of<V>> latest_block_;
  std::uint64_t first_block_ = 0, updates_[groups::count] = {};
};

GUMBELCUDA_MODEL_END
