// SPDX-License-Identifier: Apache-2.0
// Numbers in readable form: counts in groups of three digits, rates, times as on a clock. For bytes see
// host/byte_text.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "host/grouped.hpp"

namespace gumbelcuda {

std::string rate(double per_second);                          // at least three digits: 0.521, 52.1, 5,210
std::string clock_time(double seconds);                       // 0:07, 12:34, 1:02:03
std::string joined(const double* values, std::size_t count);  // 0,0.1,0.9

}  // namespace gumbelcuda
