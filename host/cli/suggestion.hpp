// SPDX-License-Identifier: Apache-2.0
// What was meant by a word that is not known. The parser has nothing like it.
#pragma once

#include <string>
#include <vector>

namespace gumbelcuda {

// The one of `known` that comes nearest; empty where none is near. Near is one that differs by a slip of the hand for
// every three letters, begins with the other one, or has it between its dashes. Leading dashes, capitals and
// underscores instead of dashes make no difference.
std::string nearest(const std::string& given, const std::vector<std::string>& known);

}  // namespace gumbelcuda
