// SPDX-License-Identifier: Apache-2.0
// Names of files may be any bytes; JSON and metrics have to be UTF-8.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace gumbelcuda {

// What is not UTF-8 becomes U+FFFD.
inline std::string json_line(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}
inline std::string valid_text(const std::string& text) {
  return nlohmann::ordered_json::parse(json_line(text)).get<std::string>();
}

}  // namespace gumbelcuda
