// SPDX-License-Identifier: Apache-2.0
// A run's state for Prometheus: a file that the textfile collector of its node exporter reads. It is OpenMetrics text,
// of which only that is used that parsers of Prometheus' older text format accept, too, since the collector has one of
// those: no types beyond counter and gauge, no timestamps. To the older format `# UNIT` and `# EOF` are comments, and
// counters, whose names end in _total while their types' do not, have no type.
// https://prometheus.io/docs/specs/om/open_metrics_spec/, https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <string>

#include "host/cli/run_state.hpp"

namespace gumbelcuda {

// `run` is in a label of every metric: the collector joins the files of one folder, and refuses metrics that are there
// twice.
std::string metrics_text(const run_state& state, const std::string& run);

// The name of the file without folder and extension, which no other file of its folder has.
std::string run_of_metrics_file(const std::string& path);

// Throws file_error. A reader sees the text before or this one.
void write_metrics(const std::string& path, const run_state& state);

}  // namespace gumbelcuda
