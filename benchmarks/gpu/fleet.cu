// SPDX-License-Identifier: Apache-2.0
// How many of the article's GANs does the device train per second, for each size of fleet? How long does one GAN alone
// take? And how does this compare with the same training without a fused kernel? Results are checked before timing.
#include <optional>

#include "benchmarks/gpu/fleet_an_update_a_launch.cuh"
#include "benchmarks/gpu/fleet_data.cuh"
#include "benchmarks/gpu/fleet_unfused.cuh"

namespace gumbelcuda::benchmark {
namespace {

class fleet {
 public:
  fleet() : watch_(device_) { device_.print(); }

  int run() {
    check_ours();
    check_unfused();
    one_alone();
    for (const std::uint64_t gans : {1, 32, 1024, 16384, 131072, 1048576, 4194304}) first_steps(gans);
    whole_training(131072);
    for (const std::uint64_t gans : {1024, 131072}) against_peers(gans);
    return right_.exit_code();
  }

 private:
  static constexpr double launch_ms = 50;

  static fleet_config article(std::uint64_t gans) {
    fleet_config config;
    config.num_gans = size_or_tiny<std::uint64_t>(gans, 33);
    if (is_tiny()) config.epochs = 1, config.steps_per_epoch = 12;
    return config;
  }
  static std::string name(std::uint64_t gans) { return std::to_string(gans) + (gans == 1 ? " GAN" : " GANs"); }

  void check_ours() {
    fleet_config config = article(133);
    config.epochs = 2;
    config.steps_per_epoch = size_or_tiny(20, 5);
    const fleet_data data(config, device_);
    data.train_in_launches_of(7, watch_.stream());
    check(cudaStreamSynchronize(watch_.stream()), "train_fleet");
    right_("fleet: the CPU's bytes", data.is_right());
    const std::vector<float> expected = data.distribution();
    data.forget_distribution();
    const an_update_a_launch peer(data, watch_.stream());
    peer.train(data.steps(), watch_.stream());
    check(cudaStreamSynchronize(watch_.stream()), "an update a launch");
    right_("an update a launch: the same bytes", data.distribution() == expected);
  }

  // A tenth of the training at ten times the rate also ends near the target, and takes less time.
  void check_unfused() {
    if (curand().is_missing_for("the unfused fleet")) return;
    fleet_config config = article(2048);
    config.epochs = 20;
    config.generator_learning_rate = config.discriminator_learning_rate = {7e-3f};
    const fleet_data data(config, device_);
    data.train_in_launches_of(200, watch_.stream());
    unfused_fleet peer(config);
    peer.train(data.steps(), watch_.stream());
    check(cudaStreamSynchronize(watch_.stream()), "the unfused fleet");
    const class_moments ours(data.distribution(), 5), peers(peer.distribution(), 5);
    std::string detail;
    for (int k = 0; k < 5; ++k)
      detail += std::to_string(ours.mean[std::size_t(k)]) + " and " + std::to_string(peers.mean[std::size_t(k)]) + "; ";
    right_("unfused fleet: the means of ours", means_agree(ours, peers, config.num_gans), detail);
  }

  // The number of steps that take about `ms` milliseconds, at most `most`. The first launch, which writes a state, is
  // not used for the estimate.
  std::uint64_t steps_in(const fleet_data& data, double ms, std::uint64_t most) {
    const contender few{"calibration", [&](cudaStream_t s) { data.train(0, 10, s); }};
    watch_.once(few);
    return std::clamp<std::uint64_t>(std::uint64_t(ms / (watch_.once(few) / 10)), 1, most);
  }

  double report_rate(const std::string& what, const timing& t, std::uint64_t gans, double share_of_training) {
    const double rate = double(gans) * share_of_training / (median(t.ms) * 1e-3);
    timing_record(what, t).set("gans", double(gans)).set("gans_per_second", rate).print();
    return rate;
  }

  void one_alone() {
    const fleet_data data(article(1), device_);
    const std::uint64_t steps = steps_in(data, launch_ms, data.steps());
    const auto t = watch_.race({{"ours", [&](cudaStream_t s) { data.train_in_launches_of(steps, s); }}}, 5, 1);
    report_rate("a whole training, 1 GAN", t[0], 1, 1);
    print_figure("one GAN", "a whole training, ms", median(t[0].ms), t[0].clock_ghz);
  }

