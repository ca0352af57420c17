# SPDX-License-Identifier: Apache-2.0
# The program text_gan.
if(NOT GUMBELCUDA_CLI11_INCLUDE_DIR)
  return()
endif()
set(GUMBELCUDA_TEXT_SIZES "8,8,8;32,32,32"
    CACHE STRING "Sizes of text_gan: units of the generator, units of the discriminator, batch; …")
gumbelcuda_sequence_program(text "${GUMBELCUDA_TEXT_SIZES}")

add_test(NAME example.text_gan COMMAND example_text_gan ${CMAKE_CURRENT_SOURCE_DIR}/../LICENSE --model likelihood --hidden 8
                                       --batch 8 --gans 8 --steps 300 --generator-rate .02 --sequences 500
                                       --sampling-temperature .8,1 --most-bits 3.6 --quiet)
add_test(NAME example.text_gan_no_text COMMAND example_text_gan ${CMAKE_CURRENT_SOURCE_DIR}/no_such.txt)
set_tests_properties(example.text_gan example.text_gan_no_text PROPERTIES LABELS examples TIMEOUT 300)
set_tests_properties(example.text_gan_no_text PROPERTIES PASS_REGULAR_EXPRESSION "text_gan: cannot read .*no_such.txt")
