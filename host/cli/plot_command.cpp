// SPDX-License-Identifier: Apache-2.0
// gumbelcuda plot: checks the file, then becomes the Python script that draws it (plot.py), because most people know
// matplotlib's pictures. There is no shell in between, so file names may contain anything. The script's own beginning
// (plot_start.py) shows which Python can draw: it imports what drawing needs.
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "gumbelcuda/error.hpp"
#include "host/cli/child_process.hpp"
#include "host/cli/command.hpp"
#include "host/cli/file_kind.hpp"
#include "host/cli/flag.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/files/atomic_file.hpp"
#include "host/results/result_file.hpp"

extern char** environ;

namespace gumbelcuda {
namespace {

// Installed scripts are found relative to the program, so an installation may be moved. A build tree has no scripts.
std::filesystem::path find_scripts() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path installed = (program.parent_path() / GUMBELCUDA_SCRIPTS_FROM_PROGRAM).lexically_normal();
  for (const std::filesystem::path& folder : {installed, std::filesystem::path(GUMBELCUDA_SCRIPTS_SOURCE)})
    if (std::filesystem::is_regular_file(folder / "plot.py", error)) return folder;
  throw gumbelcuda::error("the drawing script is missing: " + (installed / "plot.py").string() +
                          "; install gumbelcuda again");
}

std::vector<char*> pointers(std::vector<std::string>& arguments) {
  std::vector<char*> result;
  for (std::string& argument : arguments) result.push_back(argument.data());
  result.push_back(nullptr);
  return result;
}

// Runs a program found in PATH without output. Returns its exit code; 127 if there is no such program or it crashed.
int run_silently(std::vector<std::string> arguments) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0);
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

// How to start the first Python that can draw. A version manager's python3 often comes first in PATH and lacks the
// system's packages. The system's Python runs with -E, since packages named in the environment are meant for the other
// one. If neither can draw, the first Python there is runs the script, which says what is missing. -B: nothing is
// written next to an installed script.
std::vector<std::string> find_python(const std::filesystem::path& scripts) {
  constexpr int lacking = 9;  // LACKING in plot_start.py
  std::vector<std::string> any;
  for (const std::vector<std::string>& python :
       {std::vector<std::string>{"python3", "-B"}, std::vector<std::string>{"/usr/bin/python3", "-E", "-B"}}) {
    std::vector<std::string> probe = python;
    probe.push_back((scripts / "plot_start.py").string());
    const int code = run_silently(probe);
    if (code == 0) return python;
    if (code == lacking && any.empty()) any = python;
  }
  if (!any.empty()) return any;
  throw gumbelcuda::error("plot needs python3 with h5py and matplotlib (Debian: python3-h5py python3-matplotlib)");
}

class plot_command : public command {
 public:
  explicit plot_command(CLI::App& app) : flags_(app) {
    flags_.about("Draws a result file: the heat map over the epochs, the spread of the final distributions.",
                 "The heat map shows learned − target, class by class, after every epoch: the mean of the\n"
                 "GANs whose history was kept, or one GAN. GANs that diverged are left out of means, and one\n"
                 "line on standard error says how many; numbers that are not finite are grey and hatched.\n"
                 "A picture's type follows from its name: .png, .svg, .pdf.\n"
                 "Needs python3 with h5py and matplotlib; your settings of matplotlib change nothing.\n"
                 "Exit codes: 0 done, 1 failed, 2 usage or bad value, 3 FILE.h5 is damaged,\n"
                 "129, 130 or 143 interrupted.\n"
                 "\n"
                 "Example:\n"
                 "  gumbelcuda train --gans 1000 --history all --out fleet.h5\n"
                 "  gumbelcuda plot fleet.h5 -o heat_map.png --spread spread.png");
    flags_.add_argument("FILE.h5", file_, "written by gumbelcuda train --out FILE.h5");
    flags_.add("-o,--out", "FILE.png", heat_map_, {"the heat map; needs train --history"});
    flags_.add("--gan", "I", gan_, {"draw the heat map of this GAN alone (its number in the fleet)"});
    flags_.add_conversion("--scale", "X|auto",
                          {"the heat map's colours end at ± X; auto: at the largest difference, rounded up",
                           "0.000001 … 2, or auto", scale_},
                          [this](const std::string& flag, const std::string& given) {
                            double limit = 0;
                            if (given != "auto") parse(flag, given, limit);
                            if (given != "auto" && !(limit >= 1e-6 && limit <= 2))
                              throw invalid_argument(flag, given + " is out of range");
                            scale_ = given;
                          });
    flags_.add_switch("--unsealed", unsealed_, unsealed_description);
    flags_.add("--spread", "FILE.png", spread_, {"the final distributions of all GANs against the target"});
  }

  int run() override {
    catch_stop_signals();
    flags_.convert();
    if (heat_map_.empty() && spread_.empty())
      throw invalid_argument("--out", "name a picture: -o FILE.png or --spread FILE.png");
    refuse_same_files();
    for (const char* flag : {"--gan", "--scale"})
      if (flags_.given(flag) && heat_map_.empty()) throw invalid_argument(flag, "needs -o FILE.png");
    // Verify the checksum first: a picture of damaged numbers would look like any other.
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
    for (const auto& [flag, picture] : {std::pair{"--out", heat_map_}, std::pair{"--spread", spread_}})
      if (!picture.empty()) refuse_checkpoint(flag, picture);
  }

  [[noreturn]] void become_script() const {
    const std::filesystem::path scripts = find_scripts();
    std::vector<std::string> arguments = find_python(scripts);
    arguments.insert(arguments.end(), {(scripts / "plot.py").string(), "--input=" + file_});
    if (!heat_map_.empty()) arguments.push_back("--heat-map=" + heat_map_);
    if (!spread_.empty()) arguments.push_back("--spread=" + spread_);
    arguments.push_back("--scale=" + scale_);
    if (flags_.given("--gan")) arguments.push_back("--gan=" + std::to_string(gan_));
    // A signal that arrives while Python starts waits until the script has installed its handlers.
    sigset_t stop_signals;
    sigemptyset(&stop_signals);
    for (int number : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&stop_signals, number);
    sigprocmask(SIG_BLOCK, &stop_signals, nullptr);
    execvp(arguments[0].c_str(), pointers(arguments).data());
    throw gumbelcuda::error("cannot run " + arguments[0] + ": " + std::strerror(errno));
  }

  flag_set flags_;
  std::string file_, heat_map_, spread_;
  std::uint64_t gan_ = 0;
  std::string scale_ = "2";  // as in the article; differences lie within ± 1
  bool unsealed_ = false;
};

}  // namespace

std::unique_ptr<command> make_plot_command(CLI::App& app) { return std::make_unique<plot_command>(app); }

}  // namespace gumbelcuda
