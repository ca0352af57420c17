// SPDX-License-Identifier: Apache-2.0
// Whether a kernel could access a pointer's memory. Checked before the launch, since a failing kernel loses the
// context. This header needs no CUDA. In a build without CUDA, host/cuda/absent.cpp defines these functions.
#pragma once

namespace gumbelcuda {

// Asks the runtime about the pointers of one call: one question each, beside two for all of them. May be used while
// this thread or another captures streams.
class pointer_check {
 public:
  pointer_check();
  ~pointer_check();
  pointer_check(const pointer_check&) = delete;
  pointer_check& operator=(const pointer_check&) = delete;

  // True for plain host memory that the current device cannot access. False if the device can (pinned or managed
  // memory, and all memory on systems with HMM or ATS), and if the runtime gives no answer: the launch will then report
  // the problem.
  bool is_plain_host_memory(const void* pointer) const;

 private:
  int mode_ = 0;  // of the thread's captures, before
  bool entered_ = false;
};

}  // namespace gumbelcuda
