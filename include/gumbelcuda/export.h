// SPDX-License-Identifier: Apache-2.0
// Marks what a shared libgumbelcuda exports; all else in it is hidden. For C and C++.
#pragma once

#if defined(__GNUC__)
#define GUMBELCUDA_API __attribute__((visibility("default")))
#else
#define GUMBELCUDA_API
#endif
