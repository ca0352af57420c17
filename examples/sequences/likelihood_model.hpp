// SPDX-License-Identifier: Apache-2.0
// The generator of sequence_gan.hpp trained by maximum likelihood instead: each symbol predicted from the real ones
// before it. Its first weights and its real strings are those of the GAN with the same seed and row.
#pragma once

#include "sequence_noise.hpp"

GUMBELCUDA_MODEL_BEGIN
namespace sequences {

template <int H, int Batch, int Temperatures = 1, class Data = grammar>
struct likelihood_model {
  using generator_type = generator<H, Data::symbols, Data::length>;
  using noise = sequence_noise<Batch, Data>;
  using parameters = parameter_groups<generator_type::parameters>;
  static_assert(parameters::size(0) <= noise::most_parameters);
  static constexpr fixed<0> of_generator{};
  static constexpr int outputs = Data::template outputs<H> * Temperatures;
  static constexpr std::uint64_t start_blocks = noise::start_blocks, step_blocks = noise::step_blocks;

  // α of softmax(logits/α) when strings are sampled; in 1e-6 … 1e6.
  float sampling_temperature[Temperatures] = {1};
  Data data = Data();  // what real strings are drawn from

  // Throws invalid_argument.
  void check() const {
    for (const float alpha : sampling_temperature)
      if (!(alpha >= 1e-6f && alpha <= 1e6f))
        throw invalid_argument("sampling_temperature", number_text(alpha) + " is not in 1e-6 … 1e6");
  }

  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void start(Run& run) const {
    draw_weights(H, parameters::size(0), run.parameters(of_generator), [&](int n) { return run.word(n); });
  }
  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void step(Run& run) const {
    typename generator_type::template tape<V, tile> tape;
    typename generator_type::template tile_of<V, tile> real;
    GUMBELCUDA_ROLLED
    for (int first = 0; first < Batch; first += tile) {
      noise::draw_real(data, run, noise::discriminator_update(0), first, real);
      generator_type::follow(run.parameters(of_generator), tape, real);
      add_gradient(run.parameters(of_generator), tape, real, run.gradient(of_generator));
    }
    run.update(of_generator, V(1) / V(Batch));
  }
  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void output(const Run& run, V* law) const {
    float inverse[Temperatures];
    for (int i = 0; i < Temperatures; ++i) inverse[i] = 1 / sampling_temperature[i];
    Data::template law<H, Temperatures>(run.parameters(of_generator), inverse, law);
  }

  // That of −log p(strings), after follow(): of a logit, p − one_hot.
  template <class V>
  GUMBELCUDA_INLINE static void add_gradient(const V* w, const typename generator_type::template tape<V, tile>& tape,
                                             const typename generator_type::template tile_of<V, tile>& real, V* d_w) {
    generator_type::template backward<false>(w, tape, d_w, [&](int t, const V(*)[tile], V(*d_logits)[tile]) {
      GUMBELCUDA_ROLLED
      for (int s = 0; s < tile; ++s) {
        V p[Data::symbols];
        for (int k = 0; k < Data::symbols; ++k) p[k] = tape.logits.at[t][k][s];
        tempered_softmax(p, p, V(1), fixed<Data::symbols>{});
        for (int k = 0; k < Data::symbols; ++k) d_logits[k][s] = p[k] - real.at[t][k][s];
      }
    });
  }
};

}  // namespace sequences
GUMBELCUDA_MODEL_END
