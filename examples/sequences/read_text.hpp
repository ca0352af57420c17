// SPDX-License-Identifier: Apache-2.0
// A text file as numbers of text.hpp's characters.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <gumbelcuda/error.hpp>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "text.hpp"

namespace gumbelcuda::example {

// What stands for a byte: letters without their case, ',', '.' and ';' themselves, ':' as ';', '?' and '!' as '.'.
// An apostrophe is left out, 0, and all else is a space.
constexpr char character_of(unsigned char byte) {
  if (byte >= 'A' && byte <= 'Z') return char(byte - 'A' + 'a');
  if ((byte >= 'a' && byte <= 'z') || byte == ',' || byte == '.' || byte == ';') return char(byte);
  if (byte == ':') return ';';
  if (byte == '?' || byte == '!') return '.';
  return byte == '\'' ? '\0' : ' ';
}

// With one space for each run of them. Throws invalid_argument at a byte that no text has.
inline std::vector<std::uint8_t> symbols_of(std::string_view bytes) {
  constexpr std::string_view characters(sequences::text::characters, sequences::text::symbols);
  const auto space = std::uint8_t(characters.find(' '));
  std::vector<std::uint8_t> symbols;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == 0) throw invalid_argument("text", "byte " + std::to_string(i) + " is 0, so it is not a text");
    const char character = character_of(static_cast<unsigned char>(bytes[i]));
    if (character == 0 || (character == ' ' && (symbols.empty() || symbols.back() == space))) continue;
    symbols.push_back(std::uint8_t(characters.find(character)));
  }
  return symbols;
}

// The last tenth is held out: nothing is trained with it.
struct split_text {
  std::vector<std::uint8_t> training, held_out;
};
// Throws invalid_argument, or error if there is no such file.
inline split_text read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path)) throw error("cannot read " + path);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::vector<std::uint8_t> all = symbols_of(bytes);
  // So that a hundred are held out: six sequences.
  if (all.size() < 1000)
    throw invalid_argument("text", path + " has " + std::to_string(all.size()) +
                                       " letters, spaces and punctuation marks, but 1,000 or more are needed");
  const auto border = all.end() - std::ptrdiff_t(all.size() / 10);
  return {{all.begin(), border}, {border, all.end()}};
}

}  // namespace gumbelcuda::example
