// SPDX-License-Identifier: Apache-2.0
// What text_gan.cpp is told beyond sequence_options.hpp.
#pragma once

#include "read_text.hpp"
#include "sequence_options.hpp"
#include "text_fleet.hpp"

namespace gumbelcuda::example {

struct text_options : sequence_options {
  const text_size* size = nullptr;
  std::string file{};
  std::size_t sequences = 10000, held_out = 2048;
  double most_bits = 0;
};

inline void add_options(CLI::App& app, text_options& o) {
  o.hidden = 32;
  o.samples = 8;
  app.add_option("file", o.file, "FILE: the text, of which the last tenth is held out")->required();
  add_sequence_options(app, o, "sequences");
  app.add_option("--sequences", o.sequences, "that a model writes each time when its n-grams are counted")
      ->check(CLI::Range(1., 1e6))
      ->capture_default_str();
  app.add_option("--held-out", o.held_out, "the most sequences of which bits per character are computed")
      ->check(CLI::Range(1., 1e6))
      ->capture_default_str();
  app.add_option("--most-bits", o.most_bits, "fail if a character takes more at the end, in the median; 0: any number")
      ->check(CLI::Range(0., 100.))
      ->capture_default_str();
}

inline void complete(text_options& o) {
  o.size = find_size(o, text_sizes());
  complete_fleet(o);
}

}  // namespace gumbelcuda::example
