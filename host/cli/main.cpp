// SPDX-License-Identifier: Apache-2.0
// The command gumbelcuda: parses, runs one subcommand, and turns every exception into one line on standard
// error and an exit code (exit_code.hpp). Nothing else in the command prints an error.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gumbelcuda/error.hpp"
#include "host/cli/command.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/help.hpp"
#include "host/cli/run_watch.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/cli/suggestion.hpp"
#include "host/cli/version.hpp"
#include "host/cli/write_whole.hpp"
#include "host/files/atomic_file.hpp"

namespace gumbelcuda {
namespace {

// How the caller wants SIGPIPE to be handled.
void (*on_broken_pipe)(int) = SIG_DFL;

// Messages come from several sources, but callers that read line by line are promised exactly one line. A message that
// cannot be written is lost: a full disk behind standard error must not hide the exit code.
void say(const char* kind, std::string message) {
  for (char& c : message)
    if (c == '\n') c = ' ';
  while (!message.empty() && message.back() == ' ') message.pop_back();
  write_whole(STDERR_FILENO, fmt::format("gumbelcuda: {}: {}\n", kind, message));
}

// Of the run that is ending; the last line of its log has it, too.
std::string last_message;

int fail(exit_code code, const std::string& message, const char* kind = "error") {
  say(kind, message);
  last_message = message;
  if (kind == std::string_view("error")) log_error(message);
  return code;
}

}  // namespace

void warn(const std::string& message) {
  say("warning", message);
  log_warning(message);
}

void print_result(const std::string& text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
  const int error_number = errno;
  if (error_number == EPIPE) {  // end as filters do when the reader has gone
    if (on_broken_pipe == SIG_DFL) log_end(exit_signal_base + SIGPIPE, "the reader of standard output has gone");
    std::signal(SIGPIPE, on_broken_pipe);
    std::raise(SIGPIPE);
  }
  throw file_error(std::string("cannot write standard output: ") + std::strerror(error_number));
}

namespace {

// Occupies closed standard descriptors. Otherwise a file opened later could become standard output and be printed into.
// They are opened in the wrong direction on purpose: using them is still an error.
void occupy_standard_descriptors() {
  for (const auto& [descriptor, mode] : {std::pair{0, O_WRONLY}, std::pair{1, O_RDONLY}, std::pair{2, O_WRONLY}})
    if (fcntl(descriptor, F_GETFD) == -1 && errno == EBADF && open("/dev/null", mode) != descriptor) return;
}

// The parser's own help, without double blank lines, and with lines no longer than the terminal's.
class help_formatter : public CLI::Formatter {
 public:
  help_formatter() { column_width(description_column(columns_)); }
  std::string make_description(const CLI::App* app) const override {
    return CLI::Formatter::make_description(app) + "\n";
  }
  std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override {
    std::string text = CLI::Formatter::make_help(app, std::move(name), mode);
    for (std::size_t at; (at = text.find("\n\n\n")) != std::string::npos;) text.erase(at, 1);
    return wrapped_help(text, columns_);
  }

