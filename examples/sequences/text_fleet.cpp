// SPDX-License-Identifier: Apache-2.0
// The list of compiled sizes, which the build writes.
#include "text_fleet.hpp"

namespace gumbelcuda::example {

template <int Hidden, int Discriminator, int Batch>
const text_size& compiled_size();

#define TEXT_SIZE(hidden, discriminator, batch) \
  extern template const text_size& compiled_size<hidden, discriminator, batch>();
#include "text_sizes.inc"
#undef TEXT_SIZE

const std::vector<const text_size*>& text_sizes() {
#define TEXT_SIZE(hidden, discriminator, batch) &compiled_size<hidden, discriminator, batch>(),
  static const std::vector<const text_size*> sizes{
#include "text_sizes.inc"
  };
#undef TEXT_SIZE
  return sizes;
}

}  // namespace gumbelcuda::example
