// SPDX-License-Identifier: Apache-2.0
// A GAN of sequences with Gumbel-softmax (Kusner, Hernández-Lobato, arXiv:1611.04051), as a model of a fleet
// (docs/models.md): LSTM against LSTM, from nothing, and the exact law of what the generator says.
#pragma once

#include "discriminator.hpp"
#include "sequence_noise.hpp"

GUMBELCUDA_MODEL_BEGIN
namespace sequences {

// What may be chosen when the program runs, the same for all GANs of a fleet.
struct sequence_gan_settings {
  sequences::estimator estimator = sequences::estimator::relaxed;
  sequences::feedback feedback = sequences::feedback::hard;
  sequences::judged judged = sequences::judged::final;
  sequences::loss loss = sequences::loss::non_saturating;
  int inner_samples = 10;  // of gumbel_rao, 1 … 64
  // ε in [0, 1): real symbols are samples of softmax((log((1 − ε)·one_hot + ε/symbols) + Gumbel noise)/τ); 0: one-hot.
  float real_smoothing = 0;
  float label_smoothing = 0;  // ε in [0, 1/2): the label of real strings is 1 − ε; with non_saturating
  // ρ in [0, 1): what writes is not the generator as it is now, which goes to and fro with the discriminator, but an
  // average of its parameters over the steps: ρ·average + (1 − ρ)·now    Yazıcı et al., arXiv:1806.04498
  float averaging = 0;
  int discriminator_updates = 1, generator_updates = 1;  // in a step, 1 … 16
};

// H units in the generator, D in the discriminator, Batch real and as many fake strings an update. Recorded: the
// data's law(), the probability of each string if they can be listed, at each of `Temperatures` sampling temperatures.
template <int H, int D, int Batch, int Temperatures = 1, class Data = grammar>
struct sequence_gan : sequence_gan_settings {
  using generator_type = generator<H, Data::symbols, Data::length>;
  using discriminator_type = discriminator<D, Data::symbols, Data::length>;
  using noise = sequence_noise<Batch, Data>;
  // The last group is the generator that writes: it has no gradient, and its learning rate is not used.
  using parameters =
      parameter_groups<generator_type::parameters, discriminator_type::parameters, generator_type::parameters>;
  static_assert(parameters::size(0) <= noise::most_parameters && parameters::size(1) <= noise::most_parameters);
  static constexpr fixed<0> of_generator{};
  static constexpr fixed<1> of_discriminator{};
  static constexpr fixed<2> of_average{};
  static constexpr int outputs = Data::template outputs<H> * Temperatures;
  static constexpr std::uint64_t start_blocks = noise::start_blocks, step_blocks = noise::step_blocks;

  // α of softmax(logits/α) when strings are sampled; in 1e-6 … 1e6. With soft feedback, too, output() is the law of the
  // generator that gets its hard symbols.
  float sampling_temperature[Temperatures] = {1};
  Data data = Data();  // what real strings are drawn from