 private:
  std::size_t columns_ = help_columns();
};

// Names the first unknown option, or else the first unexpected argument, and suggests what may have been meant.
std::string about_unexpected(const CLI::App& app) {
  const bool at_top = app.remaining_size() > 0 || app.get_subcommands().empty();
  const CLI::App& place = at_top ? app : *app.get_subcommands().front();
  const std::vector<std::string> arguments = place.remaining();
  const auto option = std::find_if(arguments.begin(), arguments.end(),
                                   [](const std::string& argument) { return argument.starts_with("-"); });
  const bool is_option = option != arguments.end();
  const std::string name = is_option ? option->substr(0, option->find('=')) : arguments.front();

  std::vector<std::string> known;
  if (at_top)
    for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
  for (const CLI::Option* each : place.get_options())
    for (const std::string& long_name : each->get_lnames()) known.push_back("--" + long_name);
  const std::string near = nearest(name, known);
  return fmt::format("{}: there is no such {}{} (see {} --help)", name,
                     is_option ? "option"
                     : at_top  ? "command"
                               : "argument",
                     near.empty() ? "" : "; did you mean " + near + "?",
                     at_top ? "gumbelcuda" : "gumbelcuda " + place.get_name());
}

int run_command(int argc, char** argv) {
  CLI::App app{"Trains fleets of toy GANs that learn a discrete distribution through Gumbel-softmax."};
  app.name("gumbelcuda");
  app.formatter(std::make_shared<help_formatter>());
  app.set_version_flag("--version", "gumbelcuda " + version());
  app.require_subcommand(0, 1);
  const std::pair<CLI::App*, std::unique_ptr<command>> commands[] = {
      [&](CLI::App* sub) {
        return std::pair{sub, make_train_command(*sub)};
      }(app.add_subcommand("train")),
      [&](CLI::App* sub) {
        return std::pair{sub, make_sweep_command(*sub)};
      }(app.add_subcommand("sweep")),
      [&](CLI::App* sub) {
        return std::pair{sub, make_merge_command(*sub)};
      }(app.add_subcommand("merge")),
      [&](CLI::App* sub) {
        return std::pair{sub, make_plot_command(*sub)};
      }(app.add_subcommand("plot")),
      [&](CLI::App* sub) {
        return std::pair{sub, make_report_command(*sub)};
      }(app.add_subcommand("report")),
      [&](CLI::App* sub) {
        return std::pair{sub, make_info_command(*sub)};
      }(app.add_subcommand("info")),
      [&](CLI::App* sub) {
        return std::pair{sub, make_selftest_command(*sub)};
      }(app.add_subcommand("selftest")),
  };
  app.footer("gumbelcuda COMMAND --help says more about each.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ArgumentMismatch& error) {  // "--gans: 1 required TEXT missing", or given twice
    const std::string text = error.what();
    const bool missing = text.find("missing") != std::string::npos;
    return fail(exit_usage, text.substr(0, text.find(':')) + (missing ? ": a value is missing" : ": is given twice"));
  } catch (const CLI::ExtrasError&) {
    return fail(exit_usage, about_unexpected(app));
  } catch (const CLI::ParseError& error) {
    return fail(exit_usage, error.what());
  }
  for (const auto& [sub, command] : commands)
    if (sub->parsed()) return command->run();
  return fail(
      exit_usage,
      "no command given; there are train, sweep, merge, plot, report, info and selftest (see gumbelcuda --help)");
}

// Whatever ends it.
int exit_code_of_command(int argc, char** argv) {
  try {
    return run_command(argc, argv);
  } catch (const resumable& stopped) {
    return fail(exit_code(exit_signal_base + stop_signal()), stopped.what(), "interrupted");
  } catch (const interrupted&) {
    return fail(exit_code(exit_signal_base + stop_signal()), any_file_in_place() ? rest_not_written : nothing_written,
                "interrupted");
  } catch (const invalid_argument& error) {
    return fail(exit_usage, error.what());
  } catch (const damaged_file& error) {
    return fail(exit_damaged_file, error.what());
  } catch (const no_device& error) {
    return fail(exit_no_device, error.what());
  } catch (const all_diverged& error) {
    return fail(exit_all_diverged, error.what());
  } catch (const std::bad_alloc&) {
    return fail(exit_failed, "out of memory");
  } catch (const std::exception& error) {
    return fail(exit_failed, error.what());
  }
}

}  // namespace
}  // namespace gumbelcuda

int main(int argc, char** argv) {
  using namespace gumbelcuda;
  occupy_standard_descriptors();
  // Training must not stop because the reader of standard error has gone. print_result() handles standard output.
  on_broken_pipe = std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file larger than ulimit -f then makes write() fail, like a full disk
  set_command_line(argc, argv);
  const int code = exit_code_of_command(argc, argv);
  log_end(code, last_message);
  return code;
}
