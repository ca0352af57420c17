// SPDX-License-Identifier: Apache-2.0
#include "host/cli/sweep_plan.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <map>
#include <utility>

#include "gumbelcuda/detail/number_text.hpp"
#include "host/byte_text.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/sweep_data.hpp"
#include "host/cli/sweep_factors.hpp"
#include "host/cli/sweep_settings.hpp"
#include "host/cli/whole_file.hpp"
#include "host/saturating.hpp"

namespace gumbelcuda {
namespace {

using doc = document_value;

// Settings of [gan] that all GANs share, with the library's names for them.
constexpr std::array<std::pair<const char*, const char*>, 7> shared_settings{{{"first_gan", "first_gan"},
                                                                              {"steps_per_epoch", "steps_per_epoch"},
                                                                              {"until_tv", "until_total_variation"},
                                                                              {"history", "history_gans"},
                                                                              {"data", "data"},
                                                                              {"data_format", "data_format"},
                                                                              {"data_order", "order"}}};
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

class plan_reader {
 public:
  explicit plan_reader(const std::string& path) : source_{path} {
    constexpr std::uint64_t most_bytes = 1 << 26;
    document_ = parse_document(read_whole(path, most_bytes), path);
  }

  sweep_plan read(std::uint64_t available) {
    source_.expect_keys(document_, {"gan", "grid", "zip", "random", "replicas"});
    read_gan();
    factors_ = read_factors(document_, source_);
    if (const doc* const replicas = document_.find("replicas"))
      replicas_ = std::uint64_t(source_.whole(*replicas, "replicas", 1, most));
    refuse_settings_given_twice();
    plan_.config.num_gans = count();
    if (const doc* const history = gan_.find("history")) read_history(*history);
    check_memory(available);
    check_each_choice();
    expand();
    check(plan_.config, {});
    describe();
    return std::move(plan_);
  }

 private:
  // learning_rate comes first: the generator's and the discriminator's own take precedence.
  void read_gan() {
    const doc* const table = document_.find("gan");
    if (table == nullptr) return;
    if (!table->is(doc::type::table)) source_.refuse(table->line, "gan", "is not a table, [gan]");
    gan_ = *table;
    std::vector<std::string> known;
    for (const auto& [key, argument] : shared_settings) known.emplace_back(key);
    for (const sweep_setting& setting : sweep_settings()) known.emplace_back(setting.name);
    source_.expect_keys(gan_, known);
    for (const doc_entry& entry : gan_.entries) {
      line_of_[entry.key] = entry.line;
      if (entry.key == "learning_rate") set(entry);
    }
    for (const doc_entry& entry : gan_.entries)
      if (entry.key != "learning_rate") set(entry);
    read_shared();
    read_data();
  }
  using doc_entry = document_entry;

  void set(const doc_entry& entry) {
    const sweep_setting* const setting = find_setting(entry.key);
    if (setting != nullptr) setting->set(base_, source_.setting(entry.value, *setting));
  }

  void read_shared() {
    sweep_config& config = plan_.config;
    if (const doc* const first = gan_.find("first_gan"))
      config.first_gan = std::uint64_t(source_.whole(*first, "first_gan", 0, most));
    if (const doc* const steps = gan_.find("steps_per_epoch"))
      config.steps_per_epoch = source_.whole(*steps, "steps_per_epoch", 1, most);
    if (const doc* const until = gan_.find("until_tv"))
      config.until_total_variation = source_.real(*until, "until_tv", "a number, 0 … 1, or −1");
    if (const doc* const order = gan_.find("data_order")) {
      const std::vector<std::string> words{"file", "shuffled", "iid"};
      config.order = static_cast<data_order>(
          std::find(words.begin(), words.end(), source_.word(*order, "data_order", words)) - words.begin());
    }
  }

  void read_data() {
    const doc *const data = gan_.find("data"), *const format = gan_.find("data_format");
    if (data == nullptr) {
      for (const char* const key : {"data_format", "data_order"})
        if (line_of_.contains(key)) source_.refuse(line_of_[key], key, "there is no data to which this would apply");
      return;
    }
    if (!data->is(doc::type::text) || data->text.empty())
      source_.refuse(data->line, "data", text_of(*data) + " is not the name of a file, or \"-\"");
    if (line_of_.contains("target"))
      source_.refuse(line_of_["target"], "target", "is the shares of the data's classes where there are data");
    if (format == nullptr)
      source_.refuse(data->line, "data", "needs data_format: \"bytes\", \"letters\", \"integers\" or \"npy\"");
    const std::string& word = source_.word(*format, "data_format", data_formats);
    namespace fs = std::filesystem;
    const std::string path =
        data->text == "-" ? "-" : (fs::path(source_.file).parent_path() / fs::path(data->text)).string();
    try {
      sweep_data read = read_sweep_data(path, word);
      plan_.config.data = std::move(read.samples);
      base_.target = std::move(read.shares);
    } catch (const invalid_argument& problem) {
      source_.refuse(data->line, "data", problem.what());
    }
  }

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
          if (const auto at = line_of_.find(std::string(other)); at != line_of_.end())
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
    constexpr std::uint64_t axis_bytes = 8, class_bytes = 8, other_bytes = 4 + 1 + 16 + 12;
    std::uint64_t each = setup_bytes(base_, parts()) + base_.target.size() * class_bytes + other_bytes;
    for (const sweep_factor& factor : factors_) each += axis_bytes * factor.columns.size();
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

  [[noreturn]] void blame(const invalid_argument& problem, const blamed_choice& blamed) const {
    std::string argument = problem.argument();
    const std::string text = std::string(problem.what()).substr(argument.size() + 2);
    argument = argument.substr(0, argument.find('['));
    if (const std::size_t dot = argument.rfind('.'); dot != std::string::npos) argument.erase(0, dot + 1);
    const auto is_named = [&argument](const sweep_setting& setting) {
      const auto& names = setting.arguments;
      return setting.name == argument || std::find(names.begin(), names.end(), argument) != names.end();
    };
    if (blamed.factor != nullptr)
      for (const sweep_column& column : blamed.factor->columns)
        if (is_named(*column.setting))
          source_.refuse(column.line_of(blamed.choice), std::string(column.setting->name), text);
    for (const sweep_factor& factor : factors_)
      for (const sweep_column& column : factor.columns)
        if (is_named(*column.setting)) source_.refuse(column.key_line, std::string(column.setting->name), text);
    for (const auto& [key, line] : line_of_) {
      const sweep_setting* const setting = find_setting(key);
      if (setting != nullptr && setting->name != "learning_rate" && is_named(*setting)) source_.refuse(line, key, text);
      for (const auto& [shared, name] : shared_settings)
        if (key == shared && argument == name) source_.refuse(line, key, text);
    }
    if (const auto at = line_of_.find("learning_rate"); at != line_of_.end() && argument.ends_with("learning_rate"))
      source_.refuse(at->second, at->first, text);
    throw invalid_argument(source_.file, argument + ": " + text);
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
  document_value document_{}, gan_{};
  gan_setup base_{};
  std::map<std::string, unsigned> line_of_{};  // of the settings in [gan]
  std::vector<sweep_factor> factors_{};
  std::uint64_t replicas_ = 1;
  sweep_plan plan_{};
};

}  // namespace

sweep_plan read_sweep_plan(const std::string& path, std::uint64_t available) {
  return plan_reader(path).read(available);
}

}  // namespace gumbelcuda
