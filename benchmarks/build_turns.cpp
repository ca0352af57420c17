// SPDX-License-Identifier: Apache-2.0
// One build's part in compare_builds.py, which runs two builds by turns. It reads one case a line, and answers with one
// line of JSON, {"what": processor seconds, …}.
//
//   fleet TARGET GANS CLASSES BATCH TEMPERATURE STEPS    one training on one thread
//   rows TYPE ROWS CLASSES                               every operation once, by its name
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "gumbelcuda/fleet.hpp"
#include "gumbelcuda/gumbel.hpp"
#include "host/selftest/every_operation.hpp"

namespace gumbelcuda {
namespace {

double processor_seconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

std::string name_of(const std::string& mangled) {  // of a task: the last word of its type, as args<any_number> or task
  const auto end = std::min(mangled.find("_args"), mangled.find("_task")),
             begin = mangled.find_first_not_of("0123456789", mangled.find("gumbelcuda") + 10);
  return mangled.substr(begin, end - begin);
}

// The library on one thread, with a timer for each of its calls. An untimed first call brings memory into the cache.
class timed_library : public sampler_under_test {
 public:
  void noise(const gumbel_noise_task& t) const override {
    time("gumbel_noise", [&] { library_->noise(t); });
  }
  void draw(const gumbel_max_task& t) const override {
    time("gumbel_max", [&] { library_->draw(t); });
  }
  void relax(const gumbel_softmax_task& t) const override {
    time("gumbel_softmax", [&] { library_->relax(t); });
  }
  void relax_vjp(const gumbel_softmax_vjp_task& t) const override {
    time("gumbel_softmax_vjp", [&] { library_->relax_vjp(t); });
  }
  void run(const other_task& task) const override {
    std::visit([&]<class Task>(const Task&) { time(name_of(typeid(Task).name()), [&] { library_->run(task); }); },
               task);
  }
  void print() const {
    const char* separator = "{";
    for (const auto& [what, seconds] : seconds_) {
      std::printf("%s\"%s\": %.9f", separator, what.c_str(), seconds);
      separator = ", ";
    }
    std::printf("}\n");
  }

 private:
  template <class Call>
  void time(const std::string& what, Call call) const {
    call();
    const double start = processor_seconds();
    call();
    seconds_[what] += processor_seconds() - start;
  }
  std::unique_ptr<sampler_under_test> library_ = make_library_sampler(backend_kind::cpu, 1);
  mutable std::map<std::string, double> seconds_;
};

void time_fleet(std::istream& words) {
  fleet_config config;
  fleet_execution execution;
  std::size_t classes = 0;
  words >> execution.cpu_target >> config.num_gans >> classes >> config.batch_size >> config.temperature[0] >>
      config.steps_per_epoch;
  config.target.assign(classes, 1.0 / double(classes));
  config.epochs = 1;
  execution.threads = 1;
  const double start = processor_seconds();
  train_fleet(config, execution);
  std::printf("{\"training\": %.9f}\n", processor_seconds() - start);
}

void time_rows(std::istream& words) {
  static const std::map<std::string, number_type> types = {{"float32", number_type::float32},
                                                           {"float16", number_type::float16},
                                                           {"bfloat16", number_type::bfloat16},
                                                           {"float64", number_type::float64}};
  std::string type;
  row_shape shape;
  words >> type >> shape.rows >> shape.classes;
  shape.type = types.at(type);
  const timed_library library;
  every_operation(library, shape);
  library.print();
}

}  // namespace
}  // namespace gumbelcuda

int main() {
  for (std::string line; std::getline(std::cin, line); std::fflush(stdout)) {
    std::istringstream words(line);
    std::string what;
    words >> what;
    if (what == "fleet")
      gumbelcuda::time_fleet(words);
    else
      gumbelcuda::time_rows(words);
  }
}
