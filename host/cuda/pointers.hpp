// SPDX-License-Identifier: Apache-2.0
// Whether a kernel could access a pointer's memory. Checked before the launch, since a failing kernel loses the
// context. This header needs no CUDA. In a build without CUDA, host/cuda/absent.cpp defines this function.
#pragma once

namespace gumbelcuda {

// True for plain host memory that the current device cannot access. False if the device can (pinned or managed memory,
// and all memory on systems with HMM or ATS), and if the runtime gives no answer: the launch will then report the
// problem. May be called while this thread or another captures streams.
bool is_plain_host_memory(const void* pointer);

}  // namespace gumbelcuda