  // Throws invalid_argument.
  void check() const {
    const auto in_range = [](const char* name, double value, bool is_allowed, const char* allowed) {
      if (!is_allowed) throw invalid_argument(name, number_text(value) + " is not " + allowed);
    };
    in_range("inner_samples", inner_samples, inner_samples >= 1 && inner_samples <= noise::most_inner, "in 1 … 64");
    in_range("real_smoothing", real_smoothing, real_smoothing >= 0 && real_smoothing < 1, "0 or more and below 1");
    in_range("label_smoothing", label_smoothing, label_smoothing >= 0 && label_smoothing < .5f,
             "0 or more and below 0.5");
    in_range("label_smoothing", label_smoothing, label_smoothing == 0 || loss == loss::non_saturating,
             "0, but the hinge loss has no labels");
    in_range("averaging", averaging, averaging >= 0 && averaging < 1, "0 or more and below 1");
    for (const int updates : {discriminator_updates, generator_updates})
      in_range(updates == discriminator_updates ? "discriminator_updates" : "generator_updates", updates,
               updates >= 1 && updates <= noise::most_updates, "in 1 … 16");
    for (const float alpha : sampling_temperature)
      in_range("sampling_temperature", alpha, alpha >= 1e-6f && alpha <= 1e6f, "in 1e-6 … 1e6");
  }

  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void start(Run& run) const {
    draw_weights(H, parameters::size(0), run.parameters(of_generator), [&](int n) { return run.word(n); });
    draw_weights(D, parameters::size(1), run.parameters(of_discriminator),
                 [&](int n) { return run.word(noise::first_of_discriminator + n); });
    take_average(run, 0);
  }
  template <class Run>
  GUMBELCUDA_HD void step(Run& run) const {
    GUMBELCUDA_ROLLED
    for (int u = 0; u < discriminator_updates; ++u) update_discriminator(run, noise::discriminator_update(u));
    GUMBELCUDA_ROLLED
    for (int u = 0; u < generator_updates; ++u) update_generator(run, noise::generator_update(u));
    take_average(run, averaging);
  }
  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_HD void output(const Run& run, V* law) const {
    float inverse[Temperatures];
    for (int i = 0; i < Temperatures; ++i) inverse[i] = 1 / sampling_temperature[i];
    Data::template law<H, Temperatures>(run.parameters(of_average), inverse, law);
  }

 private:
  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_INLINE static void take_average(Run& run, float kept) {
    const V* const now = run.parameters(of_generator);
    V* const average = run.parameters(of_average);
    GUMBELCUDA_ROLLED
    for (int n = 0; n < parameters::size(0); ++n)
      average[n] = kept == 0 ? now[n] : fma(V(kept), average[n] - now[n], now[n]);
  }

