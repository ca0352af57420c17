// SPDX-License-Identifier: Apache-2.0
// gumbelcuda info: what this build can do on this machine, for users and bug reports; or what a result file contains.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gumbelcuda/fleet.hpp"
#include "host/byte_text.hpp"
#include "host/cli/child_process.hpp"
#include "host/cli/command.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/file_info.hpp"
#include "host/cli/flag.hpp"
#include "host/cli/memory.hpp"
#include "host/cli/ranks.hpp"
#include "host/cli/sweep_document.hpp"
#include "host/cli/version.hpp"
#include "host/cuda/cuda_backend.hpp"
#include "host/results/result_file.hpp"
#include "host/results/result_layout.hpp"
#include "host/results/sweep_file.hpp"

namespace gumbelcuda {
namespace {

class info_command : public command {
 public:
  explicit info_command(CLI::App& app) {
    flag_set flags(app);
    flags.about(
        "Shows versions, backends, and the instruction sets and CUDA devices of this machine;\n"
        "or, of a result file, its configuration and what its GANs learned.",
        "Exit codes: 0 done, 1 failed, 2 usage or bad value, 3 FILE.h5 is damaged.");
    flags.add_argument("FILE.h5", file_, "written by gumbelcuda train or sweep --out FILE.h5", false);
    flags.add_switch("--json", json_, "print one JSON object");
    flags.add_switch("--unsealed", unsealed_, unsealed_description);
  }

  int run() override {
    if (file_.empty() && unsealed_) throw invalid_argument("--unsealed", "needs FILE.h5");
    if (!file_.empty()) {
      if (unsealed_) go_on_in_child(file_);
      const result_kind kind = kind_of_result_file(file_, {.sealed = !unsealed_});
      const reading how{.sealed = false};  // the seal has been looked at
      std::string text;
      if (kind == result_kind::sweep)
        use_sweep_file(file_, how, [&](const sweep_record& record, const auto&) { text = about(record); });
      else
        use_result_file(file_, how, [&](const open_fleet& fleet) { text = about(fleet); });
      print_result(text);
      return exit_done;
    }
    // Not at the start of every command: a driver takes time to initialise.
    devices_ = cuda_devices();
    if (devices_.empty()) problem_ = cuda_problem();
    print_result(json_ ? json_text() : text());
    return exit_done;
  }

 private:
  template <class Contents>
  std::string about(const Contents& contents) const {
    return json_ ? file_info_json(contents) : file_info_text(file_, contents);
  }

  std::string text() const {
    return fmt::format(
        "gumbelcuda    {}\n"
        "noise stream  version {}\n"
        "cpu           {} (can: {}), {} thread{}, {} free\n"
        "cuda          {}\n"
        "result files  {}\n"
        "sweeps        {}\n"
        "mpirun        {}\n",
        version(), stream_version, targets_.front(), fmt::join(targets_, ", "), threads_, threads_ == 1 ? "" : "s",
        byte_text(free_memory()), cuda_text(),
        have_result_file() ? fmt::format("HDF5, format version {}", result_layout::format_version) : "not built",
        have_sweep_documents() ? "TOML" : "not built (they need toml++)",
        have_ranks() ? "its processes share a run" : "not built (it needs MPI)");
  }

  std::string cuda_text() const {
    if (!have_cuda_backend()) return "not built";
    if (devices_.empty()) return problem_;
    std::string lines;
    for (const cuda_device& device : devices_)
      lines += fmt::format("{}device {}: {}, sm_{}, {} multiprocessors, {}", lines.empty() ? "" : "\n              ",
                           device.number, device.name, device.compute_capability, device.multiprocessors,
                           byte_text(device.memory));
    return lines;
  }

  nlohmann::json cuda_json() const {
    auto devices = nlohmann::json::array();
    for (const cuda_device& device : devices_)
      devices.push_back({{"number", device.number},
                         {"name", device.name},
                         {"compute_capability", device.compute_capability},
                         {"multiprocessors", device.multiprocessors},
                         {"memory", device.memory}});
    nlohmann::json object = {{"built", have_cuda_backend()}, {"devices", devices}};
    if (devices_.empty()) object["problem"] = problem_;
    return object;
  }

  std::string json_text() const {
    const nlohmann::json object = {
        {"version", version()},
        {"noise_stream_version", stream_version},
        {"result_file", have_result_file()},
        {"result_file_version", result_layout::format_version},
        {"sweeps", have_sweep_documents()},
        {"mpi", have_ranks()},
        {"default_backend", devices_.empty() ? "cpu" : "cuda"},
        {"cpu", {{"targets", targets_}, {"default_target", targets_.front()}, {"threads", threads_}}},
        {"cuda", cuda_json()},
    };
    return object.dump(2) + "\n";
  }

  std::string file_;
  bool json_ = false, unsealed_ = false;
  std::vector<std::string> targets_ = cpu_targets();
  int threads_ = default_threads();
  std::vector<cuda_device> devices_;
  std::string problem_;
};

}  // namespace

std::unique_ptr<command> make_info_command(CLI::App& app) { return std::make_unique<info_command>(app); }

}  // namespace gumbelcuda
