// SPDX-License-Identifier: Apache-2.0
// CUDA's legacy default stream, which takes no pointer to it: its work waits for all earlier work of the device's other
// streams, but for those of cudaStreamNonBlocking, and theirs waits for it. Here it is done at once.
#pragma once

#include <functional>

#include "tests/simt/runtime/world.hpp"

namespace gumbelcuda::ptx {

// Does `work` and ends the call. An error while one of the streams that wait is captured: their graph could not wait.
cudaError_t on_default_stream(fake_cuda::api_call& call, const std::function<void()>& work);

}  // namespace gumbelcuda::ptx
