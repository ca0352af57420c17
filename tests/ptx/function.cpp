// SPDX-License-Identifier: Apache-2.0
// Reads a kernel: its head, its declarations and its instructions.
#include "tests/ptx/function.hpp"

#include <unordered_map>

#include "tests/ptx/names.hpp"
#include "tests/ptx/read_instruction.hpp"
#include "tests/ptx/scanner.hpp"

namespace gumbelcuda::ptx {
namespace {

class function_reader {
 public:
  function_reader(std::string_view text, std::size_t position, std::uint32_t line,
                  const std::vector<shared_variable>& shared)
      : scan_(text, position, line), names_(*into_, shared), instructions_(*into_, names_) {
    into_->module_text = text;
  }

  std::unique_ptr<function> read() {
    try {
      read_head();
      read_body();
      names_.finish();
    } catch (const error& failure) {
      throw error(failure.kind(), failure.what() + (" in " + into_->name) + ", line " + std::to_string(line_) + ": " +
                                      into_->text_of_line(line_));
    }
    return std::move(into_);
  }

 private:
  // "name(.param .u64 a, .param .b8 b[8]) .maxntid 128, 1, 1"
  void read_head() {
    line_ = scan_.line();
    const std::string_view name = scan_.up_to('(');
    into_->name = std::string(trimmed(name));
    for (std::string_view parameter : split(scan_.up_to(')'), ',')) {
      take_word(parameter);
      names_.declare_parameter(read_variable(parameter));
    }
    std::string_view limits = scan_.up_to('{');
    while (!limits.empty()) {
      const std::string_view word = take_word(limits);
      if (word == ".maxntid" || word == ".reqntid") {
        const auto end = limits.find(".");
        into_->most_threads = 1;
        for (const std::string_view size : split(limits.substr(0, end), ','))
          into_->most_threads *= unsigned(to_number(size));
      }
    }
  }

  void read_body() {
    std::unordered_map<std::string_view, std::uint32_t> labels;
    for (unsigned depth = 1; depth > 0;) {
      const statement s = scan_.next();
      line_ = s.line;
      switch (s.is) {
        case statement::kind::open:
          ++depth;
          names_.open_scope();
          break;
        case statement::kind::close:
          if (--depth > 0) names_.close_scope();
          break;
        case statement::kind::label:
          labels[s.word] = std::uint32_t(into_->code.size());
          break;
        case statement::kind::directive:
          declare(s);
          break;
        case statement::kind::instruction:
          instructions_.read(s);
          break;
        case statement::kind::end_of_text:
          throw error(error_kind::unreadable, "unreadable: the text ends");
      }
    }
    for (const auto& [at, label] : instructions_.branches()) {
      const auto found = labels.find(label);
      if (found == labels.end()) throw error(error_kind::unreadable, "unreadable: no label " + std::string(label));
      into_->code[at].detail = found->second;
    }
    instruction end;
    end.what = action::end;
    end.line = line_;
    into_->code.push_back(end);
  }

  void declare(const statement& s) {
    if (s.word == ".reg")
      names_.declare_registers(s.rest);
    else if (s.word == ".local")
      names_.declare_variable(memory_space::local, read_variable(s.rest));
    else if (s.word == ".shared")
      names_.declare_variable(memory_space::shared, read_variable(s.rest));
    else if (s.word != ".pragma" && s.word != ".loc")
      throw error(error_kind::unreadable, "unreadable: " + std::string(s.word));
  }

  std::unique_ptr<function> into_ = std::make_unique<function>();
  scanner scan_;
  names names_;
  instruction_reader instructions_;
  std::uint32_t line_ = 0;
};

}  // namespace

std::unique_ptr<function> read_function(std::string_view module_text, std::size_t position, std::uint32_t line,
                                        const std::vector<shared_variable>& shared) {
  return function_reader(module_text, position, line, shared).read();
}

}  // namespace gumbelcuda::ptx