  // The speed of the first steps represents the whole training; whole_training() shows how well.
  void first_steps(std::uint64_t gans) {
    const fleet_data data(article(gans), device_);
    const std::uint64_t steps = steps_in(data, 600, data.steps() - 1), a_launch = steps_in(data, launch_ms, steps);
    const auto t = watch_.race({{"ours",
                                 [&](cudaStream_t s) {
                                   for (std::uint64_t step = 0; step < steps; step += a_launch)
                                     data.train(step, std::min(steps, step + a_launch), s);
                                 }}},
                               3, 0);
    const std::string what = "the first " + std::to_string(steps) + " of 20000 steps, " + name(gans);
    const double rate = report_rate(what, t[0], gans, double(steps) / double(data.steps()));
    print_figure("fleet", what, rate, t[0].clock_ghz);
  }

  // The means and deviations of an independent GAN in double precision: docs/article.md.
  void whole_training(std::uint64_t gans) {
    const fleet_data data(article(gans), device_);
    const std::uint64_t a_launch = steps_in(data, launch_ms, data.steps());
    if (double(data.steps()) / double(a_launch) * launch_ms > 15'000) {
      record("skip").set("who", "a whole training, " + name(gans)).set("why", "it would take over 15 s").print();
      return;
    }
    const auto t = watch_.race({{"ours", [&](cudaStream_t s) { data.train_in_launches_of(a_launch, s); }}}, 1, 0);
    const std::string what = "a whole training, " + name(gans);
    print_figure("fleet", what, report_rate(what, t[0], gans, 1), t[0].clock_ghz);
    if (is_tiny()) return;
    const class_moments learned(data.distribution(), 5);
    const double mean[] = {.0018, .0018, .1001, .2988, .5975}, stddev[] = {.0004, .0004, .0130, .0247, .0259};
    bool right = true;
    for (std::size_t k = 0; k < 5; ++k)  // six deviations of the mean over the reference's 400 GANs
      right = right && std::abs(learned.mean[k] - mean[k]) <= 6 * stddev[k] / 20 + 1e-4;
    right_(what + ": the reference's means", right);
  }

  void against_peers(std::uint64_t gans) {
    const fleet_data data(article(gans), device_);
    const std::uint64_t steps = size_or_tiny(100, 3);
    const an_update_a_launch updates(data, watch_.stream());
    std::optional<unfused_fleet> unfused;
    cudaGraph_t graph = nullptr;
    cudaGraphExec_t a_step_a_launch = nullptr;
    check(cudaStreamBeginCapture(watch_.stream(), cudaStreamCaptureModeGlobal), "capture");
    for (std::uint64_t step = 0; step < steps; ++step) data.train(step, step + 1, watch_.stream());
    check(cudaStreamEndCapture(watch_.stream(), &graph), "capture");
    check(cudaGraphInstantiate(&a_step_a_launch, graph, 0), "cudaGraphInstantiate");
    std::vector<contender> contenders{
        {"ours", [&](cudaStream_t s) { data.train(0, steps, s); }},
        {"our mathematics, a launch a step, CUDA graph",
         [&](cudaStream_t s) { check(cudaGraphLaunch(a_step_a_launch, s), "cudaGraphLaunch"); }},
        {"our mathematics, a launch an update, CUDA graph", [&](cudaStream_t s) { updates.train(steps, s); }}};
    if (curand().is_there()) {
      unfused.emplace(article(gans));
      contenders.push_back({"cuRAND and Thrust, unfused", [&](cudaStream_t s) { unfused->train(steps, s); }});
    }
    const auto t = watch_.race(contenders, 5, 1);
    const std::string what = std::to_string(steps) + " steps, " + name(gans);
    for (const timing& one : t) report_rate(what, one, gans, double(steps) / double(data.steps()));
    for (std::size_t i = 1; i < t.size(); ++i) print_ratio("fleet peers", what + ", " + t[i].of.who, t[i], t[0]);
    cudaGraphExecDestroy(a_step_a_launch);
    cudaGraphDestroy(graph);
  }

  device_facts device_;
  stopwatch watch_;
  verdict right_;
};

}  // namespace
}  // namespace gumbelcuda::benchmark

int main(int argc, char** argv) {
  return gumbelcuda::benchmark::run_benchmark(argc, argv, [] { return gumbelcuda::benchmark::fleet().run(); });
}
