// SPDX-License-Identifier: Apache-2.0
// Which words of its row's noise a model of sequences takes, the same ones for the GAN and for maximum likelihood, and
// the real strings that they draw.
#pragma once

#include "grammar.hpp"

GUMBELCUDA_MODEL_BEGIN
namespace sequences {

// Sequences that a network takes at once.
inline constexpr int tile = 4;

template <int Batch, class Data>
struct sequence_noise {
  static_assert(Batch > 0 && Batch % tile == 0, "a batch is made of tiles");
  static constexpr int most_updates = 16, most_inner = 64;
  static constexpr std::uint64_t sequence_blocks = (Data::symbols * Data::length + 3) / 4;
  // start(): word n is the generator's parameter n, word first_of_discriminator + n the discriminator's.
  static constexpr int most_parameters = 1 << 15, first_of_discriminator = most_parameters;
  static constexpr std::uint64_t start_blocks = 2 * most_parameters / 4;
  // A step has most_updates updates of the discriminator, then as many of the generator, whether they happen or not.
  // The blocks of each: words of real strings; of their smoothing, of fake strings, and of each fake string's inner
  // samples (Gumbel-Rao), sequence_blocks for each, with a word for each symbol at each moment.
  static constexpr std::uint64_t real = 0, smoothing = real + (Batch * Data::real_words + 3) / 4,
                                 fake = smoothing + Batch * sequence_blocks, inner = fake + Batch * sequence_blocks,
                                 update_blocks = inner + Batch * most_inner * sequence_blocks,
                                 step_blocks = 2 * most_updates * update_blocks;

  GUMBELCUDA_HD static constexpr std::uint64_t discriminator_update(int u) { return std::uint64_t(u) * update_blocks; }
  GUMBELCUDA_HD static constexpr std::uint64_t generator_update(int u) {
    return std::uint64_t(most_updates + u) * update_blocks;
  }
  // Of sequence i of a batch.
  GUMBELCUDA_HD static constexpr std::uint64_t of_sequence(std::uint64_t first, int i) {
    return first + std::uint64_t(i) * sequence_blocks;
  }

  template <class Run>
  GUMBELCUDA_INLINE static void write(Run& run, std::uint64_t first, int blocks, word_of<typename Run::lane>* words) {
    GUMBELCUDA_ROLLED
    for (int i = 0; i < blocks; ++i) {
      const auto block = run.block(first + std::uint64_t(i));
      for (int j = 0; j < 4; ++j) words[4 * i + j] = block.word[j];
    }
  }
  // Real strings first … first + tile − 1 of the batch of a discriminator's update that begins at block `update`.
  template <class Run, class Strings>
  GUMBELCUDA_INLINE static void draw_real(const Data& data, Run& run, std::uint64_t update, int first, Strings& to) {
    constexpr int per_tile = tile * Data::real_words;
    static_assert(per_tile % 4 == 0, "a tile begins with a block");
    word_of<typename Run::lane> words[per_tile];
    write(run, update + real + std::uint64_t(first * Data::real_words / 4), per_tile / 4, words);
    GUMBELCUDA_ROLLED
    for (int s = 0; s < tile; ++s) data.draw(words + s * Data::real_words, s, to);
  }
};

}  // namespace sequences
GUMBELCUDA_MODEL_END
