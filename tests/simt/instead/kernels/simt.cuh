// SPDX-License-Identifier: Apache-2.0
// Replaces kernels/simt.cuh when kernels run on this processor: includes the interpreter.
#pragma once

#include "tests/simt/interpreter.hpp"
