// SPDX-License-Identifier: Apache-2.0
// The time of a line in a log, as RFC 3339 has it: 2026-11-30T01:02:03.456Z. Also for signal handlers, hence only
// arithmetic and a system call that is async-signal-safe.
#pragma once

#include <array>
#include <chrono>
#include <ctime>

namespace gumbelcuda {

using utc_text = std::array<char, 24>;

// Of the years 0 … 9999.
inline utc_text utc_text_of(std::chrono::sys_time<std::chrono::milliseconds> time) noexcept {
  using namespace std::chrono;
  const sys_days day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  utc_text text{'0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0',
                '0', ':', '0', '0', ':', '0', '0', '.', '0', '0', '0', 'Z'};
  const auto put = [&](std::size_t end, long long number) {
    for (; number > 0; number /= 10) text[--end] = static_cast<char>('0' + number % 10);
  };
  put(4, int(date.year()));
  put(7, unsigned(date.month()));
  put(10, unsigned(date.day()));
  put(13, clock.hours().count());
  put(16, clock.minutes().count());
  put(19, clock.seconds().count());
  put(23, clock.subseconds().count());
  return text;
}

inline utc_text utc_now() noexcept {
  using namespace std::chrono;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return utc_text_of(sys_time<milliseconds>(floor<milliseconds>(seconds(now.tv_sec) + nanoseconds(now.tv_nsec))));
}

}  // namespace gumbelcuda
