// SPDX-License-Identifier: Apache-2.0
// What the self-test tests: the operations on rows, behind an interface so that its own tests can substitute known-bad
// samplers. Pointers are the host's, whatever the backend.
#pragma once

#include <memory>

#include "gumbelcuda/gumbel.hpp"
#include "host/selftest/other_operations.hpp"

namespace gumbelcuda {

// Like the public functions (gumbelcuda/gumbel.hpp), but each returns only when the work is done.
class sampler_under_test {
 public:
  virtual ~sampler_under_test() = default;
  virtual void noise(const gumbel_noise_task& task) const = 0;
  virtual void draw(const gumbel_max_task& task) const = 0;
  virtual void relax(const gumbel_softmax_task& task) const = 0;
  virtual void relax_vjp(const gumbel_softmax_vjp_task& task) const = 0;
  virtual void run(const other_task& task) const = 0;
};

// The library itself. With CUDA, every call copies arrays to the current device and back.
std::unique_ptr<sampler_under_test> make_library_sampler(backend_kind backend, int threads);

}  // namespace gumbelcuda
