// SPDX-License-Identifier: Apache-2.0
#include "host/cli/file_kind.hpp"

#include <filesystem>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "gumbelcuda/error.hpp"
#include "host/checkpoint/checkpoint_file.hpp"
#include "host/checkpoint/paused_file.hpp"

namespace gumbelcuda {
namespace {

// What a file with such an extension should contain, and how to get it, if there is a way; {} is the name that the user
// gave, COMMAND the command that he gave it to.
struct promise {
  std::string_view what, instead;
};

bool is_one_of(std::string_view ending, std::initializer_list<std::string_view> endings) {
  for (const std::string_view each : endings)
    if (ending == each) return true;
  return false;
}

promise promise_of(std::string_view ending, kind_of_file kind) {
  const bool hdf5 = is_one_of(ending, {".h5", ".hdf5", ".hdf"});
  const bool compressed = is_one_of(ending, {".gz", ".bz2", ".xz", ".zst", ".zip"});
  if (kind == kind_of_file::html) {
    if (hdf5) return {"HDF5", "gumbelcuda sweep --out {}"};
    if (compressed) return {"something compressed", "-o - and a compressor behind a pipe"};
    if (is_one_of(ending, {".csv", ".tsv", ".txt"})) return {"text", {}};
    if (is_one_of(ending, {".json", ".jsonl"})) return {"JSON", {}};
    if (is_one_of(ending, {".png", ".svg", ".pdf"})) return {"a picture", {}};
    return {};
  }
  if (kind == kind_of_file::log || kind == kind_of_file::metrics) {
    if (hdf5) return {"HDF5", {}};
    if (compressed) return {"something compressed", {}};
    if (is_one_of(ending, {".csv", ".tsv"})) return {"a table", {}};
    if (is_one_of(ending, {".toml"})) return {"TOML", {}};
    if (is_one_of(ending, {".html", ".htm"})) return {"a page", {}};
    if (kind == kind_of_file::log && ending == ".prom") return {"metrics", "--metrics-file {}"};
    if (kind == kind_of_file::metrics && is_one_of(ending, {".json", ".jsonl", ".log"}))
      return {"a log", "--log-file {}"};
    return {};
  }
  if (is_one_of(ending, {".html", ".htm"})) return {"a page", "gumbelcuda report FILE.h5 -o {}"};
  if (is_one_of(ending, {".json", ".jsonl"})) return {"JSON", "gumbelcuda COMMAND --json > {}"};
  if (is_one_of(ending, {".png", ".svg", ".pdf"})) return {"a picture", "gumbelcuda plot FILE.h5 -o {}"};
  if (kind == kind_of_file::hdf5 && is_one_of(ending, {".csv", ".tsv", ".txt"})) return {"text", "--csv {}"};
  if (kind == kind_of_file::csv && hdf5) return {"HDF5", "--out {}"};
  if (kind == kind_of_file::csv && compressed)
    return {"something compressed", "--csv - and a compressor behind a pipe"};
  return {};
}

std::string name_of(kind_of_file kind) {
  switch (kind) {
    case kind_of_file::hdf5:
      return "HDF5";
    case kind_of_file::html:
      return "HTML";
    case kind_of_file::log:
      return "JSON lines";
    case kind_of_file::metrics:
      return "metrics";
    case kind_of_file::csv:
      break;
  }
  return "text";
}

}  // namespace

void refuse_other_kind(const std::string& flag, const std::string& path, kind_of_file kind,
                       const std::string& command) {
  std::string ending = std::filesystem::path(path).extension().string();
  for (char& c : ending)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto [what, instead] = promise_of(ending, kind);
  if (what.empty()) return;
  std::string way(instead);
  for (const auto& [blank, word] : {std::pair<std::string, std::string>{"COMMAND", command}, {"{}", path}})
    if (const std::size_t at = way.find(blank); at != std::string::npos) way.replace(at, blank.size(), word);
  throw invalid_argument(flag, "'" + path + "' would be " + name_of(kind) + ", and its name says " + std::string(what) +
                                   (way.empty() ? "" : "; that is " + way));
}

void refuse_checkpoint(const std::string& flag, const std::string& path) {
  if (is_checkpoint(path)) throw invalid_argument(flag, "'" + path + "' is a checkpoint");
  if (is_paused_file(path)) throw invalid_argument(flag, "'" + path + "' has the GANs in mid-training of a checkpoint");
}

}  // namespace gumbelcuda
