// SPDX-License-Identifier: Apache-2.0
#include "host/results/sweep_report.hpp"

#include <string>
#include <string_view>

#include "host/results/sweep_report/page.hpp"

namespace gumbelcuda {
namespace {

// A script element ends at the first "</script", wherever that is.
std::string without_tags(const std::string& text) {
  std::string result;
  result.reserve(text.size());
  for (const char c : text) c == '<' ? result += "\\u003c" : result += c;
  return result;
}

}  // namespace

std::string sweep_report_html(const sweep_record& record, const sweep_histories& histories,
                              const sweep_report_limits& limits) {
  const nlohmann::json data = sweep_report_data(record, histories, limits);
  const std::string text = without_tags(data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  std::string style, script;
  for (const std::string_view part : sweep_page::style) style += part;
  for (const std::string_view part : sweep_page::script) script += part;
  std::string html;
  std::string_view rest = sweep_page::page;
  const auto put = [&](std::string_view mark, const std::string& content) {
    const std::size_t at = rest.find(mark);
    html.append(rest.substr(0, at)).append(content);
    rest.remove_prefix(at + mark.size());
  };
  put("/* style.css */", style);
  put("{\"data\": \"here\"}", text);
  put("/* script */", script);
  return html.append(rest);
}

}  // namespace gumbelcuda
