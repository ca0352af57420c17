// SPDX-License-Identifier: Apache-2.0
// One compiled size of the grammar's networks: the build compiles this file once for each, with GRAMMAR_HIDDEN,
// GRAMMAR_DISCRIMINATOR and GRAMMAR_BATCH.
#include "grammar_fleet_size.hpp"

namespace gumbelcuda::example {
template const grammar_size& compiled_size<GRAMMAR_HIDDEN, GRAMMAR_DISCRIMINATOR, GRAMMAR_BATCH>();
}
