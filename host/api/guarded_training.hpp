// SPDX-License-Identifier: Apache-2.0
// What every training does about exceptions: the caller's own pass unchanged, the system's become the library's.
#pragma once

#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <system_error>

#include "gumbelcuda/fleet.hpp"

namespace gumbelcuda {

// Distinguishes exceptions of the caller's callback from those of the training.
struct callback_failure {
  std::exception_ptr cause;
};

inline fleet_execution with_marked_failures(fleet_execution execution) {
  if (execution.on_progress)
    execution.on_progress = [report = execution.on_progress](const progress_report& progress) {
      try {
        report(progress);
      } catch (...) {
        throw callback_failure{std::current_exception()};
      }
    };
  return execution;
}

// Returns train(execution), with the failures of the caller's callback marked. too_little_memory() is what to throw if
// there is too little.
template <class TooLittleMemory, class Train>
auto guarded(TooLittleMemory too_little_memory, const fleet_execution& execution, Train train) {
  try {
    return train(with_marked_failures(execution));
  } catch (const callback_failure& failure) {
    std::rethrow_exception(failure.cause);
  } catch (const std::bad_alloc&) {
    throw too_little_memory();
  } catch (const std::length_error&) {
    throw too_little_memory();
  } catch (const std::system_error& failure) {
    throw error(std::string("cannot start a thread: ") + failure.what() + "; end other programs or raise ulimit -u");
  }
}

}  // namespace gumbelcuda
