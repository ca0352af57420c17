// SPDX-License-Identifier: Apache-2.0
// Checkpoints: what is read is what was added, whenever a process or a machine ends while it adds more; anything else
// is refused, and nothing is overwritten.
#include "host/checkpoint/checkpoint_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/results/scratch_folder.hpp"

namespace gumbelcuda {
namespace {

std::vector<checkpoint_record> records_in(const std::string& path) {
  std::vector<checkpoint_record> records;
  read_records(path, [&](const checkpoint_record& record) { records.push_back(record); });
  return records;
}

std::string text_of(const std::vector<checkpoint_record>& records) {
  std::string text;
  for (const auto& r : records) text += std::to_string(r.first) + " " + std::to_string(r.count) + " " + r.rows + "\n";
  return text;
}

void add(checkpoint_file& file, const std::vector<checkpoint_record>& records) {
  std::size_t i = 0;
  file.add([&](checkpoint_record& record) {
    if (i == records.size()) return false;
    record = records[i++];
    return true;
  });
}

// What is there after each addition, and the bytes that the file has then.
struct growing_file {
  std::vector<std::string> bytes{}, contents{};

  explicit growing_file(const std::string& path) {
    create_checkpoint(path, "settings");
    checkpoint_file file(path);
    keep(path);
    add(file, {{0, 3, "first"}});
    keep(path);
    add(file, {{10, 2, "second"}, {7, 1, ""}});
    keep(path);
    add(file, {{3, 4, std::string("\0\n\xff", 3)}});
    keep(path);
  }

