// SPDX-License-Identifier: Apache-2.0
// Guesses which known word was meant by an unknown one. The parser cannot do that.
#pragma once

#include <string>
#include <vector>

namespace gumbelcuda {

// The nearest of `known`; empty if none is near. A word is near if it differs by at most one typing error for every
// three letters, or if one of the two begins with the other or contains it between dashes. Leading dashes, capitals,
// and underscores instead of dashes make no difference.
std::string nearest(const std::string& given, const std::vector<std::string>& known);

}  // namespace gumbelcuda
