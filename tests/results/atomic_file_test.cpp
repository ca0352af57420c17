// SPDX-License-Identifier: Apache-2.0
// A file is either complete or as it was before, and no temporary file outlives an attempt.
#include "host/files/atomic_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "tests/results/scratch_folder.hpp"

namespace {

using gumbelcuda::any_file_in_place;
using gumbelcuda::atomic_file;
using gumbelcuda::check_writable;
using gumbelcuda::durable;
using gumbelcuda::file_error;
using gumbelcuda::temporary_file;
using names = std::set<std::string>;
using testing::ExitedWithCode;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

class every_kind : public testing::TestWithParam<temporary_file> {};

INSTANTIATE_TEST_SUITE_P(atomic_file, every_kind,
                         testing::Values(temporary_file::unnamed_if_possible, temporary_file::named),
                         [](const auto& kind) { return kind.param == temporary_file::named ? "named" : "unnamed"; });

TEST_P(every_kind, appears_at_commit_and_not_before) {
  const scratch_folder folder;
  put(folder / "a", "old");
  {
    atomic_file file(folder / "a", GetParam());
    file.write("new");
    file.write(" text");
    EXPECT_EQ(content(folder / "a"), "old");
    file.commit();
    EXPECT_EQ(content(folder / "a"), "new text");
  }
  EXPECT_EQ(content(folder / "a"), "new text");
  EXPECT_EQ(folder.names(), names{"a"});
}

TEST_P(every_kind, without_commit_nothing_has_happened) {
  const scratch_folder folder;
  put(folder / "a", "old");
  try {
    atomic_file file(folder / "a", GetParam()), other(folder / "b", GetParam());
    file.write("new");
    throw 1;
  } catch (int) {
  }
  EXPECT_EQ(content(folder / "a"), "old");
  EXPECT_EQ(folder.names(), names{"a"});
}

TEST_P(every_kind, two_writers_do_not_mix) {
  const scratch_folder folder;
  atomic_file first(folder / "a", GetParam()), second(folder / "a", GetParam());
  first.write("first");
  second.write("second");
  second.commit();
  first.commit();
  EXPECT_EQ(content(folder / "a"), "first");
  EXPECT_EQ(folder.names(), names{"a"});
}

TEST_P(every_kind, is_as_readable_as_any_new_file) {
  const scratch_folder folder;
  atomic_file file(folder / "a", GetParam());
  file.commit();
  put(folder / "b", "");
  struct stat ours, plain;
  ASSERT_EQ(stat((folder / "a").c_str(), &ours), 0);
  ASSERT_EQ(stat((folder / "b").c_str(), &plain), 0);
  EXPECT_EQ(ours.st_mode, plain.st_mode);
}

TEST_P(every_kind, name_may_be_as_long_as_names_may_be) {
  const scratch_folder folder;
  const std::string longest(255, 'n');
  atomic_file file(folder / longest, GetParam());
  file.commit();
  EXPECT_EQ(folder.names(), names{longest});
  EXPECT_TRUE(has(message_of<file_error>([&] { check_writable(folder / (longest + "n")); }), "too long"));
}

TEST_P(every_kind, link_stays_and_its_target_is_replaced) {
  const scratch_folder folder;
  std::filesystem::create_directory(folder / "far");
  put(folder / "far/a", "old");
  std::filesystem::create_symlink("far/a", folder / "link");
  atomic_file file(folder / "link", GetParam());
  file.write("new");
  file.commit();
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link"));
  EXPECT_EQ(content(folder / "far/a"), "new");
}

TEST_P(every_kind, file_that_grows_too_large_leaves_the_old_one) {
  const scratch_folder folder;
  put(folder / "a", "old");
  const file_size_limit limit(1000);
  const std::string message = message_of<file_error>([&] {
    atomic_file file(folder / "a", GetParam());
    file.write(std::string(600, 'x'));
    file.write(std::string(600, 'x'));
    file.commit();
  });
  EXPECT_TRUE(has(message, folder / "a") && has(message, "larger than files may be")) << message;
  EXPECT_EQ(content(folder / "a"), "old");
  EXPECT_EQ(folder.names(), names{"a"});
}

TEST_P(every_kind, folder_that_vanishes_before_commit_is_an_error) {
  const scratch_folder folder;
  std::filesystem::create_directory(folder / "sub");
  atomic_file file(folder / "sub/a", GetParam());
  std::filesystem::remove_all(folder / "sub");
  EXPECT_TRUE(has(message_of<file_error>([&] { file.commit(); }), "create it first"));
}

TEST_P(every_kind, keeps_the_permissions_of_the_file_that_it_replaces) {
  const scratch_folder folder;
  for (const mode_t mode : {0600u, 0664u, 0755u}) {
    put(folder / "a", "old");
    ASSERT_EQ(chmod((folder / "a").c_str(), mode), 0);
    atomic_file file(folder / "a", GetParam());
    file.commit();
    struct stat status;
    ASSERT_EQ(stat((folder / "a").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, mode);
  }
}

TEST_P(every_kind, larger_than_its_blocks_is_whole) {
  const scratch_folder folder;
  std::string bytes(40'000'003, 'x');
  for (std::size_t i = 0; i < bytes.size(); i += 4099) bytes[i] = static_cast<char>('a' + i % 23);
  atomic_file file(folder / "a", GetParam());
  file.write(bytes);
  file.commit();
  EXPECT_TRUE(content(folder / "a") == bytes);
}

TEST_P(every_kind, that_need_not_last_is_no_result) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // in a process in which no file is in its place
  const scratch_folder folder;
  put(folder / "a", "old");
  const auto all_is_abandoned = [&] {
    bool all = true;
    for (const char* name : {"a", "b"}) {
      atomic_file file(folder / name, GetParam(), durable::no);
      file.write("new");
      all = all && gumbelcuda::abandon_files() == gumbelcuda::abandoned::everything;
      file.commit();
    }
    return all && !any_file_in_place();
  };
  EXPECT_EXIT(std::_Exit(all_is_abandoned() ? 0 : 1), ExitedWithCode(0), "");
  all_is_abandoned();
  EXPECT_EQ(content(folder / "a") + content(folder / "b"), "newnew");
  EXPECT_EQ(folder.names(), (names{"a", "b"}));
}

TEST(check_writable, asks_for_the_room_that_the_file_will_take) {
  const scratch_folder folder;
  const std::string message = message_of<file_error>([&] { check_writable(folder / "a", 1ull << 60); });
  EXPECT_TRUE(has(message, folder / "a") && has(message, "it will take 1.0 EiB, and the disk has ")) << message;
  check_writable(folder / "a", 1);
  EXPECT_EQ(folder.names(), names{});
}

TEST(check_writable, says_what_is_wrong_and_what_to_do) {
  const scratch_folder folder;
  put(folder / "file", "old");
  std::filesystem::create_directory(folder / "folder");
  const auto message = [](const std::string& path) { return message_of<file_error>([&] { check_writable(path); }); };
  EXPECT_EQ(message(folder / "none/a"),
            "cannot write " + (folder / "none/a") + ": there is no folder " + (folder / "none") + "; create it first");
  EXPECT_EQ(message(folder / "file/a"),
            "cannot write " + (folder / "file/a") + ": " + (folder / "file") + " is not a folder");
  EXPECT_EQ(message(folder / "folder"),
            "cannot write " + (folder / "folder") + ": it is a folder; give the name of a file in it");
  EXPECT_TRUE(has(message(folder / "folder/"), "it is a folder"));
  EXPECT_TRUE(has(message(folder / "none/"), "ends in /"));
  EXPECT_TRUE(has(message(""), "empty"));
  EXPECT_TRUE(has(message("/dev/null"), "device"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  EXPECT_EQ(folder.names(), (names{"file", "folder"}));
}

TEST(check_writable, leaves_no_trace) {
  const scratch_folder folder;
  check_writable(folder / "new");
  EXPECT_EQ(folder.names(), names{});
  put(folder / "a", "old");
  struct stat before, after;
  ASSERT_EQ(stat((folder / "a").c_str(), &before), 0);
  check_writable(folder / "a");
  ASSERT_EQ(stat((folder / "a").c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
  EXPECT_EQ(content(folder / "a"), "old");
  EXPECT_EQ(folder.names(), names{"a"});
}

// Checks that depend on permissions, made in a child without root's rights: permissions do not restrict root.
[[noreturn]] void print_problem_as_nobody(const std::string& path) {
  constexpr uid_t nobody = 65534;
  if (geteuid() == 0 && setuid(nobody) != 0) _exit(2);
  try {
    check_writable(path);
  } catch (const file_error& error) {
    std::fputs(error.what(), stderr);
    _exit(0);
  }
  _exit(1);
}

TEST(check_writable, respects_permissions) {
  const scratch_folder folder;
  put(folder / "protected", "old");
  std::filesystem::permissions(folder / "protected", std::filesystem::perms(0444));
  EXPECT_EXIT(print_problem_as_nobody(folder / "protected"), ExitedWithCode(0), "write-protected");
  std::filesystem::create_directory(folder / "closed");
  std::filesystem::permissions(folder / "closed", std::filesystem::perms(0555));
  EXPECT_EXIT(print_problem_as_nobody(folder / "closed/a"), ExitedWithCode(0), "no permission to write in folder");
  EXPECT_EXIT(print_problem_as_nobody(folder / "fine"), ExitedWithCode(1), "");
}

TEST(write_error, tells_a_full_disk_from_the_rest) {
  EXPECT_EQ(std::string(gumbelcuda::write_error("runs/a.h5", ENOSPC).what()),
            "cannot write runs/a.h5: the disk is full; free some space or choose another place");
  EXPECT_TRUE(has(gumbelcuda::write_error("a.h5", EROFS).what(), "folder . can only be read"));
  EXPECT_TRUE(has(gumbelcuda::write_error("a.h5", EIO).what(), "Input/output error"));
}

}  // namespace