 private:
  void keep(const std::string& path) {
    bytes.push_back(content(path));
    contents.push_back(text_of(records_in(path)));
  }
};

TEST(Checkpoint, HasWhatWasAddedInItsOrder) {
  const scratch_folder folder;
  const growing_file file(folder / "a");
  EXPECT_EQ(settings_of_checkpoint(folder / "a"), "settings");
  EXPECT_EQ(file.contents.back(), "0 3 first\n10 2 second\n7 1 \n3 4 " + std::string("\0\n\xff", 3) + "\n");
  EXPECT_EQ(folder.names(), std::set<std::string>{"a"});
}

TEST(Checkpoint, IsAddedToByALaterProcess) {
  const scratch_folder folder;
  create_checkpoint(folder / "a", "");
  for (int i = 0; i < 3; ++i) {
    checkpoint_file file(folder / "a");
    add(file, {{std::uint64_t(i), 1, "x"}});
  }
  EXPECT_EQ(text_of(records_in(folder / "a")), "0 1 x\n1 1 x\n2 1 x\n");
}

// The order of writes is that of add(): the record, then a slot. A process that is killed has written a beginning of
// them; a machine that loses its power may also have a longer file with anything in what was not synchronised.
TEST(Checkpoint, IsTheOneBeforeOrTheOneAfterWhereverAnAdditionEnds) {
  const scratch_folder folder;
  const growing_file file(folder / "a");
  for (std::size_t i = 0; i + 1 < file.bytes.size(); ++i) {
    const std::string &before = file.bytes[i], &after = file.bytes[i + 1];
    for (std::size_t end = before.size(); end <= after.size(); ++end) {
      put(folder / "b", before + after.substr(before.size(), end - before.size()));
      EXPECT_EQ(text_of(records_in(folder / "b")), file.contents[i]);
      put(folder / "b", before + std::string(end - before.size(), '\x5a'));
      EXPECT_EQ(text_of(records_in(folder / "b")), file.contents[i]);
    }
    // The slot: the bytes before the old end that differ are all of it, and may come in any part.
    std::string torn = before + after.substr(before.size());
    for (std::size_t at = 0; at < before.size(); ++at) {
      if (before[at] == after[at]) continue;
      torn[at] = after[at];
      put(folder / "b", torn);
      const std::string now = text_of(records_in(folder / "b"));
      EXPECT_EQ(now, torn == after ? file.contents[i + 1] : file.contents[i]) << at;
    }
    EXPECT_EQ(torn, after);
  }
}

TEST(Checkpoint, GoesOnAfterATornAddition) {
  const scratch_folder folder;
  const growing_file file(folder / "a");
  put(folder / "b", file.bytes[1] + "half a record");
  {
    checkpoint_file torn(folder / "b");
    add(torn, {{10, 2, "second"}, {7, 1, ""}});
  }
  EXPECT_EQ(text_of(records_in(folder / "b")), file.contents[2]);
}

TEST(Checkpoint, StaysAsItWasIfTheDiskIsFullAndIsAddedToLater) {
  const scratch_folder folder;
  const growing_file file(folder / "a");
  const std::string before = content(folder / "a");
  checkpoint_file full(folder / "a");
  for (std::size_t room = 0; room < 40; room += 13) {
    const file_size_limit limit(before.size() + room);
    EXPECT_THROW(add(full, {{20, 5, std::string(100, 'x')}}), file_error) << room;
    EXPECT_EQ(text_of(records_in(folder / "a")), file.contents.back()) << room;
  }
  add(full, {{20, 5, "later"}});
  EXPECT_EQ(text_of(records_in(folder / "a")), file.contents.back() + "20 5 later\n");
}

TEST(Checkpoint, IsMadeOnlyWhereThereIsNothing) {
  const scratch_folder folder;
  EXPECT_TRUE(create_checkpoint(folder / "a", "first"));
  EXPECT_FALSE(create_checkpoint(folder / "a", "second"));
  EXPECT_EQ(settings_of_checkpoint(folder / "a"), "first");
  EXPECT_EQ(folder.names(), std::set<std::string>{"a"});
  EXPECT_TRUE(is_checkpoint(folder / "a"));
  put(folder / "b", "gan,p0\n");
  EXPECT_FALSE(is_checkpoint(folder / "b"));
  EXPECT_FALSE(is_checkpoint(folder / "c"));
}

TEST(Checkpoint, BelongsToOneProcess) {
  const scratch_folder folder;
  create_checkpoint(folder / "a", "");
  const checkpoint_file one(folder / "a");
  EXPECT_NE(message_of<file_error>([&] { const checkpoint_file other(folder / "a"); }).find("another process"),
            std::string::npos);
}

// A changed byte of what is committed is seen, wherever it is; without the last slot, what was committed before is
// there.
TEST(Checkpoint, IsRefusedIfAByteChanges) {
  const scratch_folder folder;
  const growing_file file(folder / "a");
  const std::string whole = file.bytes.back();
  constexpr std::size_t block = 4096, slot = 24, magic = 24;
  int in_slots = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    if (at < 3 * block && at % block >= slot) continue;  // between them is nothing
    std::string changed = whole;
    changed[at] = char(whole[at] ^ (at % 2 == 0 ? 1 : 0x80));
    put(folder / "b", changed);
    try {
      const std::string found = text_of(records_in(folder / "b"));
      EXPECT_TRUE(found == file.contents.back() || found == file.contents[file.contents.size() - 2]) << at;
      EXPECT_TRUE(at >= block && at < 3 * block) << at;
      ++in_slots;
    } catch (const damaged_file&) {
      EXPECT_TRUE(at < magic || at >= 3 * block) << at;
    }
    EXPECT_EQ(content(folder / "b"), changed);
  }
  EXPECT_EQ(in_slots, int(2 * slot));
}

TEST(Checkpoint, IsRefusedIfItIsCutOff) {
  const scratch_folder folder;
  const growing_file file(folder / "a");
  for (std::size_t end = 0; end<file.bytes.back().size(); end += end> 24 && end < 3 * 4096 - 24 ? 24 : 1) {
    put(folder / "b", file.bytes.back().substr(0, end));
    EXPECT_THROW(records_in(folder / "b"), damaged_file) << end;
  }
}

TEST(Checkpoint, SaysWhatAFileIsThatIsNone) {
  const scratch_folder folder;
  put(folder / "text", "gan,p0,p1\n");
  EXPECT_NE(message_of<damaged_file>([&] { records_in(folder / "text"); }).find("is not a checkpoint"),
            std::string::npos);
  const growing_file file(folder / "a");
  std::string newer = file.bytes.back();
  newer[newer.find(" 1\n") + 1] = '2';
  put(folder / "newer", newer);
  EXPECT_NE(message_of<damaged_file>([&] { records_in(folder / "newer"); }).find("another version"), std::string::npos);
  EXPECT_THROW(records_in(folder / "missing"), file_error);
  EXPECT_THROW(records_in(folder.path()), file_error);
}

}  // namespace
}  // namespace gumbelcuda
