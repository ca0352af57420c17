// SPDX-License-Identifier: Apache-2.0
// Links, other spellings of a path, and devices: they lead to the file that is replaced, or to a refusal.
#include "host/files/destination.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "host/files/atomic_file.hpp"
#include "tests/results/scratch_folder.hpp"

namespace {

namespace fs = std::filesystem;
using gumbelcuda::atomic_file;
using gumbelcuda::file_error;
using gumbelcuda::find_destination;
using gumbelcuda::same_destination;
using names = std::set<std::string>;

TEST(destination, of_a_link_is_where_it_points_even_if_nothing_is_there_yet) {
  const scratch_folder folder;
  fs::create_directory(folder / "far");
  fs::create_symlink("far/a", folder / "link");
  fs::create_symlink("link", folder / "link to link");
  const std::string real = (fs::canonical(folder / "far") / "a").string();
  EXPECT_EQ(find_destination(folder / "link to link"), real);
  atomic_file file(folder / "link to link");
  file.write("new");
  file.commit();
  EXPECT_TRUE(fs::is_symlink(folder / "link") && fs::is_symlink(folder / "link to link"));
  EXPECT_EQ(content(real), "new");
  EXPECT_EQ(folder.names(), (names{"far", "link", "link to link"}));
}

TEST(destination, of_a_link_into_a_folder_that_is_missing_names_that_folder) {
  const scratch_folder folder;
  fs::create_symlink("gone/a", folder / "link");
  const std::string message = message_of<file_error>([&] { atomic_file file(folder / "link"); });
  EXPECT_NE(message.find("gone; create it first"), std::string::npos) << message;
}

TEST(destination, links_in_a_circle_are_an_error) {
  const scratch_folder folder;
  fs::create_symlink("b", folder / "a");
  fs::create_symlink("a", folder / "b");
  EXPECT_THROW(find_destination(folder / "a"), file_error);
}

// If /dev/stdout is redirected to a regular file, it is one; replacing it would destroy the log.
TEST(destination, is_nothing_that_a_process_has_open_and_no_device) {
  const scratch_folder folder;
  const int log = open((folder / "log").c_str(), O_CREAT | O_WRONLY, 0600);
  fs::create_symlink("/dev/fd/" + std::to_string(log), folder / "link");
  for (const std::string& path : {"/dev/fd/" + std::to_string(log), "/proc/self/fd/" + std::to_string(log),
                                  folder / "link", std::string("/dev/null"), std::string("/dev/never"),
                                  std::string("/proc/never"), std::string("/proc/self/comm")}) {
    const std::string message = message_of<file_error>([&] { find_destination(path); });
    EXPECT_NE(message.find("cannot write " + path + ": it is a device, a pipe"), std::string::npos) << message;
  }
  close(log);
  EXPECT_EQ(folder.names(), (names{"link", "log"}));
}

TEST(destination, is_one_for_other_spellings_links_and_second_names) {
  const scratch_folder folder;
  fs::create_directory(folder / "far");
  fs::create_symlink("far", folder / "near");
  EXPECT_TRUE(same_destination(folder / "far/a", folder / "near/a"));
  EXPECT_TRUE(same_destination(folder / "a", folder / "far/.././a"));
  EXPECT_TRUE(same_destination("a", "./a"));
  EXPECT_TRUE(same_destination("missing/a", "./missing/a"));
  EXPECT_FALSE(same_destination(folder / "a", folder / "far/a"));
  EXPECT_FALSE(same_destination(folder / "a", folder / "b"));
  fs::create_symlink("a", folder / "link");
  EXPECT_TRUE(same_destination(folder / "a", folder / "link"));
  put(folder / "a", "text");
  fs::create_hard_link(folder / "a", folder / "second name");
  EXPECT_TRUE(same_destination(folder / "a", folder / "second name"));
}

}  // namespace
