// SPDX-License-Identifier: Apache-2.0
#include "host/c_api/training.hpp"

#include <cstring>

#include "host/api/config_checks.hpp"

namespace gumbelcuda::c_api {
namespace {

constexpr int most_devices = 1024;

backend_kind backend_of(int backend) {
  switch (backend) {
    case GUMBELCUDA_AUTOMATIC:
      return backend_kind::automatic;
    case GUMBELCUDA_CPU:
      return backend_kind::cpu;
    case GUMBELCUDA_CUDA:
      return backend_kind::cuda;
  }
  throw invalid_argument("backend", std::to_string(backend) + " is none of 0 (GUMBELCUDA_AUTOMATIC), " +
                                        "1 (GUMBELCUDA_CPU) and 2 (GUMBELCUDA_CUDA)");
}

}  // namespace

void check_count_of_gans(const char* name, std::size_t count, std::uint64_t num_gans) {
  if (num_gans < 1) throw invalid_argument("num_gans", "0 is not 1 or more");
  check_count(name, count, num_gans);
}

training_execution::training_execution(const gumbelcuda_training_execution* execution) {
  if (!execution) return;
  in_c_ = read(execution, "execution", "execution.struct_size");
  in_cpp_.backend = backend_of(in_c_.backend);
  in_cpp_.threads = in_c_.threads;
  if (in_c_.cpu_target) in_cpp_.cpu_target = in_c_.cpu_target;
  if (is_given("devices", in_c_.devices.data, in_c_.devices.count)) {
    if (in_c_.devices.count > most_devices)
      throw invalid_argument("devices",
                             number_text(in_c_.devices.count) + " of them, more than " + number_text(most_devices));
    in_cpp_.devices.assign(in_c_.devices.data, in_c_.devices.data + in_c_.devices.count);
  }
  if (in_c_.stop) check_not_null("stop", in_c_.stop);
  if (!in_c_.stop && !in_c_.on_progress) return;
  in_cpp_.stop = &stop_;
  // The caller's flag is an int, as signal handlers and other languages have it. The thread that waits for training
  // looks at it whenever it could report.
  in_cpp_.on_progress = [this](const progress_report& report) {
    look_at_stop();
    if (in_c_.on_progress && in_c_.on_progress(in_c_.context, report.done, report.total) != 0) stop_ = true;
  };
  look_at_stop();
}

void training_execution::look_at_stop() {
  if (in_c_.stop && __atomic_load_n(in_c_.stop, __ATOMIC_RELAXED) != 0) stop_ = true;
}

}  // namespace gumbelcuda::c_api
