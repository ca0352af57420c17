// SPDX-License-Identifier: Apache-2.0
// gumbelcuda plot: checks the file, then becomes the Python script that draws it (plot.py), because matplotlib
// is what everybody reads pictures of. No shell in between: file names may contain anything.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "gumbelcuda/error.hpp"
#include "host/cli/child_process.hpp"
#include "host/cli/command.hpp"
#include "host/cli/flag.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/fleet/atomic_file.hpp"
#include "host/fleet/result_file.hpp"

extern char** environ;

namespace gumbelcuda {
namespace {

// The installed script lies beside the program, wherever the whole was moved; in a build tree there is none.
std::string find_script() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path installed = (program.parent_path() / GUMBELCUDA_SCRIPT_FROM_PROGRAM).lexically_normal();
  for (const std::filesystem::path& path : {installed, std::filesystem::path(GUMBELCUDA_SCRIPT_SOURCE)})
    if (std::filesystem::is_regular_file(path, error)) return path.string();
  throw gumbelcuda::error("the drawing script is missing: " + installed.string() + "; install gumbelcuda again");
}

std::vector<char*> pointers(std::vector<std::string>& arguments) {
  std::vector<char*> result;
  for (std::string& argument : arguments) result.push_back(argument.data());
  result.push_back(nullptr);
  return result;
}

// The exit code of a program found in PATH, run in silence; 127 if there is no such program.
int run_silently(std::vector<std::string> arguments) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int descriptor : {STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  const int failure =
      posix_spawnp(&child, arguments[0].c_str(), &actions, nullptr, pointers(arguments).data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) return 127;
  int status = 0;
  while (waitpid(child, &status, 0) == -1)
    if (errno != EINTR) return 127;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}

// The first Python that has what the script imports. A version manager's python3 often comes first in PATH and
// lacks the system's packages.
std::string find_python() {
  const std::string probe =
      "import sys, importlib.util as u; sys.exit(2 if any(u.find_spec(m) is None for m in ('h5py', 'matplotlib')) else "
      "0)";
  bool any = false;
  for (const char* python : {"python3", "/usr/bin/python3"}) {
    const int code = run_silently({python, "-c", probe});
    if (code == 0) return python;
    any = any || code == 2;
  }
  if (any)
    throw gumbelcuda::error("plot needs h5py and matplotlib for Python (Debian: python3-h5py python3-matplotlib)");
  throw gumbelcuda::error("plot needs python3 with h5py and matplotlib (Debian: python3-h5py python3-matplotlib)");
}

class plot_command : public command {
 public:
  explicit plot_command(CLI::App& app) : flags_(app) {
    flags_.about("Draws a result file: the heat map over the epochs, the spread of the final distributions.",
                 "The heat map shows learned − target, class by class, after every epoch: the mean of the GANs whose\n"
                 "history was kept, or one GAN. Needs python3 with h5py and matplotlib.\n"
                 "A picture's type follows from its name: .png, .svg, .pdf.\n"
                 "Exit codes: 0 done, 1 failed, 2 usage or bad value, 3 FILE.h5 is damaged.\n"
                 "\n"
                 "Example:\n"
                 "  gumbelcuda train --gans 1000 --history all --out fleet.h5\n"
                 "  gumbelcuda plot fleet.h5 -o heat_map.png --spread spread.png");
    flags_.add_argument("FILE.h5", file_, "written by gumbelcuda train --out FILE.h5");
    flags_.add("-o,--out", "FILE.png", heat_map_, {"the heat map; needs train --history"});
    flags_.add("--gan", "I", gan_, {"draw the heat map of this GAN alone (its number in the fleet)"});
    flags_.add_switch("--unsealed", unsealed_, unsealed_description);
    flags_.add("--spread", "FILE.png", spread_, {"the final distributions of all GANs against the target"});
  }

  int run() override {
    catch_stop_signals();
    flags_.convert();
    if (heat_map_.empty() && spread_.empty())
      throw invalid_argument("--out", "name a picture: -o FILE.png or --spread FILE.png");
    refuse_same_files();
    if (flags_.given("--gan") && heat_map_.empty()) throw invalid_argument("--gan", "needs -o FILE.png");
    // Its checksum first: a picture of damaged numbers would look like any other.
    if (have_result_file() && !unsealed_) verify_result_file(file_);
    for (const std::string& path : {heat_map_, spread_})
      if (!path.empty()) check_writable(path);
    if (unsealed_) go_on_in_child(file_);
    become_script();
  }

 private:
  void refuse_same_files() const {
    if (!heat_map_.empty() && !spread_.empty() && same_destination(heat_map_, spread_))
      throw invalid_argument("--spread", "'" + spread_ + "' is the file of --out too");
    for (const auto& [flag, picture] : {std::pair{"--out", heat_map_}, std::pair{"--spread", spread_}})
      if (!picture.empty() && same_destination(picture, file_))
        throw invalid_argument(flag, "'" + picture + "' is the result file to be drawn");
  }

  [[noreturn]] void become_script() const {
    // -B: nothing is written next to an installed script.
    std::vector<std::string> arguments{find_python(), "-B", find_script(), "--input=" + file_};
    if (!heat_map_.empty()) arguments.push_back("--heat-map=" + heat_map_);
    if (!spread_.empty()) arguments.push_back("--spread=" + spread_);
    if (flags_.given("--gan")) arguments.push_back("--gan=" + std::to_string(gan_));
    execvp(arguments[0].c_str(), pointers(arguments).data());
    throw gumbelcuda::error("cannot run " + arguments[0] + ": " + std::strerror(errno));
  }

  flag_set flags_;
  std::string file_, heat_map_, spread_;
  std::uint64_t gan_ = 0;
  bool unsealed_ = false;
};

}  // namespace

std::unique_ptr<command> make_plot_command(CLI::App& app) { return std::make_unique<plot_command>(app); }

}  // namespace gumbelcuda
