// SPDX-License-Identifier: Apache-2.0
// The list of compiled sizes, which the build writes.
#include "grammar_fleet.hpp"

namespace gumbelcuda::example {

template <int Hidden, int Discriminator, int Batch>
const grammar_size& compiled_size();

#define GRAMMAR_SIZE(hidden, discriminator, batch) \
  extern template const grammar_size& compiled_size<hidden, discriminator, batch>();
#include "grammar_sizes.inc"
#undef GRAMMAR_SIZE

const std::vector<const grammar_size*>& grammar_sizes() {
#define GRAMMAR_SIZE(hidden, discriminator, batch) &compiled_size<hidden, discriminator, batch>(),
  static const std::vector<const grammar_size*> sizes{
#include "grammar_sizes.inc"
  };
#undef GRAMMAR_SIZE
  return sizes;
}

}  // namespace gumbelcuda::example
