// SPDX-License-Identifier: Apache-2.0
// Trains the article's GAN as a model of one's own (logistic_gan.hpp): byte for byte what train_fleet() gives without a
// model.
#include "logistic_gan.hpp"

#include <cstdio>

int main() {
  const gumbelcuda::fleet_config article{.num_gans = 40, .epochs = 3, .history_gans = 20};
  const gumbelcuda::fleet_result built_in = gumbelcuda::train_fleet(article);

  const gumbelcuda::model_fleet_config config{
      .num_models = article.num_gans,
      .epochs = article.epochs,
      .steps_per_epoch = article.steps_per_epoch,
      .learning_rate = {article.generator_learning_rate, article.discriminator_learning_rate},
      .temperature = {gumbelcuda::constant_temperature(article.temperature[0])},
      .history_models = article.history_gans};
  const gumbelcuda::model_fleet_result own = gumbelcuda::train_fleet(
      gumbelcuda::example::logistic_gan<5, 10, 10>{gumbelcuda::real_classes<5>(article.target)}, config);

  const bool same = own.output == built_in.distribution && own.history == built_in.history;
  std::printf("%d at a time; the bytes of the built-in GANs: %s\n", own.side_by_side, same ? "yes" : "NO");
  return same ? 0 : 1;
}
