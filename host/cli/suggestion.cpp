// SPDX-License-Identifier: Apache-2.0
#include "host/cli/suggestion.hpp"

#include <algorithm>
#include <cstddef>

namespace gumbelcuda {
namespace {

std::string plain(const std::string& word) {
  std::string text = word.substr(std::min(word.find_first_not_of('-'), word.size()));
  for (char& c : text) {
    if (c == '_') c = '-';
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// Edit distance: letters added, removed, replaced, or swapped with their neighbour (optimal string alignment).
std::size_t slips(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

// Recognises --learn and --rate as parts of --learning-rate, and --gans as a part of --num-gans.
bool is_part(const std::string& shorter, const std::string& longer) {
  constexpr std::size_t least = 3;
  return shorter.size() >= least &&
         (longer.starts_with(shorter) || ("-" + longer + "-").find("-" + shorter + "-") != std::string::npos);
}

}  // namespace

std::string nearest(const std::string& given, const std::vector<std::string>& known) {
  const std::string word = plain(given);
  if (word.empty()) return "";
  std::string best;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string& each : known) {
    const std::string candidate = plain(each);
    const bool part = is_part(word, candidate) || is_part(candidate, word);
    const std::size_t distance = std::min(slips(word, candidate), part ? std::size_t{1} : least);
    if (distance >= least) continue;
    least = distance;
    best = each;
  }
  return best;
}

}  // namespace gumbelcuda
