// SPDX-License-Identifier: Apache-2.0
// What kernels include instead of kernels/simt.cuh where they run on this processor: the interpreter.
#pragma once

#include "tests/simt/interpreter.hpp"
