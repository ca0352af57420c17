// SPDX-License-Identifier: Apache-2.0
#include "host/cli/file_kind.hpp"

#include <filesystem>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "gumbelcuda/error.hpp"

namespace gumbelcuda {
namespace {

// What a file with such an extension should contain, and how to get it; {} is the name that the user gave, COMMAND the
// command that he gave it to.
struct promise {
  std::string_view what, instead;
};

bool is_one_of(std::string_view ending, std::initializer_list<std::string_view> endings) {
  for (const std::string_view each : endings)
    if (ending == each) return true;
  return false;
}

promise promise_of(std::string_view ending, kind_of_file kind) {
  if (is_one_of(ending, {".json", ".jsonl"})) return {"JSON", "gumbelcuda COMMAND --json > {}"};
  if (is_one_of(ending, {".png", ".svg", ".pdf"})) return {"a picture", "gumbelcuda plot FILE.h5 -o {}"};
  if (kind == kind_of_file::hdf5 && is_one_of(ending, {".csv", ".tsv", ".txt"})) return {"text", "--csv {}"};
  if (kind == kind_of_file::csv && is_one_of(ending, {".h5", ".hdf5", ".hdf"})) return {"HDF5", "--out {}"};
  if (kind == kind_of_file::csv && is_one_of(ending, {".gz", ".bz2", ".xz", ".zst", ".zip"}))
    return {"something compressed", "--csv - and a compressor behind a pipe"};
  return {};
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
  throw invalid_argument(flag, "'" + path + "' would be " + (kind == kind_of_file::hdf5 ? "HDF5" : "text") +
                                   ", and its name says " + std::string(what) + "; that is " + way);
}

}  // namespace gumbelcuda
