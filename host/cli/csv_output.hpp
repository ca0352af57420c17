// SPDX-License-Identifier: Apache-2.0
// The destination of --csv and of other texts. A file appears complete or not at all. Standard output, a pipe and a
// device receive the rows as they are produced, since no file can replace them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace gumbelcuda {

// "-", or a name that the system has for standard output.
bool is_standard_output(const std::string& path);

// Whether `path` cannot be replaced by a file: standard output, a pipe, a character device.
bool is_stream(const std::string& path);

// Throws file_error if write_csv_output() is bound to fail for a text of at least so many bytes. Leaves nothing behind
// and waits for no reader.
void check_csv_output(const std::string& path, std::uint64_t least_bytes);

// `produce` passes the text, in blocks, to the function that it is given. Throws file_error.
using text_writer = std::function<void(const std::string&)>;
void write_csv_output(const std::string& path, const std::function<void(const text_writer&)>& produce);

// The same for a text that is there as a whole.
void write_text_output(const std::string& path, const std::string& text);

}  // namespace gumbelcuda
