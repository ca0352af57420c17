// SPDX-License-Identifier: Apache-2.0
// Prints the report of a synthetic sweep, for report_page_test.py: example_report KIND.
#include <cstdio>
#include <cstring>
#include <string>

#include "host/results/sweep_report.hpp"
#include "tests/results/example_sweep.hpp"

namespace {

gumbelcuda::sweep_record sweep_of(const std::string& kind) {
  const example_axis rates = logarithmic_axis("generator_learning_rate", 1e-5, 1e-1, 17);
  const example_axis temperatures = logarithmic_axis("temperature", 1e-3, 10, 9);
  const example_axis losses = axis_of_words("loss", {"non_saturating", "saturating", "hinge", "wasserstein"});
  const example_axis replicas = whole_numbers_axis("replica", 5);
  if (kind == "one_axis") return example_sweep({rates, replicas}, 10);
  if (kind == "replicas") return example_sweep({replicas}, 3);
  if (kind == "no_axis") return example_sweep({}, 1);
  if (kind == "large")
    return example_sweep({logarithmic_axis("generator_learning_rate", 1e-5, 1e-1, 256),
                          logarithmic_axis("temperature", 1e-3, 10, 256), whole_numbers_axis("replica", 4)},
                         2000, 60);
  if (kind == "hostile")
    return example_sweep({axis_of_words("</script><script>alert(1)</script>", {"<b>\"bold\" & 'quoted'</b>", "\xff"}),
                          axis_of_words("target", {"$&", "</style>"})},
                         4);
  if (kind == "diverged") {
    gumbelcuda::sweep_record record = example_sweep({rates, temperatures});
    for (auto& outcome : record.result.outcome) outcome = gumbelcuda::gan_outcome::diverged;
    return record;
  }
  if (kind == "wide") {  // in every way: classes, axes, words
    const example_axis estimators = axis_of_words("estimator", {"straight_through", "gumbel_rao", "score_function"});
    const example_axis networks = axis_of_words("hidden", {"none", "64,64,64 with leaky_relu and he_uniform"});
    gumbelcuda::sweep_record record =
        example_sweep({logarithmic_axis("discriminator_learning_rate", 1e-5, 1e-1, 5),
                       logarithmic_axis("temperature", 1e-3, 10, 4), losses, estimators, networks, replicas});
    record.config.target[0].assign(1024, 0);
    for (std::size_t k = 0; k < 1024; ++k) record.config.target[0][k] = (k + 1) / 524'800.;
    fill_example(record, 3, 300);
    return record;
  }
  gumbelcuda::sweep_record record = example_sweep({rates, temperatures, losses, replicas});
  if (kind == "ragged") {
    record.config.target.clear();
    for (std::size_t gan = 0; gan < record.config.num_gans; ++gan)
      record.config.target.push_back(gan % 2 ? std::vector<double>{.2, .8} : std::vector<double>{0, 0, .1, .3, .6});
  }
  fill_example(record, 300, 30);
  if (kind == "gradients") add_example_gradients(record);
  return record;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::string page = gumbelcuda::sweep_report_html(sweep_of(arguments[1]));
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
