# SPDX-License-Identifier: Apache-2.0
"""The map of trainability.py, drawn for GANs whose discriminator has a hidden layer."""
from trainability import experiment  # noqa: F401
