// SPDX-License-Identifier: Apache-2.0
// Trains fleets of GANs whose generator writes 16 characters of English, or the same generator by maximum likelihood,
// and reports how near each comes to text that it has not seen (docs/text-gan.md).
#include <CLI/CLI.hpp>

#include <cstdio>

#include "text_options.hpp"
#include "text_report.hpp"

namespace gumbelcuda::example {
namespace {

// At each moment, with the same noise, from rows that nothing else draws from.
void print_samples(const text_options& options, const model_fleet_result& result) {
  const auto count = std::size_t(options.samples);
  for (std::uint64_t i = 0; i < std::uint64_t(options.sampled_gans) && i < result.num_models; ++i)
    for (std::int64_t epoch = 1; epoch <= options.epochs; ++epoch) {
      const std::uint64_t row = ~std::uint64_t{0} - (i + 1) * count;
      const std::vector<std::uint8_t> symbols =
          options.size->sample(generator_at(options, result, i, epoch), 1, options.settings.fleet.seed, row, count);
      std::printf("\n%s %d after %lld steps writes:\n", options.settings.likelihood ? "model" : "GAN", int(i),
                  static_cast<long long>(epoch * (options.steps / options.epochs)));
      for (std::size_t n = 0; n < symbols.size(); ++n) {
        std::putchar(text::characters[symbols[n]]);
        if ((n + 1) % text::length == 0) std::puts("|");
      }
    }
}

int run(int argc, char** argv) {
  text_options options;
  CLI::App app("Fleets of GANs that learn to write 16 characters of a text");
  add_options(app, options);
  try {
    app.parse(argc, argv);
    complete(options);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  const split_text both = read_text(options.file);
  const model_fleet_result result =
      options.size->train(options.settings, sequences::text(both.training), execution_of(options));
  print_training(options, result);
  std::printf("%zu characters to learn from, %zu held out\n", both.training.size(), both.held_out.size());
  const text_evaluation evaluation(options, both);
  const text_baselines baselines = baselines_of(evaluation);
  const std::vector<text_record> records = records_of(options, evaluation, result);
  if (!options.out.empty()) write_csv(options.out, options, baselines, records);
  print_tables(options, baselines, records);
  if (options.samples > 0) print_samples(options, result);
  std::vector<double> bits;
  for (const text_record& r : records)
    if (r.epoch == options.epochs && r.sampling_temperature == 1) bits.push_back(r.metrics.bits);
  if (options.most_bits == 0 || quantile(bits, .5) <= options.most_bits) return 0;
  std::fprintf(stderr, "text_gan: the median is above %g bits per character\n", options.most_bits);
  return 1;
}

}  // namespace
}  // namespace gumbelcuda::example

int main(int argc, char** argv) {
  return gumbelcuda::example::exit_code_of("text_gan", [&] { return gumbelcuda::example::run(argc, argv); });
}