  template <class V>
  using strings = symbol_tile<V, Data::symbols, Data::length, tile>;
  template <class V>
  using generator_tape = typename generator_type::template tape<V, tile>;
  template <class V>
  using discriminator_tape = typename discriminator_type::template tape<V, tile>;

  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_OUT_OF_LINE void update_discriminator(Run& run, std::uint64_t update) const {
    const V* const w = run.parameters(of_discriminator);
    V* const d_w = run.gradient(of_discriminator);
    discriminator_tape<V> tape;
    strings<V> real;
    generator_tape<V> fake;
    // The real and the fake strings of a tile in turn.
    GUMBELCUDA_ROLLED
    for (int i = 0; i < 2 * Batch / tile; ++i) {
      const int first = i / 2 * tile;
      const bool is_real = i % 2 == 0;
      if (is_real)
        draw_real(run, update, first, real);
      else
        sample(run, update, first, fake);
      discriminator_type::forward(w, tape, is_real ? real : seen(fake));
      discriminator_type::add_gradient(w, tape, judged, d_w, [&](V s) {
        return is_real ? d_real_loss(loss, s, V(label_smoothing)) : d_fake_loss(loss, s);
      });
    }
    run.update(of_discriminator, V(1) / V(Batch));
  }

  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_OUT_OF_LINE void update_generator(Run& run, std::uint64_t update) const {
    const V* const w = run.parameters(of_generator);
    V* const d_w = run.gradient(of_generator);
    const V temperature = run.temperature();
    generator_tape<V> fake;
    strings<V> d_seen;
    GUMBELCUDA_ROLLED
    for (int first = 0; first < Batch; first += tile) {
      sample(run, update, first, fake);
      {
        const V* const of_judge = run.parameters(of_discriminator);
        discriminator_tape<V> tape;
        discriminator_type::forward(of_judge, tape, seen(fake));
        discriminator_type::input_gradient(of_judge, tape, judged, d_seen,
                                           [&](V s) { return d_generator_loss(loss, s); });
      }
      const auto d_logits_at = [&](int t, const V(*d_fed)[tile], V(*d_logits)[tile]) {
        GUMBELCUDA_ROLLED
        for (int s = 0; s < tile; ++s) {
          V of_seen[Data::symbols], of_fed[Data::symbols], of_logits[Data::symbols];
          for (int k = 0; k < Data::symbols; ++k) {
            of_seen[k] = d_seen.at[t][k][s];
            of_fed[k] = d_fed ? d_fed[k][s] : V(0);
          }
          generator_type::symbol_gradient(fake, t, s, estimator, of_seen, of_fed, temperature, inner_samples,
                                          inner_words(run, update, first + s, t), of_logits);
          for (int k = 0; k < Data::symbols; ++k) d_logits[k][s] = of_logits[k];
        }
      };
      if (feedback == feedback::hard)
        generator_type::template backward<false>(w, fake, d_w, d_logits_at);
      else
        generator_type::template backward<true>(w, fake, d_w, d_logits_at);
    }
    run.update(of_generator, V(1) / V(Batch));
  }

  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_OUT_OF_LINE void sample(Run& run, std::uint64_t update, int first, generator_tape<V>& to) const {
    constexpr int blocks = generator_type::blocks;
    word_of<V> words[tile][4 * blocks];
    GUMBELCUDA_ROLLED
    for (int s = 0; s < tile; ++s)
      noise::write(run, noise::of_sequence(update + noise::fake, first + s), blocks, words[s]);
    generator_type::sample(run.parameters(of_generator), to, words, run.temperature(), feedback);
  }
  // What the discriminator sees of fake strings.
  template <class V>
  GUMBELCUDA_INLINE const strings<V>& seen(const generator_tape<V>& fake) const {
    return estimator == estimator::relaxed ? fake.relaxed : fake.one_hot;
  }
  template <class Run, class V = typename Run::lane>
  GUMBELCUDA_OUT_OF_LINE void draw_real(Run& run, std::uint64_t update, int first, strings<V>& real) const {
    noise::draw_real(data, run, update, first, real);
    if (!(real_smoothing > 0)) return;
    constexpr int blocks = generator_type::blocks;
    const V spread = V(real_smoothing / Data::symbols), log_other = log(spread),
            log_itself = log(V(1 - real_smoothing) + spread), inverse = inverse_temperature(run.temperature());
    GUMBELCUDA_ROLLED
    for (int s = 0; s < tile; ++s) {
      word_of<V> words[4 * blocks];
      noise::write(run, noise::of_sequence(update + noise::smoothing, first + s), blocks, words);
      GUMBELCUDA_ROLLED
      for (int t = 0; t < Data::length; ++t) {
        V logits[Data::symbols], y[Data::symbols];
        for (int k = 0; k < Data::symbols; ++k) logits[k] = select(real.at[t][k][s] == V(1), log_itself, log_other);
        gumbel_softmax(logits, words + t * Data::symbols, 1, y, inverse, fixed<Data::symbols>{});
        for (int k = 0; k < Data::symbols; ++k) real.at[t][k][s] = y[k];
      }
    }
  }
  // The words of inner sample m of a fake string's symbol at moment t, by m.
  template <class Run>
  GUMBELCUDA_INLINE static auto inner_words(Run& run, std::uint64_t update, int sequence, int t) {
    using word = word_of<typename Run::lane>;
    // Blocks that a moment's words lie in, if they begin in the middle of one.
    constexpr int blocks = (Data::symbols + 2) / 4 + 1;
    const std::uint64_t of_batch = update + noise::inner;
    return [&run, of_batch, sequence, t, words = lanes<word, 4 * blocks>{}](int m) mutable -> const word* {
      const int begin = t * Data::symbols, last = begin + Data::symbols - 1;
      noise::write(run, noise::of_sequence(of_batch, sequence * noise::most_inner + m) + std::uint64_t(begin / 4),
                   last / 4 - begin / 4 + 1, words.values);
      return words.values + begin % 4;
    };
  }
};

}  // namespace sequences
GUMBELCUDA_MODEL_END
