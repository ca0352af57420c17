// SPDX-License-Identifier: Apache-2.0
#include "host/cli/sweep_plan.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "gumbelcuda/detail/number_text.hpp"
#include "host/byte_text.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/sweep_factors.hpp"
#include "host/cli/sweep_gan.hpp"
#include "host/cli/sweep_settings.hpp"
#include "host/cli/whole_file.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {
namespace {

using doc = document_value;

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

class plan_reader {
 public:
  explicit plan_reader(const std::string& path) : source_{path} {
    constexpr std::uint64_t most_bytes = 1 << 26;
    document_ = parse_document(read_whole(path, most_bytes), path);
  }

  sweep_plan read(std::uint64_t available) {
    source_.expect_keys(document_, {"gan", "grid", "zip", "random", "replicas"});
    gan_ = read_gan_table(document_, source_, available);
    base_ = gan_.setup;
    plan_.config = std::move(gan_.shared);
    factors_ = read_factors(document_, source_, available);
    if (const doc* const replicas = document_.find("replicas"))
      replicas_ = std::uint64_t(source_.whole(*replicas, "replicas", 1, most));
    refuse_settings_given_twice();
    plan_.config.num_gans = count();
    if (const doc* const history = gan_.table.find("history")) read_history(*history);
    check_memory(available);
    check_each_choice();
    expand();
    check(plan_.config, {});
    describe();
    return std::move(plan_);
  }

 private:
  void read_history(const doc& history) {
    if (history.is(doc::type::text) && history.text == "all")
      plan_.config.history_gans = plan_.config.num_gans;
    else if (history.is(doc::type::whole) && history.whole >= 0)
      plan_.config.history_gans = std::uint64_t(history.whole);
    else
      source_.refuse(history.line, "history", text_of(history) + " is not a number of GANs, or \"all\"");
  }

  // A setting has one place. Only of the two learning rates may [gan] have both, beside a factor for one of them.
  void refuse_settings_given_twice() const {
    std::map<std::string_view, unsigned> varied;
    const auto refuse = [this](const sweep_column& column, std::string_view other, unsigned line) {
      source_.refuse(column.key_line, std::string(column.setting->name),
                     (other == column.setting->name ? "is given" : std::string(other) + " is given") + " in line " +
                         number_text(line) + " already");
    };
    for (const sweep_factor& factor : factors_)
      for (const sweep_column& column : factor.columns) {
        const std::string_view name = column.setting->name;
        std::vector<std::string_view> others{name};
        if (name == "learning_rate") others = {name, "generator_learning_rate", "discriminator_learning_rate"};
        for (const std::string_view other : others) {
          if (const auto at = gan_.line_of.find(std::string(other)); at != gan_.line_of.end())
            refuse(column, other, at->second);
          if (const auto at = varied.find(other); at != varied.end()) refuse(column, other, at->second);
        }
        if (name == "generator_learning_rate" || name == "discriminator_learning_rate")
          if (const auto at = varied.find("learning_rate"); at != varied.end())
            refuse(column, "learning_rate", at->second);
        if (name == "target" && !plan_.config.data.empty())
          source_.refuse(column.key_line, "target", "is the shares of the data's classes where there are data");
        varied[name] = column.key_line;
      }
  }

  std::uint64_t count() const {
    std::uint64_t gans = replicas_;
    for (const sweep_factor& factor : factors_) gans = saturating_product(gans, factor.count);
    if (gans > most_sweep_gans)
      throw invalid_argument(source_.file, "the product, " + factor_text() + ", is " + grouped(gans) +
                                               " GANs or more, and 2^32 are allowed");
    return gans;
  }

