// SPDX-License-Identifier: Apache-2.0
// gumbelcuda selftest: whether this build draws what it should on this machine. Prints a line as each check ends.
#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gumbelcuda/detail/number_text.hpp"
#include "host/api/choose_devices.hpp"
#include "host/cli/command.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/flag.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/quantity.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/cli/version.hpp"
#include "host/cpu/fleet/cpu_backend.hpp"
#include "host/selftest/selftest.hpp"

namespace gumbelcuda {
namespace {

// Four digits are enough, except for a failure: a value just outside its bound must not look like the bound.
std::string figure(const check_result& check, double value) {
  return check.passed() ? fmt::format("{:.4g}", value) : number_text(value);
}

std::string allowed_text(const check_result& check) {
  if (check.least == -INFINITY) return "at most " + figure(check, check.most);
  return figure(check, check.least) + " … " + figure(check, check.most);
}

std::string chance_text(double probability) { return probability > 0 ? fmt::format("{:.0e}", probability) : "never"; }

std::string line(const std::string& name, const std::string& samples, const std::string& statistic,
                 const std::string& allowed, const std::string& false_alarm, const std::string& verdict) {
  return fmt::format("{:<43}{:>13}  {:<43}{:<20}{:<13}{}\n", name, samples, statistic, allowed, false_alarm, verdict);
}

std::string heading() { return line("check", "N", "statistic", "allowed", "false alarm", "verdict"); }

std::string text_of(const check_result& check) {
  const std::string text =
      line(check.name, grouped(check.samples), check.statistic + ": " + figure(check, check.value), allowed_text(check),
           chance_text(check.false_alarm), check.passed() ? "passed" : "FAILED");
  return check.passed() ? text : text + "    " + check.meaning + "\n";
}

nlohmann::json json_of(const check_result& check) {
  nlohmann::json object = {{"name", check.name},
                           {"samples", check.samples},
                           {"statistic", check.statistic},
                           {"value", check.value},
                           {"least", check.least},
                           {"most", check.most},
                           {"false_alarm", check.false_alarm},
                           {"passed", check.passed()}};
  if (!check.passed()) object["meaning"] = check.meaning;
  return object;
}

class selftest_command : public command {
 public:
  explicit selftest_command(CLI::App& app) : flags_(app) {
    flags_.about(
        "Checks the noise, the draws and the gradients of this build on this machine.",
        "Exact checks compare with recorded bytes, bounds and one CPU thread. Statistical ones state how often a "
        "correct sampler fails them; with the default seed it is known that none does. About ten seconds.\n"
        "\n"
        "Exit codes: 0 all passed, 1 a check failed, 2 usage or bad value, 4 no such device, 129, 130 or 143 "
        "interrupted.");
    flags_.add("--backend", "NAME", execution_.backend, backend_text);
    flags_.add("--threads", "N", execution_.threads, threads_text);
    flags_.add("--seed", "N", seed_, seed_text);
    flags_.add_switch("--long", long_,
                      "all 2^32 words and some twenty times the samples; takes ten minutes on two cores");
    flags_.add_switch("--recorded", recorded_, "only compare with the recorded bytes; takes a second");
    flags_.add_switch("--json", json_, "print one JSON object instead of the table (docs/command.md)");
  }

  int run() override {
    catch_stop_signals();
    flags_.convert();
    if (recorded_ && long_)
      throw invalid_argument("--long", "--recorded runs the comparison with recorded bytes alone; give one of the two");
    const int threads = checked_threads();
    const std::vector<cuda_device> devices = choose_devices(execution_);
    const backend_kind backend = devices.empty() ? backend_kind::cpu : backend_kind::cuda;
    hardware_ = devices.empty() ? cpu_targets().front() : devices.front().name;
    const auto sampler = make_library_sampler(backend, threads), reference = make_library_sampler(backend_kind::cpu, 1);

    status_line progress(true);
    const stop_by_flag while_checking;
    selftest_run run{.sampler = *sampler, .reference = *reference, .seed = seed_, .is_long = long_, .threads = threads};
    run.stop = &stop_flag();
    check_all(run, progress);
    return report(backend == backend_kind::cuda ? "cuda" : "cpu", threads);
  }

 private:
  int checked_threads() const {
    try {
      return cpu_threads(execution_);
    } catch (const invalid_argument& error) {
      throw invalid_argument("--threads", std::string(error.what()).substr(error.argument().size() + 2));
    }
  }

  void check_all(selftest_run& run, status_line& progress) {
    if (!json_) print_result(heading());
    const std::size_t parts = recorded_ ? 1 : std::size(selftest_parts);
    static_assert(selftest_parts[0].run == golden_bytes);
    for (std::size_t i = 0; i < parts; ++i) {
      const selftest_part& part = selftest_parts[i];
      if (progress.wanted())
        run.on_progress = [&, i](double done) {
          progress.show(fmt::format("{:2}/{}  {}  {:3.0f} %", i + 1, parts, part.name, 100 * done));
        };
      for (check_result& check : part.run(run)) {
        progress.clear();
        if (!json_) print_result(text_of(check));
        results_.push_back(std::move(check));
      }
      progress.clear();
    }
  }

  int report(const std::string& backend, int threads) const {
    std::size_t failed = 0;
    double false_alarm = 0;
    for (const check_result& check : results_) {
      failed += !check.passed();
      false_alarm += check.false_alarm;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    if (json_) {
      auto checks = nlohmann::json::array();
      for (const check_result& check : results_) checks.push_back(json_of(check));
      const nlohmann::json object = {
          {"version", version()},  {"backend", backend}, {"hardware", hardware_}, {"threads", threads},
          {"seed", seed_},         {"long", long_},      {"seconds", seconds},    {"false_alarm", false_alarm},
          {"passed", failed == 0}, {"checks", checks}};
      print_result(object.dump(2) + "\n");
    } else {
      print_result(fmt::format(
          "{}, {} ({}), {} thread{}, seed {}, {:.1f} s; a correct sampler fails a report with probability {:.1e}\n",
          failed == 0 ? fmt::format("all {} checks passed", results_.size())
                      : fmt::format("{} of {} checks FAILED", failed, results_.size()),
          backend, hardware_, threads, threads == 1 ? "" : "s", seed_, seconds, false_alarm));
    }
    return failed == 0 ? exit_done : exit_failed;
  }

  flag_set flags_;
  fleet_execution execution_;
  std::uint64_t seed_ = 42;
  bool long_ = false, recorded_ = false, json_ = false;
  std::string hardware_;
  std::vector<check_result> results_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace

std::unique_ptr<command> make_selftest_command(CLI::App& app) { return std::make_unique<selftest_command>(app); }

}  // namespace gumbelcuda
