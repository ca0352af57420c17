// SPDX-License-Identifier: Apache-2.0
// Trains fleets of GANs whose generator writes the strings of a grammar, symbol by symbol, or the same generator by
// maximum likelihood, and reports exactly how near each comes to the target (docs/grammar-gan.md).
#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "grammar_options.hpp"
#include "grammar_report.hpp"

namespace gumbelcuda::example {
namespace {

void write_parameters(const std::string& path, const model_fleet_result& result) {
  std::ofstream file(path);
  const std::size_t count = std::size_t(result.parameters);
  for (std::size_t i = 0; i < result.parameter.size(); ++i)
    file << number(result.parameter[i]) << ((i + 1) % count == 0 ? '\n' : ',');
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

void print_samples(const grammar_options& options, const model_fleet_result& result) {
  for (int i = 0; i < options.sampled_gans && std::uint64_t(i) < result.num_models; ++i) {
    // A row that no training draws from.
    const auto strings = options.size->samples(generator_of(options, result, std::uint64_t(i)),
                                               options.settings.fleet.seed, ~std::uint64_t(i), options.samples);
    std::printf("\n%s %d writes:\n", options.settings.likelihood ? "model" : "GAN", i);
    for (std::size_t n = 0; n < strings.size(); ++n)
      std::printf("%s%s", strings[n].c_str(), (n + 1) % 6 == 0 || n + 1 == strings.size() ? "|\n" : "|  ");
  }
}

int run(int argc, char** argv) {
  grammar_options options;
  CLI::App app("Fleets of GANs that learn the strings x, x+x, x*x-x, … symbol by symbol");
  add_options(app, options);
  try {
    app.parse(argc, argv);
    complete(options);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  const model_fleet_result result = options.size->train(options.settings, execution_of(options));
  const std::vector<grammar_record> records = records_of(options, result);
  if (!options.out.empty()) write_csv(options.out, options, records);
  if (!options.parameters.empty()) write_parameters(options.parameters, result);
  print_training(options, result);
  print_tables(options, records);
  if (options.samples > 0) print_samples(options, result);
  std::vector<double> mass;
  for (const grammar_record& r : records)
    if (r.epoch == options.epochs && r.sampling_temperature == 1) mass.push_back(r.metrics.mass);
  if (quantile(mass, .5) >= options.least_mass) return 0;
  std::fprintf(stderr, "grammar_gan: the median mass is below %g\n", options.least_mass);
  return 1;
}

}  // namespace
}  // namespace gumbelcuda::example

int main(int argc, char** argv) {
  return gumbelcuda::example::exit_code_of("grammar_gan", [&] { return gumbelcuda::example::run(argc, argv); });
}
