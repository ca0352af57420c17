// SPDX-License-Identifier: Apache-2.0
// The settings of a GAN that a sweep's file may give, each listed once: its name there, what it may be, and where it
// goes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gumbelcuda/sweep.hpp"
#include "host/cli/sweep_document.hpp"

namespace gumbelcuda {

// What sweep_config says about one GAN. The defaults are sweep_config's.
struct gan_setup {
  std::vector<double> target = sweep_config().target[0];
  gan_problem problem{};
  std::uint64_t seed = sweep_config().seed[0];
  float generator_learning_rate = sweep_config().generator_learning_rate[0];
  float discriminator_learning_rate = sweep_config().discriminator_learning_rate[0];
  double beta_1 = sweep_config().beta_1[0], beta_2 = sweep_config().beta_2[0];
  float epsilon = sweep_config().epsilon[0];
  temperature_schedule temperature = sweep_config().temperature[0];
  int batch_size = sweep_config().batch_size[0], generator_steps = sweep_config().generator_steps[0];
  std::int64_t epochs = sweep_config().epochs[0];
  std::vector<float> initial_logits{};
};

// The vectors of sweep_config that a setting fills, as bits.
enum setup_part : unsigned {
  target_part = 1,
  problem_part = 2,
  seed_part = 4,
  generator_rate_part = 8,
  discriminator_rate_part = 16,
  beta_1_part = 32,
  beta_2_part = 64,
  epsilon_part = 128,
  temperature_part = 256,
  batch_part = 512,
  generator_steps_part = 1024,
  epochs_part = 2048,
  logits_part = 4096,
};

inline constexpr unsigned all_parts = 2 * logits_part - 1;

// Empties the vectors `parts` of config and makes room for `count` elements.
void clear_setups(sweep_config& config, unsigned parts, std::uint64_t count);
// Makes them longer by one element, which is the setup's.
void append_setup(sweep_config& config, const gan_setup& setup, unsigned parts);
// Bytes that such an element takes.
std::uint64_t setup_bytes(const gan_setup& setup, unsigned parts);

// A word (a loss) is its number among the setting's words.
using setting_value =
    std::variant<double, std::int64_t, std::vector<double>, std::shared_ptr<const temperature_schedule>>;

struct sweep_setting {
  enum class type { real, whole, word, numbers, widths, temperature };

  std::string_view name;
  type kind;
  unsigned parts;
  std::string allowed;  // for messages: "a number above 0"
  void (*set)(gan_setup& setup, const setting_value& value);
  std::vector<std::string> words{};
  // Of a whole number; wider ranges than the library's, which sees the number afterwards.
  std::int64_t most = 0;
  std::vector<std::string_view> arguments{};  // the library's names for it, if they are not `name`

  bool is_number() const noexcept { return kind == type::real || kind == type::whole || kind == type::temperature; }
};

const std::vector<sweep_setting>& sweep_settings();
// Null if there is none.
const sweep_setting* find_setting(std::string_view name);

// Names the file in messages: "sweep.toml:7: epochs: 0 is not …".
struct sweep_source {
  std::string file{};

  [[noreturn]] void refuse(unsigned line, const std::string& key, const std::string& problem) const;
  // Refuses a key that is none of `known`, with the nearest of them.
  void expect_keys(const document_value& table, const std::vector<std::string>& known) const;
  // A whole number in least … most, which are in the message as they are here.
  std::int64_t whole(const document_value& value, const std::string& key, std::int64_t least, std::int64_t most) const;
  // A finite number.
  double real(const document_value& value, const std::string& key, const std::string& allowed) const;
  const std::string& word(const document_value& value, const std::string& key,
                          const std::vector<std::string>& words) const;
  setting_value setting(const document_value& value, const sweep_setting& setting) const;

 private:
  std::vector<double> numbers(const document_value& value, const sweep_setting& setting) const;
  setting_value temperature(const document_value& value, const sweep_setting& setting) const;
};

// A choice in an axis: "16x16", "0.5,0.5", "cosine 1 to 0.1".
std::string choice_text(const sweep_setting& setting, const setting_value& value);

}  // namespace gumbelcuda
