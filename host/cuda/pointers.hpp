// SPDX-License-Identifier: Apache-2.0
// Whether a kernel could follow a pointer, asked before the launch, since afterwards the context is lost. No CUDA here,
// and in a build without CUDA host/cuda/absent.cpp stands in.
#pragma once

namespace gumbelcuda {

// Plain memory of the host, which the current device cannot reach. False where it can (pinned, managed, and all of it
// on systems with HMM or ATS), and where the runtime does not answer: what is wrong there, the launch will say. May be
// asked while streams are captured, by this thread or another.
bool is_plain_host_memory(const void* pointer);

}  // namespace gumbelcuda
