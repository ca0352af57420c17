// SPDX-License-Identifier: Apache-2.0
// What a shared libgumbelcuda shows whatever else it hides. For C and C++.
#pragma once

#if defined(__GNUC__)
#define GUMBELCUDA_API __attribute__((visibility("default")))
#else
#define GUMBELCUDA_API
#endif