  // A bound from below, so that nothing is expanded that cannot be trained: settings, axes, results, and their copy
  // in a file.
  void check_memory(std::uint64_t available) const {
    constexpr std::uint64_t axis_bytes = 8, class_bytes = 8, other_bytes = 4 + 1 + 16 + 12, gradient_bytes = 8;
    constexpr unsigned lists = target_part | logits_part;  // as long as the choice says
    std::uint64_t each = setup_bytes(base_, parts() & ~lists) + other_bytes;
    std::uint64_t most_classes = (parts() & target_part) != 0 ? 0 : base_.target.size();
    if (plan_.config.gradient_samples > 0) each += gradient_bytes;
    for (const sweep_factor& factor : factors_)
      for (const sweep_column& column : factor.columns) {
        each += axis_bytes;
        if ((column.setting->parts & lists) == 0) continue;
        std::uint64_t of_all = 0;
        gan_setup setup = base_;
        for (const setting_value& choice : column.choices) {
          column.setting->set(setup, choice);
          of_all += setup_bytes(setup, column.setting->parts);
          if (column.setting->parts == target_part)
            most_classes = std::max<std::uint64_t>(most_classes, setup.target.size());
        }
        each += of_all / column.choices.size();
      }
    each += most_classes * class_bytes;
    const std::uint64_t needed = saturating_product(plan_.config.num_gans, each);
    if (needed > available)
      throw invalid_argument(source_.file, grouped(plan_.config.num_gans) + " GANs (" + factor_text() + ") need " +
                                               byte_text(needed, available) + " or more, and " +
                                               byte_text(available, needed) + " are free");
  }

  unsigned parts() const {
    unsigned all = 0;
    for (const sweep_factor& factor : factors_)
      for (const sweep_column& column : factor.columns) all |= column.setting->parts;
    return all;
  }

  void apply(gan_setup& setup, const sweep_factor& factor, std::size_t choice) const {
    for (const sweep_column& column : factor.columns) column.setting->set(setup, column.choices[choice]);
  }
  gan_setup first_setup() const {
    gan_setup setup = base_;
    // learning_rate cannot be in one factor and a rate of its own in another, so the order is of no importance.
    for (const sweep_factor& factor : factors_) apply(setup, factor, 0);
    return setup;
  }

  // Where a message of the library belongs: a choice of a factor, or a line of the file.
  struct blamed_choice {
    const sweep_factor* factor = nullptr;
    std::size_t choice = 0;
  };

  // Checks GANs of the sweep that show each choice once, beside the first of the other factors: so a message can name
  // the line of the choice.
  void check_each_choice() const {
    constexpr std::uint64_t most_checked = 4096;
    sweep_config one = plan_.config;
    one.num_gans = 1;
    one.history_gans = 0;
    one.data.clear();  // looked at once, at the end
    for (const sweep_factor& factor : factors_)
      for (std::size_t choice = 0; choice < std::min(factor.count, most_checked); ++choice) {
        gan_setup setup = first_setup();
        apply(setup, factor, choice);
        clear_setups(one, all_parts, 1);
        append_setup(one, setup, all_parts);
        check(one, {&factor, choice});
      }
  }

  void check(const sweep_config& config, const blamed_choice& blamed) const {
    try {
      validate(config);
    } catch (const invalid_argument& problem) {
      blame(problem, blamed);
    }
  }

  // The library's names have indices and members, "problem[7].hidden_width[1]"; one of the words is a setting's.
  static std::vector<std::string> words_of(const std::string& argument) {
    std::vector<std::string> words;
    for (std::size_t begin = 0; begin < argument.size();) {
      const std::size_t end = std::min(argument.find('.', begin), argument.size());
      const std::string word = argument.substr(begin, end - begin);
      words.insert(words.begin(), word.substr(0, word.find('[')));
      begin = end + 1;
    }
    return words;
  }

  static bool is_named(const sweep_setting& setting, const std::string& word) {
    const auto& names = setting.arguments;
    return setting.name == word || std::find(names.begin(), names.end(), word) != names.end();
  }

  [[noreturn]] void blame(const invalid_argument& problem, const blamed_choice& blamed) const {
    const std::string text = std::string(problem.what()).substr(problem.argument().size() + 2);
    for (const std::string& word : words_of(problem.argument())) blame(word, text, blamed);
    throw invalid_argument(source_.file, problem.what());
  }

