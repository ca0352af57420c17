// SPDX-License-Identifier: Apache-2.0
// What the self-test tests: the operations on rows, with pointers of the host whatever the backend, behind an
// interface, so that the tests of the self-test can put known-bad samplers in their place.
#pragma once

#include <memory>

#include "gumbelcuda/gumbel.hpp"
#include "host/selftest/other_operations.hpp"

namespace gumbelcuda {

// As the public functions (gumbelcuda/gumbel.hpp), but back only when the work is done.
class sampler_under_test {
 public:
  virtual ~sampler_under_test() = default;
  virtual void noise(const gumbel_noise_task& task) const = 0;
  virtual void draw(const gumbel_max_task& task) const = 0;
  virtual void relax(const gumbel_softmax_task& task) const = 0;
  virtual void relax_vjp(const gumbel_softmax_vjp_task& task) const = 0;
  virtual void run(const other_task& task) const = 0;
};

// The library. Under CUDA arrays go to the current device and back with every call.
std::unique_ptr<sampler_under_test> make_library_sampler(backend_kind backend, int threads);

}  // namespace gumbelcuda
