// SPDX-License-Identifier: Apache-2.0
// Our operations as a shared library with C names, so that benchmarks/peers/*.py can time them by turns with a
// framework's operations, in one process, on the framework's own memory and stream. Rows are contiguous. Functions
// return 0 for success, else a cudaError_t.
#include "kernels/rows/launch.hpp"

using namespace gumbelcuda;

extern "C" {

// type: 0 float32, 2 bfloat16, as in number_type. Each call draws from its own seed.
int gumbelcuda_for_peers_max(std::uint64_t rows, std::uint64_t classes, int type, std::uint64_t seed,
                             const void* logits, std::int64_t* index, void* stream) {
  gumbel_max_task task;
  task.rows = rows;
  task.classes = classes;
  task.type = number_type(type);
  task.noise.seed = seed;
  task.logits.data = logits;
  task.index = index;
  return launch_rows(task, stream);
}

int gumbelcuda_for_peers_softmax(std::uint64_t rows, std::uint64_t classes, int type, std::uint64_t seed,
                                 const void* logits, const float* temperature, void* y, void* stream) {
  gumbel_softmax_task task;
  task.rows = rows;
  task.classes = classes;
  task.type = number_type(type);
  task.noise.seed = seed;
  task.logits.data = logits;
  task.temperature = temperature;
  task.y.data = y;
  return launch_rows(task, stream);
}

int gumbelcuda_for_peers_softmax_vjp(std::uint64_t rows, std::uint64_t classes, int type, const void* y,
                                     const void* d_y, const float* temperature, void* d_logits, void* stream) {
  gumbel_softmax_vjp_task task;
  task.rows = rows;
  task.classes = classes;
  task.type = number_type(type);
  task.temperature = temperature;
  task.y.data = y;
  task.d_y.data = d_y;
  task.d_logits.data = d_logits;
  return launch_rows(task, stream);
}

}  // extern "C"