  // Refuses the setting of that name where it stands, if it stands anywhere.
  void blame(const std::string& word, const std::string& text, const blamed_choice& blamed) const {
    if (blamed.factor != nullptr)
      for (const sweep_column& column : blamed.factor->columns)
        if (is_named(*column.setting, word))
          source_.refuse(column.line_of(blamed.choice), std::string(column.setting->name), text);
    for (const sweep_factor& factor : factors_)
      for (const sweep_column& column : factor.columns)
        if (is_named(*column.setting, word)) source_.refuse(column.key_line, std::string(column.setting->name), text);
    for (const auto& [key, line] : gan_.line_of) {
      const sweep_setting* const setting = find_setting(key);
      if (setting != nullptr && setting->name != "learning_rate" && is_named(*setting, word))
        source_.refuse(line, key, text);
      for (const auto& [shared, name] : shared_settings)
        if (key == shared && word == name) source_.refuse(line, key, text);
    }
    if (const auto at = gan_.line_of.find("learning_rate"); at != gan_.line_of.end() && word.ends_with("learning_rate"))
      source_.refuse(at->second, at->first, text);
  }

  void expand() {
    sweep_config& config = plan_.config;
    const unsigned varied = parts();
    gan_setup setup = first_setup();
    clear_setups(config, all_parts & ~varied, 1);
    append_setup(config, setup, all_parts & ~varied);
    clear_setups(config, varied, config.num_gans);
    for (const sweep_factor& factor : factors_)
      for (const sweep_column& column : factor.columns) {
        if (factor.count == 1) continue;
        plan_.axes.push_back({std::string(column.setting->name), {}, column.words, column.logarithmic});
        plan_.axes.back().value.reserve(config.num_gans);
      }
    if (replicas_ > 1) plan_.axes.push_back({"replica", {}, {}, false});
    std::vector<std::size_t> choice(factors_.size(), 0);
    for (std::uint64_t first = 0; first < config.num_gans; first += replicas_) {
      append_replicas(setup, varied, choice);
      // The next choices: the last factor's varies fastest.
      for (std::size_t factor = factors_.size(); factor-- > 0;) {
        choice[factor] = (choice[factor] + 1) % factors_[factor].count;
        apply(setup, factors_[factor], choice[factor]);
        if (choice[factor] != 0) break;
      }
    }
  }

  void append_replicas(const gan_setup& setup, unsigned varied, const std::vector<std::size_t>& choice) {
    for (std::uint64_t replica = 0; replica < replicas_; ++replica) {
      append_setup(plan_.config, setup, varied);
      std::size_t axis = 0;
      for (std::size_t factor = 0; factor < factors_.size(); ++factor) {
        if (factors_[factor].count == 1) continue;
        for (const sweep_column& column : factors_[factor].columns)
          plan_.axes[axis++].value.push_back(column.axis[choice[factor]]);
      }
      if (replicas_ > 1) plan_.axes[axis].value.push_back(static_cast<double>(replica));
    }
  }

  std::string factor_text() const {
    std::string text;
    for (const sweep_factor& factor : factors_) {
      std::string names;
      for (const sweep_column& column : factor.columns)
        names += (names.empty() ? "" : ", ") + std::string(column.setting->name);
      text += (text.empty() ? "" : " × ") + names + " " + grouped(factor.count);
    }
    if (replicas_ > 1) text += (text.empty() ? "" : " × ") + ("replicas " + grouped(replicas_));
    return text;
  }

  void describe() { plan_.factors = factor_text(); }

  sweep_source source_;
  document_value document_{};
  gan_table gan_{};
  gan_setup base_{};
  std::vector<sweep_factor> factors_{};
  std::uint64_t replicas_ = 1;
  sweep_plan plan_{};
};

}  // namespace

sweep_plan read_sweep_plan(const std::string& path, std::uint64_t available) {
  return plan_reader(path).read(available);
}

}  // namespace gumbelcuda
