// SPDX-License-Identifier: Apache-2.0
// The data of the text GAN: sequences of 16 characters that begin anywhere in a text which is given when the program
// runs. On the CPU alone: a lane of a device could not read the text.
#pragma once

#include <gumbelcuda/detail/sweep/data_places.hpp>
#include <gumbelcuda/detail/sweep/lane_numbers.hpp>

#include "generator.hpp"

GUMBELCUDA_MODEL_BEGIN
namespace sequences {

class text {
 public:
  static constexpr int symbols = 30, length = 16;
  static constexpr char characters[symbols + 1] = "abcdefghijklmnopqrstuvwxyz ,.;";
  // Words of noise for a real sequence: the first half and the second half of 32 bits choose where it begins.
  static constexpr int real_words = 1;
  // Nobody lists the probabilities of 30^16 sequences. So law() writes the generator's parameters, from which the host
  // computes whatever it wants to know of them.
  template <int H>
  static constexpr int outputs = generator<H, symbols, length>::parameters;

  // Numbers of characters, which must outlive this object. Throws invalid_argument if they are less than a sequence, or
  // more than 2^31.
  explicit text(const std::vector<std::uint8_t>& of) : symbol_(of.data()), places_(of.size() + 1 - length) {
    if (of.size() < length || of.size() > std::size_t{1} << 31)
      throw invalid_argument("text", std::to_string(of.size()) + " characters are not in 16 … 2^31");
  }

  // Writes the sequence whose beginning a word chooses to place s of a tile, one-hot.
  template <class V, int Tile>
  GUMBELCUDA_INLINE void draw(const word_of<V>* words, int s, symbol_tile<V, symbols, length, Tile>& to) const {
    constexpr std::size_t width = lane<V>::width;
    const word_of<V> low_half(0xffff);
    alignas(64) float high[width], low[width], at_moment[width];
    store_numbers(convert_word<V>(shift_right<16>(words[0]) & low_half), high);
    store_numbers(convert_word<V>(words[0] & low_half), low);
    std::uint64_t begin[width];
    for (std::size_t i = 0; i < width; ++i)
      begin[i] = chosen_place(std::uint32_t(high[i]) << 16 | std::uint32_t(low[i]), places_);
    GUMBELCUDA_ROLLED
    for (int t = 0; t < length; ++t) {
      for (std::size_t i = 0; i < width; ++i) at_moment[i] = symbol_[begin[i] + std::uint64_t(t)];
      const V symbol = load_numbers<V>(at_moment);
      for (int k = 0; k < symbols; ++k) to.at[t][k][s] = select(symbol == V(static_cast<float>(k)), V(1), V(0));
    }
  }

  template <int H, int Temperatures, class V>
  GUMBELCUDA_INLINE static void law(const V* w, const float (&)[Temperatures], V* out) {
    static_assert(Temperatures == 1, "parameters are the same at each temperature");
    GUMBELCUDA_ROLLED
    for (int n = 0; n < outputs<H>; ++n) out[n] = w[n];
  }

 private:
  const std::uint8_t* symbol_;
  std::uint64_t places_;
};

}  // namespace sequences
GUMBELCUDA_MODEL_END
