// SPDX-License-Identifier: Apache-2.0
// gumbelcuda report: a sweep's file as one HTML page.
#include <memory>
#include <string>

#include "gumbelcuda/error.hpp"
#include "host/cli/command.hpp"
#include "host/cli/csv_output.hpp"
#include "host/cli/exit_code.hpp"
#include "host/cli/file_kind.hpp"
#include "host/cli/flag.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/files/destination.hpp"
#include "host/results/sweep_file.hpp"
#include "host/results/sweep_report.hpp"

namespace gumbelcuda {
namespace {

class report_command : public command {
 public:
  explicit report_command(CLI::App& app) : flags_(app) {
    flags_.about("Makes a page of a sweep: phase diagrams, curves, what its GANs learned, the best and the worst.",
                 "The page is one HTML file that any browser shows; it needs no network and no other file.\n"
                 "It has the numbers of every cell of the phase diagrams, and of large sweeps a part of\n"
                 "the GANs, so that it stays within a few megabytes.\n"
                 "Exit codes: 0 done, 1 failed, 2 usage or bad value, 3 FILE.h5 is damaged,\n"
                 "129, 130 or 143 interrupted.\n"
                 "\n"
                 "Example:\n"
                 "  gumbelcuda report run.h5 -o report.html");
    flags_.add_argument("FILE.h5", file_, "written by gumbelcuda sweep --out FILE.h5");
    flags_.add("-o,--out", "FILE.html", out_, {"the page; - prints it"});
  }

  int run() override {
    catch_stop_signals();
    flags_.convert();
    if (out_.empty()) throw invalid_argument("--out", "name the page: -o FILE.html, or -o - to print it");
    refuse_other_kind("--out", out_, kind_of_file::html, "report");
    if (!is_stream(out_) && same_destination(out_, file_))
      throw invalid_argument("--out", "'" + out_ + "' is the sweep's file");
    if (!is_stream(out_)) refuse_checkpoint("--out", out_);
    check_csv_output(out_, 0);
    std::string page;
    use_sweep_file(file_, {}, [&page](const sweep_record& record, const sweep_histories& histories) {
      page = sweep_report_html(record, histories);
    });
    write_text_output(out_, page);
    return exit_done;
  }

 private:
  flag_set flags_;
  std::string file_, out_;
};

}  // namespace

std::unique_ptr<command> make_report_command(CLI::App& app) { return std::make_unique<report_command>(app); }

}  // namespace gumbelcuda
