// SPDX-License-Identifier: Apache-2.0
// For kinds_test.cpp: the same model, compiled by files with different flags.
#pragma once

int models_at_a_time_in_scalars();
int models_at_a_time_in_vectors();
