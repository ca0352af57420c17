// SPDX-License-Identifier: Apache-2.0
// The log and the metrics of a run, where a run of the whole program does not show them, or not reliably.
#include "host/cli/run_log.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "host/cli/last_lines.hpp"
#include "host/cli/metrics_file.hpp"
#include "host/cli/stop_signal.hpp"
#include "host/cli/utc_time.hpp"
#include "host/cli/valid_text.hpp"
#include "tests/results/scratch_folder.hpp"

namespace gumbelcuda {
namespace {

std::string text_of(long long milliseconds) {
  const utc_text text =
      utc_text_of(std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(milliseconds)));
  return {text.begin(), text.end()};
}

// `date -u -d @SECONDS` says the same.
TEST(utc_time, is_as_in_rfc_3339) {
  EXPECT_EQ(text_of(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(text_of(951'782'399'999), "2000-02-28T23:59:59.999Z");
  EXPECT_EQ(text_of(951'782'400'001), "2000-02-29T00:00:00.001Z");
  EXPECT_EQ(text_of(4'102'444'799'050), "2099-12-31T23:59:59.050Z");
}

TEST(run_log, appends) {
  const scratch_folder folder;
  put(folder / "log", "old\n");
  run_log log(folder / "log");
  EXPECT_EQ(log.append("a\n"), 0);
  EXPECT_EQ(log.append("b\n"), 0);
  EXPECT_EQ(content(folder / "log"), "old\na\nb\n");
}

TEST(run_log, begins_a_line_of_its_own_behind_one_that_is_torn) {
  const scratch_folder folder;
  put(folder / "log", "old\nto");
  run_log log(folder / "log");
  EXPECT_EQ(log.append("a\n"), 0);
  EXPECT_EQ(log.append("b\n"), 0);
  EXPECT_EQ(content(folder / "log"), "old\nto\na\nb\n");
}

TEST(run_log, of_several_writers_has_whole_lines) {
  constexpr int writers = 8, lines = 200;
  const scratch_folder folder;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < writers; ++i)
      threads.emplace_back([&, i] {
        run_log log(folder / "log");
        for (int line = 0; line < lines; ++line) log.append(std::string(100, static_cast<char>('a' + i)) + "\n");
      });
  }
  std::istringstream all(content(folder / "log"));
  std::array<int, writers> count{};
  for (std::string line; std::getline(all, line);) {
    ASSERT_EQ(line, std::string(100, line.at(0)));
    ++count.at(static_cast<std::size_t>(line[0] - 'a'));
  }
  for (const int each : count) EXPECT_EQ(each, lines);
}

TEST(run_log, begins_anew_where_its_file_was_moved_away) {
  const scratch_folder folder;
  run_log log(folder / "log");
  const int descriptor = log.descriptor();
  log.append("a\n");
  std::filesystem::rename(folder / "log", folder / "log.1");
  EXPECT_EQ(log.append("b\n"), 0);
  std::filesystem::remove(folder / "log.1");
  EXPECT_EQ(log.append("c\n"), 0);
  EXPECT_EQ(content(folder / "log"), "b\nc\n");
  EXPECT_EQ(log.descriptor(), descriptor);
}

TEST(run_log, says_why_a_line_is_missing_and_goes_on_later) {
  const scratch_folder folder;
  const std::string inner = folder / "inner", path = inner + "/log";
  EXPECT_THROW(run_log{path}, file_error);
  std::filesystem::create_directory(inner);
  run_log log(path);
  std::filesystem::remove_all(inner);
  EXPECT_EQ(log.append("a\n"), ENOENT);
  std::filesystem::create_directory(inner);
  EXPECT_EQ(log.append("b\n"), 0);
  EXPECT_EQ(content(path), "b\n");
}

TEST(last_lines, are_written_by_the_signal_that_ends_the_process) {
  const scratch_folder folder;
  const std::string early = R"({"time":"0000-00-00T00:00:00.000Z")";
  EXPECT_EXIT(
      {
        const run_log log(folder / "log");
        catch_stop_signals();
        for (const char* round : {"1", "2", "3"})
          keep_last_lines(
              log, [&](int number) { return fmt::format("{},\"signal\":{},\"round\":{}}}\n", early, number, round); },
              [&](int number, const char* message) {
                return fmt::format("{},\"end\":{},\"message\":\"{}\"}}\n", early, number, message);
              });
        std::raise(SIGTERM);
        std::_Exit(1);
      },
      testing::ExitedWithCode(143), "");
  std::istringstream lines(content(folder / "log"));
  std::string line;
  std::getline(lines, line);
  auto object = nlohmann::json::parse(line);
  EXPECT_EQ(object["signal"], SIGTERM);
  EXPECT_EQ(object["round"], 3);
  EXPECT_EQ(object["time"].get<std::string>().substr(0, 2), "20");
  std::getline(lines, line);
  object = nlohmann::json::parse(line);
  EXPECT_EQ(object["end"], SIGTERM);
  EXPECT_EQ(object["message"], nothing_written);
  EXPECT_EQ(object["time"].get<std::string>().substr(0, 2), "20");
  EXPECT_FALSE(std::getline(lines, line));
}

TEST(valid_text, replaces_what_is_not_utf_8) {
  EXPECT_EQ(valid_text("a\"\\\n€"), "a\"\\\n€");
  EXPECT_EQ(valid_text("a\xff"
                       "b"),
            "a\xef\xbf\xbd"
            "b");
}

TEST(metrics_text, escapes_labels) {
  const std::string text = metrics_text({.checkpoint = "a\"b\\c\nd"}, "x");
  EXPECT_NE(text.find(R"(checkpoint="a\"b\\c\nd"})"), std::string::npos) << text;
}

TEST(metrics_text, has_a_metric_once_and_tells_what_it_is) {
  run_state state;
  state.checkpoint = "a";
  state.training = watched_training{.num_gans = 3, .gan_epochs = progress_report{1, 6}, .estimate = {.5, 2., 4.}};
  state.additions.count = 1;
  std::istringstream lines(metrics_text(state, "x"));
  std::set<std::string> names;
  std::string line, type;
  while (std::getline(lines, line) && line != "# EOF") {
    std::istringstream words(line);
    std::string hash, keyword, name;
    if (!line.starts_with('#')) {
      name = line.substr(0, line.find('{'));
      EXPECT_EQ(name.ends_with("_total"), type == "counter") << line;
      EXPECT_TRUE(names.insert(name).second) << line;
    } else if (words >> hash >> keyword >> name; keyword == "TYPE") {
      words >> type;
      EXPECT_TRUE(type == "counter" || type == "gauge") << line;  // node exporter refuses a file with others
    }
  }
  EXPECT_EQ(line, "# EOF");
  EXPECT_FALSE(std::getline(lines, line));
  EXPECT_GT(names.size(), 15u);
}

}  // namespace
}  // namespace gumbelcuda
