// SPDX-License-Identifier: Apache-2.0
#include "host/cli/sweep_gan.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include "host/cli/sweep_data.hpp"

namespace gumbelcuda {
namespace {

using doc = document_value;
constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

class gan_reader {
 public:
  gan_reader(const sweep_source& source, std::uint64_t available) : source_(source), available_(available) {}

  // learning_rate comes first: the generator's and the discriminator's own take precedence.
  gan_table read(const doc& document) {
    const doc* const table = document.find("gan");
    if (table == nullptr) return gan_;
    if (!table->is(doc::type::table)) source_.refuse(table->line, "gan", "is not a table, [gan]");
    gan_.table = *table;
    std::vector<std::string> known;
    for (const sweep_setting& setting : sweep_settings()) known.emplace_back(setting.name);
    for (const auto& [key, argument] : shared_settings) known.emplace_back(key);
    source_.expect_keys(gan_.table, known);
    for (const document_entry& entry : gan_.table.entries) {
      gan_.line_of[entry.key] = entry.line;
      if (entry.key == "learning_rate") set(entry);
    }
    for (const document_entry& entry : gan_.table.entries)
      if (entry.key != "learning_rate") set(entry);
    read_shared();
    read_data();
    return std::move(gan_);
  }

 private:
  void set(const document_entry& entry) {
    const sweep_setting* const setting = find_setting(entry.key);
    if (setting != nullptr) setting->set(gan_.setup, source_.setting(entry.value, *setting));
  }

  void read_shared() {
    sweep_config& config = gan_.shared;
    if (const doc* const first = gan_.table.find("first_gan"))
      config.first_gan = std::uint64_t(source_.whole(*first, "first_gan", 0, most));
    if (const doc* const steps = gan_.table.find("steps_per_epoch"))
      config.steps_per_epoch = source_.whole(*steps, "steps_per_epoch", 1, most);
    if (const doc* const until = gan_.table.find("until_tv"))
      config.until_total_variation = source_.real(*until, "until_tv", "a number, 0 … 1, or −1");
    if (const doc* const samples = gan_.table.find("gradient_samples")) {
      if (!samples->is(doc::type::whole) || !std::in_range<int>(samples->whole))  // validate() knows the range
        source_.refuse(samples->line, "gradient_samples",
                       text_of(*samples) + " is neither 0 nor a whole number, 2 … 4096");
      config.gradient_samples = int(samples->whole);
    }
    if (const doc* const order = gan_.table.find("data_order")) {
      const std::vector<std::string> words{"file", "shuffled", "iid"};
      config.order = static_cast<data_order>(
          std::find(words.begin(), words.end(), source_.word(*order, "data_order", words)) - words.begin());
    }
  }

  void read_data() {
    const doc *const data = gan_.table.find("data"), *const format = gan_.table.find("data_format");
    if (data == nullptr) {
      for (const char* const key : {"data_format", "data_order"})
        if (gan_.line_of.contains(key))
          source_.refuse(gan_.line_of[key], key, "there is no data to which this would apply");
      return;
    }
    if (!data->is(doc::type::text) || data->text.empty())
      source_.refuse(data->line, "data", text_of(*data) + " is not the name of a file, or \"-\"");
    if (gan_.line_of.contains("target"))
      source_.refuse(gan_.line_of["target"], "target", "is the shares of the data's classes where there are data");
    if (format == nullptr)
      source_.refuse(data->line, "data", "needs data_format: \"bytes\", \"letters\", \"integers\" or \"npy\"");
    const std::string& word = source_.word(*format, "data_format", data_formats);
    namespace fs = std::filesystem;
    const std::string path =
        data->text == "-" ? "-" : (fs::path(source_.file).parent_path() / fs::path(data->text)).string();
    try {
      sweep_data read = read_sweep_data(path, word, available_);
      gan_.shared.data = std::move(read.samples);
      gan_.setup.target = std::move(read.shares);
    } catch (const invalid_argument& problem) {
      source_.refuse(data->line, "data", problem.what());
    }
  }

  const sweep_source& source_;
  std::uint64_t available_;  // bytes
  gan_table gan_{};
};

}  // namespace

gan_table read_gan_table(const document_value& document, const sweep_source& source, std::uint64_t available) {
  return gan_reader(source, available).read(document);
}

}  // namespace gumbelcuda
