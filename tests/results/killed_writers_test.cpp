// SPDX-License-Identifier: Apache-2.0
// What remains of a file if the writing process is ended: by SIGKILL, or by a signal whose handler cleans up.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "host/files/atomic_file.hpp"
#include "tests/results/scratch_folder.hpp"

namespace {

using gumbelcuda::atomic_file;
using gumbelcuda::check_writable;
using gumbelcuda::temporary_file;
using names = std::set<std::string>;

// Forks a process that writes and then kills itself.
template <class Write>
void kill_while(Write write) {
  const pid_t child = fork();
  if (child == 0) {
    write();
    raise(SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

TEST(killed_writers, leave_nothing_where_files_need_no_name) {
  const scratch_folder folder;
  const int nameless = open(folder.path().c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
  if (nameless < 0) GTEST_SKIP() << "this file system has no files without names";
  close(nameless);
  put(folder / "a", "old");
  kill_while([&] {
    atomic_file* file = new atomic_file(folder / "a");
    file->write("new");
  });
  EXPECT_EQ(content(folder / "a"), "old");
  EXPECT_EQ(folder.names(), names{"a"});
}

TEST(killed_writers, are_cleaned_up_after_by_the_next_one) {
  const scratch_folder folder;
  put(folder / "a", "old");
  kill_while([&] {
    atomic_file* file = new atomic_file(folder / "a", temporary_file::named);
    file->write("new");
  });
  EXPECT_EQ(folder.names().size(), 2u);
  check_writable(folder / "b");
  EXPECT_EQ(folder.names().size(), 2u) << "that of another file stays";
  check_writable(folder / "a");
  EXPECT_EQ(folder.names(), names{"a"});
  EXPECT_EQ(content(folder / "a"), "old");
}

TEST(killed_writers, are_told_from_living_ones_and_from_files_of_others) {
  const scratch_folder folder;
  const names others{
      ".a.backup",          ".a.gumbelcuda", ".a.gumbelcuda-", ".a.gumbelcuda-backup2", ".b.gumbelcuda-000000",
      "a.gumbelcuda-000000"};
  for (const std::string& name : others) put(folder / name, "");
  std::filesystem::create_directory(folder / ".a.gumbelcuda-folder");
  std::filesystem::create_symlink(".a.backup", folder / ".a.gumbelcuda-linked");
  atomic_file living(folder / "a", temporary_file::named);
  living.write("new");
  check_writable(folder / "a");
  atomic_file(folder / "a").commit();
  living.commit();
  EXPECT_EQ(content(folder / "a"), "new");
  names expected = others;
  expected.insert({"a", ".a.gumbelcuda-folder", ".a.gumbelcuda-linked"});
  EXPECT_EQ(folder.names(), expected);
}

// Calls a signal handler's function at each moment of a file's life. Runs in a child, because the function reports what
// the process has written so far.
void look_at_each_moment(temporary_file kind) {
  using gumbelcuda::abandon_files;
  using gumbelcuda::abandoned;
  const scratch_folder folder;
  put(folder / "a", "old");
  EXPECT_EQ(abandon_files(), abandoned::everything);
  {
    atomic_file file(folder / "a", kind);
    file.write("new");
    EXPECT_EQ(abandon_files(), abandoned::everything);
    EXPECT_EQ(folder.names(), names{"a"});
    EXPECT_EQ(content(folder / "a"), "old");
  }
  EXPECT_FALSE(gumbelcuda::any_file_in_place());
  atomic_file(folder / "a", kind).commit();
  EXPECT_TRUE(gumbelcuda::any_file_in_place());
  EXPECT_EQ(abandon_files(), abandoned::nothing);
  const atomic_file second(folder / "b", kind);
  EXPECT_EQ(abandon_files(), abandoned::rest);
  EXPECT_EQ(folder.names(), names{"a"});
}

[[noreturn]] void look_and_exit(temporary_file kind) {
  look_at_each_moment(kind);
  _exit(testing::Test::HasFailure());
}

TEST(abandon_files, removes_the_file_that_is_being_written) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a new process that has written nothing yet
  for (const temporary_file kind : {temporary_file::unnamed_if_possible, temporary_file::named})
    EXPECT_EXIT(look_and_exit(kind), testing::ExitedWithCode(0), "");
}

}  // namespace
