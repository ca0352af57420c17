# SPDX-License-Identifier: Apache-2.0
# The program grammar_gan.
if(NOT GUMBELCUDA_CLI11_INCLUDE_DIR)
  return()
endif()
set(GUMBELCUDA_GRAMMAR_SIZES "8,8,16;16,16,32;32,32,32"
    CACHE STRING "Sizes of grammar_gan: units of the generator, units of the discriminator, batch; …")
# The smallest is that of the tests, and of the experiments' --tiny, and so is always there.
set(sizes "8,8,16" ${GUMBELCUDA_GRAMMAR_SIZES})
list(REMOVE_DUPLICATES sizes)
gumbelcuda_sequence_program(grammar "${sizes}")

add_test(NAME example.grammar_gan COMMAND example_grammar_gan --model likelihood --hidden 8 --batch 16 --gans 8 --steps 400
                                          --generator-rate .02 --sampling-temperature .7,1 --least-mass .8 --quiet)
add_test(NAME example.grammar_gan_sizes COMMAND example_grammar_gan --hidden 7)
set_tests_properties(example.grammar_gan example.grammar_gan_sizes PROPERTIES LABELS examples TIMEOUT 300)
set_tests_properties(example.grammar_gan_sizes PROPERTIES PASS_REGULAR_EXPRESSION "7, 7, 32 are not compiled; these are: 8, 8, 16")
